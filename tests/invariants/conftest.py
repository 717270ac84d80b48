"""The same counter as in tests/orders, and one that opens anew for every random history."""

from collections.abc import Callable

import pytest

from core.db import Database
from tests.casting import cast_of
from tests.databases import Store
from tests.helpers import DEMO_MOMENT, FixedClock, SeededChance
from tests.orders.conftest import shop
from tests.orders.shop import Shop

__all__ = ["NewShop", "shop"]

NewShop = Callable[[], Shop]


@pytest.fixture
def new_shop(store: Store, db: Database, clock: FixedClock, chance: SeededChance) -> NewShop:
    """Empties the database and opens the shop again: each random history begins with a first morning."""

    def open_shop() -> Shop:
        store.empty()
        clock.set(DEMO_MOMENT)
        chance.state = SeededChance().state
        return Shop(db, cast_of(db, store))

    return open_shop
