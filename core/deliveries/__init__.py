"""Riders, vehicles, offers, codes (section 12)."""
