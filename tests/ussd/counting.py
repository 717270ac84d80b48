"""What a hop asks of the database and of Redis, statement by statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from redis.connection import AbstractConnection
from sqlalchemy import event

from core.db import Database

CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
NO_STATEMENTS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass
class Count:
    """sql: the statements that ran, BEGIN and COMMIT aside; redis: the commands, one round trip each."""

    sql: list[str] = field(default_factory=list)
    redis: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was written to the database."""
        return any(statement.lstrip().upper().startswith(CHANGES) for statement in self.sql)


@contextmanager
def counting(db: Database) -> Iterator[Count]:
    """Counts while the block lasts."""
    count = Count()
    send: Any = AbstractConnection.send_command

    def before(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(NO_STATEMENTS):
            count.sql.append(statement)

    def command(self: AbstractConnection, *args: Any, **kwargs: Any) -> Any:
        count.redis.append(str(args[0]))
        return send(self, *args, **kwargs)

    for engine in db.engines:
        event.listen(engine, "before_cursor_execute", before)
    try:
        with patch.object(AbstractConnection, "send_command", command):
            yield count
    finally:
        for engine in db.engines:
            event.remove(engine, "before_cursor_execute", before)
