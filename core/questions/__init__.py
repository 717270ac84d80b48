"""The one open question per number that a bare answer can meet (DR-1510)."""
