"""Cash on delivery and the riders' cash (section 9)."""
