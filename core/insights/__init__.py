"""Market prices (section 5)."""
