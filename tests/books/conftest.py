"""The same counter as in tests/orders."""

from tests.orders.conftest import shop

__all__ = ["shop"]
