"""Tickets, and messages between the parties of an order (DR-1602, DR-1603)."""
