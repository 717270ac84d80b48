"""What must leave the building by SMS, as rows (section 15)."""
