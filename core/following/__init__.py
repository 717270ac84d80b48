"""Following a product, and the demand that waits for it (DR-506, DR-1212)."""
