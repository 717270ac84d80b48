"""The books as a whole: are they right, whose money is where, and does the provider say the same."""
