"""Puts a whole test back to a moment: the database (SQLite), the clock and the dice."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.databases import Store
from tests.helpers import FixedClock, SeededChance


@dataclass(frozen=True)
class Moment:
    """The whole database, the clock and the dice."""

    database: sqlite3.Connection
    now: datetime
    dice: Any

    def forget(self) -> None:
        """Nobody goes back to it any more."""
        self.database.close()


@dataclass(frozen=True)
class Moments:
    """Keeps moments, and goes back to them as often as one likes."""

    store: Store
    clock: FixedClock
    dice: SeededChance

    def keep(self) -> Moment:
        """How everything is now."""
        database = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(self.live()) as live:
            live.backup(database)
        return Moment(database, self.clock.now(), self.dice.state)

    def back_to(self, moment: Moment) -> None:
        with closing(self.live()) as live:
            moment.database.backup(live)
        self.clock.set(moment.now)
        self.dice.state = moment.dice

    def live(self) -> sqlite3.Connection:
        """The database that the program works on, past the program."""
        return sqlite3.connect(str(self.store.engine.url.database), timeout=10)


@contextmanager
def each(store: Store, clock: FixedClock, dice: SeededChance) -> Iterator[Callable[[], None]]:
    """For a table whose rows all begin here: call it before each of them."""
    moments = Moments(store, clock, dice)
    moment = moments.keep()
    yield lambda: moments.back_to(moment)
    moment.forget()
