"""What the console reads: narrow, indexed, by key and never by count; inside `db.read()` only."""
