"""The cart of a customer (section 6)."""
