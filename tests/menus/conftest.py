"""Transcripts: what happens between two dials, and the switch that writes them anew."""

from collections.abc import Callable, Mapping

import pytest

from core.db import Database
from tests import helpers
from tests.orders.shop import Shop


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-transcripts", action="store_true", help="write the screens as they are now")


class Meanwhile:
    """What others do while a phone is down; what returns a text is what the phone answers next."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def cast(self) -> None:
        self._shop = Shop(self._db, helpers.register_cast(self._db))

    def paid_order(self) -> None:
        self.cast()
        self._shop.publish()
        self._order = self._shop.paid_order()

    def offer(self) -> None:
        self.paid_order()
        self._shop.mark(self._order, "ready")
        self._shop.sweep()

    def delivery(self) -> None:
        self._shop.publish()
        self._shop.delivered_order()

    def right_code(self) -> str:
        return self._shop.code(self._order)

    def table(self) -> Mapping[str, Callable[[], str | None]]:
        return {
            "cast": self.cast,
            "a paid order": self.paid_order,
            "an offer": self.offer,
            "a delivery": self.delivery,
            "the right code": self.right_code,
        }


@pytest.fixture
def meanwhile(db: Database) -> Mapping[str, Callable[[], str | None]]:
    return Meanwhile(db).table()
