"""Payment attempts and what settles them (section 8.2)."""
