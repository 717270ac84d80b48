"""The real wards, and people's own places (section 3)."""
