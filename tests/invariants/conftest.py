"""The same counter as in tests/orders, and one that opens anew for every random history."""

from collections.abc import Callable

import pytest

from core.db import Database
from tests.databases import Store
from tests.helpers import DEMO_MOMENT, FixedClock, register_cast
from tests.orders.conftest import shop
from tests.orders.shop import Shop

__all__ = ["NewShop", "shop"]

NewShop = Callable[[], Shop]


@pytest.fixture
def new_shop(store: Store, db: Database, clock: FixedClock) -> NewShop:
    """Empties the database and opens the shop again: each random history begins with a first morning."""

    def open_shop() -> Shop:
        store.empty()
        clock.set(DEMO_MOMENT)
        return Shop(db, register_cast(db))

    return open_shop
