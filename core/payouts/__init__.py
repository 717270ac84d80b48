"""What farmers and riders have earned, and how it reaches them (section 13)."""
