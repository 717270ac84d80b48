"""Tickets to the people who run the house, and messages between parties of an order (DR-1602, DR-1603)."""
