"""Copies by e-mail (DR-1507): a channel of its own, one way, best effort."""
