"""Farms of farmers (DR-305)."""
