"""What a query costs: its statements, how MariaDB answers them, how many rows it looks at, and how long."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event, text

from core.db import Database, Tx

Query = Callable[[Tx], object]
# A table that never grows with the business may be read whole.
FEW_ROWS = 300


@dataclass(frozen=True)
class Access:
    """One line of EXPLAIN: how one table is reached."""

    table: str
    how: str
    key: str
    rows: int

    @property
    def whole(self) -> bool:
        """Whether the whole of a table that grows is read."""
        return self.how in ("ALL", "index") and self.rows > FEW_ROWS

    def __str__(self) -> str:
        return f"{self.table} {self.how} {self.key or '-'} ({self.rows})"


@dataclass
class Cost:
    """Of one query on one database: `examined` rows read by the storage engine, `ms` the times it took."""

    statements: int = 0
    examined: int = 0
    accesses: list[Access] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Milliseconds."""
        return statistics.median(self.ms)


def explain(db: Database, query: Query) -> Cost:
    """Run `query` once and ask MariaDB how it answered."""
    sent: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        sent.append((statement, parameters))

    with db.read() as tx:
        query(tx)  # connections and caches are warm from here on
    with db.read() as tx:
        connection = tx.session.connection()
        before = _read_rows(connection)
        event.listen(connection.engine, "before_cursor_execute", keep)
        try:
            query(tx)
        finally:
            event.remove(connection.engine, "before_cursor_execute", keep)
        examined = _read_rows(connection) - before
        accesses = [line for statement in sent for line in _explained(connection, *statement)]
    return Cost(len(sent), examined, accesses)


def race(
    small: tuple[Database, Mapping[str, Query]], big: tuple[Database, Mapping[str, Query]], rounds: int
) -> dict[str, tuple[Cost, Cost]]:
    """Every query on both databases, by turns, `rounds` times each; (small, big) by name."""
    costs = {name: (explain(small[0], small[1][name]), explain(big[0], big[1][name])) for name in small[1]}
    for name, pair in costs.items():
        for _ in range(rounds):
            for (db, queries), cost in zip((small, big), pair, strict=True):
                cost.ms.append(timed(db, queries[name]))
    return costs


def timed(db: Database, query: Query) -> float:
    """Milliseconds that `query` takes on an open connection."""
    with db.read() as tx:
        tx.session.connection()
        began = time.perf_counter()
        query(tx)
        return (time.perf_counter() - began) * 1000


def _read_rows(connection: Connection) -> int:
    """Rows the storage engine has handed out in this session so far."""
    rows = connection.execute(text("SHOW SESSION STATUS LIKE 'Handler_read%'"))
    return sum(int(value) for name, value in rows if not name.endswith("_deleted"))


def _explained(connection: Connection, statement: str, parameters: Any) -> Sequence[Access]:
    if not statement.lstrip("( ").upper().startswith(("SELECT", "WITH")):
        return []
    rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).mappings().all()
    return [
        Access(row["table"], row["type"] or "", row["key"] or "", int(row["rows"] or 0))
        for row in rows
        if row["table"] and not row["table"].startswith("<")
    ]
