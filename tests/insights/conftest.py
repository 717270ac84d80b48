"""Prices are reference data and stay from test to test: whoever writes some takes it back at the end."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from core.db import Database, Tx


class TakenBackError(Exception):
    """Rolls a test's transaction back."""


@pytest.fixture
def writing(db: Database) -> Iterator[Tx]:
    """A transaction that is rolled back when the test is over."""
    with suppress(TakenBackError), db.transaction() as tx:
        yield tx
        raise TakenBackError
