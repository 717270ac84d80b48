"""The counter, open: the cast is registered, tomatoes are listed when a test says so."""

import pytest

from core.db import Database
from tests.helpers import Cast
from tests.orders.shop import Shop


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    return Shop(db, cast)
