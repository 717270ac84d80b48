"""Double-entry books (section 10)."""
