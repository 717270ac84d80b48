"""Weather alerts for zones and wards (DR-1601)."""
