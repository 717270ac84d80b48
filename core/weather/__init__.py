"""Weather alerts (DR-1601)."""
