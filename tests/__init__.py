"""Tests: one folder an area; conftest.py has the databases, the clock and the cast they share."""
