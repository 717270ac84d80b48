"""How it stands with a person's PIN before she is asked for it: one narrow look (DR-207)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, exists, select

from core.actor import Actor
from core.audit.models import AuditRow
from core.db import Tx
from core.users.models import Pin


@dataclass(frozen=True)
class PinState:
    """A PIN as it stands.

    chosen      whether there is one
    left        wrong tries that are left before it locks
    minutes     how long it is locked still, 0 if it is not
    closed      locked too often: only an admin's reset helps
    free_from   from when on a payout may be asked for with it (DR-208); None: now, or there is no PIN
    """

    chosen: bool
    left: int
    minutes: int
    closed: bool
    free_from: datetime | None


_STATE = select(Pin.pin_hash, Pin.first_at, Pin.attempts, Pin.locked_until, Pin.must_reset).where(
    Pin.user_id == bindparam("user_id")
)

_AGE = select(
    Pin.pin_hash,
    Pin.first_at,
    exists().where(AuditRow.what == "pin.reset", AuditRow.record == bindparam("record")).label("was_reset"),
).where(Pin.user_id == bindparam("user_id"))


def of(tx: Tx, actor: Actor) -> PinState:
    """The actor's own PIN."""
    most = int(tx.setting("auth.pin_max_attempts"))
    row = tx.look(_STATE, user_id=actor.user_id).first()
    if row is None or row.pin_hash is None:
        return PinState(chosen=False, left=most, minutes=0, closed=False, free_from=None)
    free = row.first_at + timedelta(hours=tx.setting("payout.number_change_cooloff_hours"))
    locked = row.locked_until is not None and row.locked_until > tx.now
    over = row.locked_until is not None and not locked
    return PinState(
        chosen=True,
        left=most if over else max(most - row.attempts, 0),
        minutes=max(1, -(-(row.locked_until - tx.now) // timedelta(minutes=1))) if locked else 0,
        closed=row.must_reset,
        free_from=free if free > tx.now else None,
    )


@dataclass(frozen=True)
class PinAge:
    """Whether the first PIN, or the first after a reset, is of some age; whether one was ever reset."""

    settled: bool
    was_reset: bool


def age_of(tx: Tx, user_id: int, *, age: timedelta) -> PinAge:
    """How long the person's PIN has stood, against `age`; without one it has not."""
    row = tx.look(_AGE, user_id=user_id, record=f"user:{user_id}").first()
    if row is None:
        return PinAge(settled=False, was_reset=False)
    settled = row.pin_hash is not None and row.first_at <= tx.now - age
    return PinAge(settled=settled, was_reset=bool(row.was_reset))
