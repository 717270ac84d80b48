"""The same counter as in tests/orders, and the road behind it."""

import pytest

from core.db import Database
from tests.deliveries.road import Road
from tests.helpers import Cast
from tests.orders.conftest import shop

__all__ = ["shop"]


@pytest.fixture
def road(db: Database, cast: Cast) -> Road:
    return Road(db, cast)
