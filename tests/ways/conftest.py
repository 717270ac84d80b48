"""The counter of tests/orders, for the ways in which goods reach people."""

from tests.orders.conftest import shop

__all__ = ["shop"]
