"""Products in three languages, units and packs (section 4, DR-112)."""
