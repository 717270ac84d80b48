"""Who waits for what, and where: followed products, and demand that could not be served (DR-506, DR-1212)."""
