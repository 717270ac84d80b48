"""Payouts are tested with the whole shop."""

from tests.orders.conftest import shop

__all__ = ["shop"]
