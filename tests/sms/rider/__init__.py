"""What riders text, and what comes of it."""
