"""Due work that was given up on after its last attempt: shown to admins, tried again or dropped (R21)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.duties.models import Duty
from core.errors import WrongState
from core.office.errors import DutyUnknown
from core.users import service as users


@dataclass(frozen=True)
class ParkedView:
    """A piece of work that was given up on: of which kind, about which row, and what went wrong last."""

    duty_id: int
    kind: str
    subject_id: int
    attempts: int
    due_at: datetime
    error: str


def listed(tx: Tx, actor: Actor, *, limit: int = 50) -> list[ParkedView]:
    """What waits for a person, oldest first. Raises NotAllowed."""
    users.may(tx, actor, "read", "due_work", own=False)
    rows = tx.session.scalars(
        select(Duty).where(Duty.status == "parked").order_by(Duty.due_at, Duty.duty_id).limit(limit)
    )
    return [_view(row) for row in rows]


def retry(tx: Tx, actor: Actor, *, duty_id: int, reason: str = "") -> ParkedView:
    """Have it tried again now, with all its attempts; waiting already: nothing changes. Audited.

    Raises NotAllowed, DutyUnknown, WrongState for what was done or dropped.
    """
    row = _parked(tx, actor, duty_id, "retry", done="due")
    if row.status == "parked":
        row.status, row.due_at, row.attempts = "due", tx.now, 0
        row.lease, row.lease_until = "", None
        tx.due.append(tx.now)
        _audit(tx, actor, row, "work.retry", "due", reason)
    return _view(row)


def drop(tx: Tx, actor: Actor, *, duty_id: int, reason: str) -> ParkedView:
    """It will not be done; dropped already: nothing changes. Audited.

    Raises NotAllowed, DutyUnknown, WrongState for what waits or was done.
    """
    row = _parked(tx, actor, duty_id, "drop", done="dropped")
    if row.status == "parked":
        row.status, row.done_at = "dropped", tx.now
        _audit(tx, actor, row, "work.drop", "dropped", reason)
    return _view(row)


def _parked(tx: Tx, actor: Actor, duty_id: int, event: str, *, done: str) -> Duty:
    users.may(tx, actor, "update", "due_work", own=False)
    row = tx.session.get(Duty, duty_id, with_for_update=True)
    if row is None:
        raise DutyUnknown(record="duty", id=duty_id)
    if row.status not in ("parked", done):
        raise WrongState(machine="duty", status=row.status, event=event)
    return row


def _audit(tx: Tx, actor: Actor, row: Duty, what: str, now: str, reason: str) -> None:
    changes = {"kind": row.kind, "status": ["parked", now]}
    audit.record(tx, actor, what=what, record=f"duty:{row.duty_id}", changes=changes, reason=reason)
    tx.note(f"duty:{row.duty_id}", f"parked -> {now}")


def _view(row: Duty) -> ParkedView:
    return ParkedView(row.duty_id, row.kind, row.subject_id, row.attempts, row.due_at, row.error)
