"""The desk of the people who run the house: what was given up on, and who did what (DR-1801)."""
