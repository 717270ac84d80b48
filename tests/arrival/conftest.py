"""The same counter as in tests/orders, and a table to lay every order of arrival on."""

import pytest

from tests.arrival.orders_of import Table
from tests.databases import Store
from tests.helpers import FixedClock
from tests.orders.conftest import shop
from tests.orders.shop import Shop

__all__ = ["shop", "table"]


@pytest.fixture
def table(shop: Shop, clock: FixedClock, store: Store) -> Table:
    return Table(shop, clock, store)
