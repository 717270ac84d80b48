"""What we hold about a person: exported, erased, and forgotten in time (DR-1902, DR-1903)."""
