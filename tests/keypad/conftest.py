"""A house on SQLite, listened to; the tests of this folder look at what phones see, not at databases."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from inbound.gateway import Gateway
from tests.databases import Store
from tests.keypad.house import House


@pytest.fixture
def store(open_store: Callable[[str], Store]) -> Store:
    """An empty SQLite database with the reference data."""
    found = open_store("sqlite")
    found.empty()
    return found


@pytest.fixture
def house(gateway: Gateway, client: FlaskClient, store: Store) -> Iterator[House]:
    """The whole process, with ears."""
    built = House(gateway, client, store)
    with built.listening():
        yield built
    built.close()
