"""Append-only tables: a session refuses to change or delete their rows, whoever asks (DR-212, DR-1001, S17).

core/db.py sets the watch. The database refuses as well (core/audit/triggers.py), also what does not come
through a session; this guard makes a mistake loud before it gets there.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

# Table: its key.
APPEND_ONLY: Mapping[str, str] = {
    "audit_log": "audit_id",
    "ledger_entries": "entry_id",
    "ledger_lines": "line_id",
    "mpesa_receipts": "receipt_id",
    "order_events": "event_id",
    "provider_balances": "balance_id",
    "statement_rows": "row_id",
    "stock_movements": "movement_id",
}


class AppendOnly(RuntimeError):
    """Somebody tried to change or delete a row that is written once; always our own fault."""


def watch(sessions: type[Session]) -> None:
    """Have every session of this class refuse changes of append-only rows, by object and by statement."""
    event.listen(sessions, "before_flush", _refuse_changed_rows)
    event.listen(sessions, "do_orm_execute", _refuse_statements)


def _table(row: object) -> str:
    return str(getattr(row, "__tablename__", ""))


def _refuse_changed_rows(session: Session, _context: Any, _instances: Any) -> None:
    for row in session.deleted:
        if _table(row) in APPEND_ONLY:
            raise AppendOnly(f"a row of {_table(row)} would be deleted")
    for row in session.dirty:
        if _table(row) in APPEND_ONLY and session.is_modified(row):
            raise AppendOnly(f"a row of {_table(row)} would be changed")


def _refuse_statements(state: ORMExecuteState) -> None:
    if state.is_update or state.is_delete:
        table = getattr(getattr(state.statement, "table", None), "name", "")
        if table in APPEND_ONLY:
            raise AppendOnly(f"rows of {table} would be changed or deleted")
