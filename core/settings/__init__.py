"""Named numbers and switches, with defaults, bounds and audit (section 17)."""
