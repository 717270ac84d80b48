"""Raising an alarm, seeing it, putting it right (DR-1803).

Whoever raises one says it again each time it happens: the open row counts. The texts are sent by
core/notifications/about_alarms.py, which knows the outbox.
"""

from typing import Any

from sqlalchemy import func, select, update

from core.actor import Actor
from core.alarms.errors import AlarmUnknown
from core.alarms.models import Alarm
from core.alarms.rules import KINDS
from core.audit import service as audit
from core.db import Tx
from core.events import AlarmRaised, DutyParked
from core.users import service as users


def raise_alarm(tx: Tx, kind: str, subject: str, **values: Any) -> None:
    """Something of `kind` has happened to `subject`: a new row, or one more on the open one (DR-1803).

    subject  "payment:45", "sms"; with `values` it names ids, codes and amounts, never a person

    Emits AlarmRaised for a new row. Raises KeyError for a kind that rules.KINDS does not list.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    if _count_again(tx, kind, subject, values):
        return
    alarm = Alarm(
        kind=kind,
        subject=subject[:64],
        open_for=_open_for(kind, subject),
        values=values,
        first_at=tx.now,
        last_at=tx.now,
    )
    tx.session.add(alarm)
    tx.flush()
    tx.note(f"alarm:{alarm.alarm_id}", kind)
    tx.emit(AlarmRaised(alarm.alarm_id, kind))


def settle(tx: Tx, kind: str, subject: str) -> bool:
    """What was wrong is right again by itself (the heartbeat is back); returns whether it was open."""
    put_right = tx.session.execute(
        update(Alarm)
        .where(Alarm.open_for == _open_for(kind, subject))
        .values(open_for=None, cleared_at=tx.now)
        .execution_options(synchronize_session=False)
    )
    return bool(put_right.rowcount)  # type: ignore[attr-defined]


def acknowledge(tx: Tx, actor: Actor, *, alarm_id: int) -> Alarm:
    """An admin has seen it: no more texts about this row; again changes nothing. Audited.

    Raises NotAllowed, AlarmUnknown.
    """
    users.may(tx, actor, "update", "alarms", own=False)
    alarm = _locked(tx, alarm_id)
    if alarm.acknowledged_at is None:
        alarm.acknowledged_at, alarm.acknowledged_by = tx.now, actor.user_id
        audit.record(tx, actor, what="alarm.acknowledge", record=f"alarm:{alarm_id}")
        tx.note(f"alarm:{alarm_id}", "acknowledged")
    return alarm


def clear(tx: Tx, actor: Actor, *, alarm_id: int, reason: str = "") -> Alarm:
    """An admin has put it right: the row is closed, and the next time opens a new one; again changes nothing.

    Audited. Raises NotAllowed, AlarmUnknown.
    """
    users.may(tx, actor, "update", "alarms", own=False)
    alarm = _locked(tx, alarm_id)
    if alarm.cleared_at is None:
        alarm.open_for, alarm.cleared_at, alarm.cleared_by = None, tx.now, actor.user_id
        audit.record(tx, actor, what="alarm.clear", record=f"alarm:{alarm_id}", reason=reason)
        tx.note(f"alarm:{alarm_id}", "cleared")
    return alarm


def listed(tx: Tx, actor: Actor, *, only_open: bool = True, limit: int = 50) -> list[Alarm]:
    """The alarms, newest first: open ones, or all (first thing on the console). Raises NotAllowed."""
    users.may(tx, actor, "read", "alarms", own=False)
    query = select(Alarm).order_by(Alarm.last_at.desc(), Alarm.alarm_id.desc()).limit(limit)
    return list(tx.session.scalars(query.where(Alarm.cleared_at.is_(None)) if only_open else query))


def is_open(tx: Tx, kind: str, subject: str) -> bool:
    """Whether that alarm stands, seen by somebody or not."""
    found = select(Alarm.alarm_id).where(Alarm.open_for == _open_for(kind, subject))
    return tx.session.scalar(found) is not None


def open_by_kind(tx: Tx) -> dict[str, int]:
    """How many alarms of each kind are open, every kind named: the figure of /metrics."""
    counted = select(Alarm.kind, func.count().label("open")).where(Alarm.cleared_at.is_(None))
    rows = tx.session.execute(counted.group_by(Alarm.kind))
    return dict.fromkeys(KINDS, 0) | {row.kind: row.open for row in rows}


def duty_parked(tx: Tx, happened: DutyParked) -> None:
    """Poison is set aside: a person must look (DR-1803)."""
    raise_alarm(tx, "parked_work", happened.kind, duty_id=happened.duty_id)


def _count_again(tx: Tx, kind: str, subject: str, values: dict[str, Any]) -> bool:
    counted = tx.session.execute(
        update(Alarm)
        .where(Alarm.open_for == _open_for(kind, subject))
        .values(count=Alarm.count + 1, last_at=tx.now, values=values)
        .execution_options(synchronize_session=False)
    )
    return bool(counted.rowcount)  # type: ignore[attr-defined]


def _open_for(kind: str, subject: str) -> str:
    return f"{kind}:{subject[:64]}"


def _locked(tx: Tx, alarm_id: int) -> Alarm:
    alarm = tx.session.get(Alarm, alarm_id, with_for_update=True)
    if alarm is None:
        raise AlarmUnknown(record="alarm", id=alarm_id)
    return alarm
