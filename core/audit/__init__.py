"""Who did what: append-only (section 18)."""
