"""What customers say of produce, farmers and riders (section 14)."""
