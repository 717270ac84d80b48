"""Work that comes back by itself: what, and at which time of the day or how often.

Owners add a line here and a handler in core/due_work.py; the handler gets 0 as its subject. `ensure` sees to
it that each has one row that waits for its next time: at the start of a process, after a restart, after it
was done and after it was given up on. It needs the database alone; a missed time is made up for once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select, update

from core.clock import NAIROBI, nairobi
from core.db import Database, Tx
from core.duties.models import Duty
from core.duties.service import drop, want


@dataclass(frozen=True)
class Daily:
    """Once a day.

    at  "02:30", Nairobi, or the name of a setting that holds such a time
    """

    kind: str
    at: str


@dataclass(frozen=True)
class Every:
    """Again and again, `minutes` apart, at full multiples of them."""

    kind: str
    minutes: int


Regular = Daily | Every

TIMETABLE: Sequence[Regular] = (
    Every("ask_float", minutes=60),
    Daily("ask_unknown", "05:00"),
    Daily("cash_day_close", "cod.day_close_local"),
    Daily("check_books", "03:10"),
    Daily("close_tickets", "02:10"),
    Daily("old_listings", "02:00"),
    Daily("payout_run", "payout.run_local"),
    Daily("price_alerts", "08:00"),
    Every("fetch_inbox", minutes=5),
    Every("money_out", minutes=15),
    Every("payout_process", minutes=15),
    Daily("privacy_clock", "07:00"),
    Daily("reconcile", "03:30"),
    Daily("retention", "02:40"),
    Every("trace_dials", minutes=5),
    Every("unreported", minutes=60),
    Every("watch_signs", minutes=5),
)


def next_time(tx: Tx, regular: Regular) -> datetime:
    """The first time after now at which it is due."""
    if isinstance(regular, Every):
        step = timedelta(minutes=regular.minutes)
        midnight = datetime(1970, 1, 1, tzinfo=UTC)
        return tx.now + step - (tx.now - midnight) % step
    at: time = time.fromisoformat(regular.at) if regular.at[0].isdigit() else tx.setting(regular.at)
    today = _moment(nairobi(tx.now).date(), at)
    return today if today > tx.now else _moment(nairobi(tx.now).date() + timedelta(days=1), at)


def ensure(db: Database, timetable: Sequence[Regular] | None = None) -> None:
    """Every regular work waits for its next time: what has none gets it, what waits for another one moves."""
    lines = TIMETABLE if timetable is None else timetable
    with db.read() as tx:
        wrong = _wrong(tx, lines)
    if wrong:
        db.run(lambda tx: _set_right(tx, _wrong(tx, lines)))


def _wrong(tx: Tx, lines: Sequence[Regular]) -> list[Regular]:
    """Those without a row that waits for the right time; what is due now or was begun is left alone."""
    kinds = [line.kind for line in lines]
    waiting = tx.session.scalars(select(Duty).where(Duty.kind.in_(kinds), Duty.status == "due")).all()
    right = {
        row.kind
        for row in waiting
        for line in lines
        if line.kind == row.kind
        and (row.due_at <= tx.now or row.attempts > 0 or row.due_at == next_time(tx, line))
    }
    return [line for line in lines if line.kind not in right]


def _set_right(tx: Tx, lines: Sequence[Regular]) -> None:
    for line in lines:
        drop(tx, line.kind, 0)
        at = next_time(tx, line)
        key = f"{line.kind}@{at:%Y-%m-%dT%H:%M}"
        again = tx.session.connection().execute(
            update(Duty)
            .where(Duty.key == key)  # its time was changed, and then changed back
            .values(status="due", due_at=at, attempts=0, lease_until=None, done_at=None)
        )
        if again.rowcount == 0:
            want(tx, line.kind, 0, at=at, key=key)


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, NAIROBI).astimezone(UTC)
