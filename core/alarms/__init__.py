"""Alarms: rows that a person has to look at (DR-1803)."""
