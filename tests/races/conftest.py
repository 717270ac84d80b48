"""Races are run where rows have locks: on MariaDB alone."""

import os
from collections.abc import Callable

import pytest

from core.db import Database
from tests.databases import Store
from tests.helpers import Cast
from tests.orders.shop import Shop

ROUNDS = int(os.environ.get("RACE_ROUNDS", "10"))


@pytest.fixture
def store(open_store: Callable[[str], Store]) -> Store:
    """An empty MariaDB with the reference data."""
    opened = open_store("mariadb")
    opened.empty()
    return opened


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    """The counter, open."""
    return Shop(db, cast)


@pytest.fixture
def rounds() -> range:
    """As many as asked for."""
    return range(ROUNDS)
