"""In-app copies and the decision to text (section 15)."""
