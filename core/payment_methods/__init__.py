"""How a person pays (DR-304)."""
