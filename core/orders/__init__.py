"""Quotes, orders and their items (sections 7 and 8.1)."""
