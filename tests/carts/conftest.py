"""The counter of tests/orders, for carts."""

from tests.orders.conftest import shop

__all__ = ["shop"]
