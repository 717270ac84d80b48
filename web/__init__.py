"""The web: the admin's console, health and metrics."""
