"""Every order in which the news about one payment can arrive (R13, INV-10)."""
