"""The cast before full shelves."""

from collections.abc import Iterator

import pytest

from core.db import Database
from tests.catalogue.shelves import put_back


@pytest.fixture
def shelves(db: Database) -> Iterator[Database]:
    """The database with the catalogue; what the test changes in it is put back."""
    with put_back(db):
        yield db
