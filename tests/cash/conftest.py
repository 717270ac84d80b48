"""The same road as in tests/deliveries."""

from tests.deliveries.conftest import road

__all__ = ["road"]
