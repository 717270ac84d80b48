"""Asking for due work, taking it, finishing it.

Taking is a conditional update with a lease: right on MariaDB (which also skips locked rows) and on SQLite
(which has no row locks). Work that only touches the database is finished in the same transaction that did it;
work that calls a provider is taken, committed, called, and recorded, and its handler treats a second taking
as "the first outcome is unknown".
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, or_, select, update

from core import rows
from core.db import Database, Tx
from core.duties.models import Duty
from core.events import DutyParked

LEASE = timedelta(seconds=90)
MAX_ATTEMPTS = 5
ORDINARY = 1  # the priority of due work that is not a message
BACKOFF = (timedelta(seconds=5), timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=5))

# Built once: every sweep says them, those that find nothing as well.
_DUE = (Duty.status == "due", Duty.due_at <= bindparam("now"))
_OF_KINDS = Duty.kind.in_(bindparam("kinds", expanding=True))
_ANY_DUE = select(Duty.duty_id).where(*_DUE, _OF_KINDS).limit(1)
_WAITING = select(Duty.priority).where(*_DUE).distinct().order_by(Duty.priority)  # the lowest first
_FREE = (
    select(Duty.duty_id, Duty.kind, Duty.subject_id, Duty.attempts, Duty.due_at)
    .where(
        *_DUE,
        _OF_KINDS,
        or_(Duty.lease_until.is_(None), Duty.lease_until < bindparam("now")),
        Duty.priority == bindparam("priority"),
    )
    .order_by(Duty.due_at, Duty.duty_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEASE_ONE = (
    update(Duty)
    .where(
        Duty.duty_id == bindparam("taken"),
        Duty.status == "due",
        or_(Duty.lease_until.is_(None), Duty.lease_until < bindparam("now")),
    )
    .values(lease=bindparam("token"), lease_until=bindparam("until"), attempts=bindparam("times"))
)


@dataclass(frozen=True)
class Taken:
    """A duty that this process holds until `lease` runs out."""

    duty_id: int
    kind: str
    subject_id: int
    lease: str
    attempts: int
    due_at: datetime


def want(
    tx: Tx, kind: str, subject_id: int, *, at: datetime | None = None, key: str = "", priority: int = ORDINARY
) -> bool:
    """Have `kind` done about `subject_id` at `at` (or now).

    Once per key, which is `kind:subject_id` if not given: asking again changes nothing, and returns False.

    priority  among what is due the lowest is done first
    """
    key = key or f"{kind}:{subject_id}"
    due = at or tx.now
    duty = Duty(kind=kind, subject_id=subject_id, key=key, due_at=due, priority=priority, created_at=tx.now)
    new = rows.add_once(tx, duty, Duty.key)
    if new:
        tx.due.append(due)
    return new


def want_all(tx: Tx, kind: str, due: Mapping[int, datetime]) -> None:
    """As `want` of each subject_id at its time, in two statements however many there are."""
    if not due:
        return
    if len(due) == 1:
        for subject_id, at in due.items():
            want(tx, kind, subject_id, at=at)
        return
    keys = {f"{kind}:{subject_id}": subject_id for subject_id in due}
    known = set(tx.session.scalars(select(Duty.key).where(Duty.key.in_(keys))))
    # Whoever asks for the same at this moment is refused by the key, and the transaction is run again.
    new = [
        Duty(kind=kind, subject_id=one, key=key, due_at=due[one], priority=ORDINARY, created_at=tx.now)
        for key, one in keys.items()
        if key not in known
    ]
    rows.add_all(tx, new)
    tx.due.extend(duty.due_at for duty in new)


def drop(tx: Tx, kind: str, subject_id: int, *kinds: str) -> None:
    """The duty is no longer wanted (the deadline was met, the offer answered); `kinds`: nor these."""
    tx.session.execute(
        update(Duty)
        .where(Duty.kind.in_((kind, *kinds)), Duty.subject_id == subject_id, Duty.status == "due")
        .values(status="dropped", done_at=tx.now)
    )


def drop_all(tx: Tx, kinds: Collection[str], subject_ids: Collection[int]) -> None:
    """As `drop` of each kind for each subject, in one statement however many there are."""
    if not subject_ids:
        return
    tx.session.execute(
        update(Duty)
        .where(Duty.kind.in_(kinds), Duty.subject_id.in_(subject_ids), Duty.status == "due")
        .values(status="dropped", done_at=tx.now)
    )


def take(db: Database, kinds: frozenset[str], limit: int = 20) -> list[Taken]:
    """Take up to `limit` duties that are due and free, by priority and then the oldest first; each is taken
    by one process only."""

    def work(tx: Tx) -> list[Taken]:
        rows: list[Row[Any]] = []
        # One priority after the other: each is a stretch of an index, where all together would be sorted.
        for priority in tx.look(_WAITING, now=tx.now).scalars().all():
            rest = limit - len(rows)
            rows += tx.look(_FREE, now=tx.now, kinds=kinds, priority=priority, most=rest).all()
            if len(rows) >= limit:
                break
        mine = [
            Taken(
                row.duty_id, row.kind, row.subject_id, tx.parts.chance.token(), row.attempts + 1, row.due_at
            )
            for row in rows
        ]
        return _leased(tx, mine) if mine else []

    with db.read() as tx:  # most sweeps find nothing: do not take SQLite's write lock to learn that
        idle = tx.look(_ANY_DUE, now=tx.now, kinds=kinds).first() is None
    return [] if idle else db.run(work)


def _leased(tx: Tx, wished: Sequence[Taken]) -> list[Taken]:
    """Those of `wished` that nobody else has taken meanwhile."""
    leases = [
        {"taken": duty.duty_id, "token": duty.lease, "times": duty.attempts, "now": tx.now}
        | {"until": tx.now + LEASE}
        for duty in wished
    ]
    got = tx.session.connection().execute(_LEASE_ONE, leases)
    return list(wished) if got.rowcount == len(wished) else held(tx, wished)


def wake(tx: Tx, duty_ids: Sequence[int]) -> None:
    """What was put off and that nobody holds is due now."""
    tx.session.connection().execute(
        update(Duty)
        .where(Duty.duty_id.in_(duty_ids), Duty.status == "due", Duty.lease == "", Duty.due_at > tx.now)
        .values(due_at=tx.now)
    )
    tx.due.append(tx.now)


def renew(tx: Tx, duty: Taken) -> bool:
    """Hold a taken duty for another lease; False if another process has taken it over meanwhile."""
    held = tx.session.connection().execute(
        update(Duty)
        .where(Duty.duty_id == duty.duty_id, Duty.lease == duty.lease, Duty.status == "due")
        .values(lease_until=tx.now + LEASE)
    )
    return held.rowcount == 1


def renew_all(tx: Tx, duties: Sequence[Taken]) -> list[Taken]:
    """As `renew` of each, in one statement; those that are still held."""
    renewed = tx.session.connection().execute(
        update(Duty).where(_ours(duties)).values(lease_until=tx.now + LEASE)
    )
    return list(duties) if renewed.rowcount == len(duties) else held(tx, duties)


def held(tx: Tx, duties: Sequence[Taken]) -> list[Taken]:
    """Those of `duties` that this process still holds: not done, nor taken over by another."""
    ours = set(tx.session.connection().execute(select(Duty.duty_id).where(_ours(duties))).scalars())
    return [duty for duty in duties if duty.duty_id in ours]


def _ours(duties: Sequence[Taken]) -> ColumnElement[bool]:
    ids, leases = [duty.duty_id for duty in duties], [duty.lease for duty in duties]
    return and_(Duty.duty_id.in_(ids), Duty.lease.in_(leases), Duty.status == "due")


def finish(tx: Tx, duty: Taken) -> bool:
    """Mark a taken duty done, if it is still ours; False if another process has taken it over."""
    return finish_all(tx, [duty]) == 1


def finish_all(tx: Tx, duties: Sequence[Taken]) -> int:
    """As `finish` of each, in one statement; how many of them were still ours."""
    if not duties:
        return 0
    done = tx.session.connection().execute(
        update(Duty).where(_ours(duties)).values(status="done", done_at=tx.now, lease_until=None)
    )
    return done.rowcount


def postpone(tx: Tx, duty: Taken, at: datetime, *, count: bool = False) -> None:
    """Do it again at `at`; with `count` False the attempt does not count towards parking."""
    tx.session.connection().execute(
        update(Duty)
        .where(Duty.duty_id == duty.duty_id, Duty.lease == duty.lease)
        .values(due_at=at, lease="", lease_until=None, attempts=duty.attempts if count else duty.attempts - 1)
    )
    tx.due.append(at)


def failed(tx: Tx, duty: Taken, error: str) -> bool:
    """The handler raised: later again, or parked after MAX_ATTEMPTS; returns whether it was parked.

    Emits DutyParked, so that a person hears of it (DR-1803).
    """
    parked = duty.attempts >= MAX_ATTEMPTS
    pause = BACKOFF[min(duty.attempts, len(BACKOFF)) - 1]
    held = tx.session.connection().execute(
        update(Duty)
        .where(Duty.duty_id == duty.duty_id, Duty.lease == duty.lease, Duty.status == "due")
        .values(
            status="parked" if parked else "due",
            due_at=tx.now + pause,
            lease_until=None,
            error=error[:255],
        )
    )
    if parked and held.rowcount == 1:
        tx.emit(DutyParked(duty.duty_id, duty.kind))
    return parked


# One that returns True has finished or put off the duty itself, for certain.
Handler = Callable[[Database, Taken], bool | None]


@dataclass(frozen=True)
class Together:
    """A handler that does several duties of its kind at once, the most urgent first.

    work  finishes or puts off each of them itself. If it raises, those it had not settled are handed to it
          again one by one, so that one that cannot be done spoils no other.
    """

    work: Callable[[Database, Sequence[Taken]], None]

    def __call__(self, db: Database, duty: Taken) -> bool:
        """One alone, as any handler."""
        self.work(db, [duty])
        return True
