"""Counts what a hop asks of the database and of Redis, inside one process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from redis.connection import AbstractConnection
from sqlalchemy import event

from core.db import Database


@dataclass
class Count:
    """sql: statements without BEGIN and COMMIT; redis: round trips (a pipeline or an EVALSHA is one)."""

    sql: int = 0
    redis: int = 0


@contextmanager
def counting(db: Database) -> Iterator[Count]:
    """Counts everything that goes to the database and to any Redis while the block lasts."""
    count = Count()
    mine = threading.get_ident()

    def statement(*_: Any) -> None:
        count.sql += 1

    sent: Any = AbstractConnection.send_packed_command

    def trip(self: AbstractConnection, *args: Any, **kwargs: Any) -> Any:
        count.redis += threading.get_ident() == mine  # nudges go out later, on a thread of their own
        return sent(self, *args, **kwargs)

    for engine in db.engines:
        event.listen(engine, "before_cursor_execute", statement)
    try:
        with patch.object(AbstractConnection, "send_packed_command", trip):
            yield count
    finally:
        for engine in db.engines:
            event.remove(engine, "before_cursor_execute", statement)
