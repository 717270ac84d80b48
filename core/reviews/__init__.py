"""Ratings of produce, farmers and riders (section 14)."""
