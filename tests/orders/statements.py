"""What something costs in SQL statements."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from core.db import Database


def counted(db: Database, work: Callable[[], Any]) -> int:
    """SQL statements that `work` sends."""
    sent: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
    return len(sent)
