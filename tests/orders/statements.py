"""What something costs in SQL statements."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from core.db import Database


def counted(db: Database, work: Callable[[], Any]) -> int:
    """SQL statements that `work` sends; an UPDATE of many rows one by one is as many."""
    sent: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        sent.extend([statement] * (len(given) if many and not statement.startswith("INSERT") else 1))

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
    return len(sent)
