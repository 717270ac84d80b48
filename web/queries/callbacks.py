"""Reading the callback log (DR-1802): a page, the news since a row, one row with its causes and effects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select

from core.db import Tx
from core.duties.models import Duty
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.traffic.models import Callback
from web.gist import gist
from web.queries import sieve
from web.queries.paging import PAGE, Page, page_of
from web.queries.records import Change, changes
from web.queries.sieve import Asked, Filters

# Rows get their ids before they are committed, so a lower id may appear after a higher one.
LATE_ROWS = 200
LATE_BY = timedelta(seconds=15)
MOST_NEWS = 200
RELATED = 40
# The work by which what came in is read; its subject is the row.
READ_BY = ("read_sms", "read_report", "read_optout", "read_stk", "read_result", "read_c2b")
# Verdicts of rows that are still being worked on.
WAITING = ("stored", "calling")
# Rows that only say that all went well: a reader's eye may pass over them.
ASIDE = ("sms-report", "ussd-event", "mpesa-token")


@dataclass(frozen=True)
class Line:
    """One row of the log, as narrow as the list needs it."""

    callback_id: int
    at: datetime
    direction: str
    kind: str
    msisdn: str
    session: str
    verdict: str
    status: int | None
    duration_ms: int
    repeats: int
    order_id: int | None
    order_number: str | None
    gist: str

    @property
    def waiting(self) -> bool:
        """Whether its verdict is still to come."""
        return self.verdict in WAITING

    @property
    def aside(self) -> bool:
        """Whether it is worth a glance only: a report, a token, an end, with nothing wrong about it."""
        return self.kind in ASIDE and self.verdict in ("applied", "accepted", "shown", "duplicate")


@dataclass(frozen=True)
class Opened:
    """One row in full, and everything it hangs together with."""

    row: Callback
    changes: Sequence[Change]
    order_number: str | None
    cause: Line | None
    effects: Sequence[Line]
    repeats: Sequence[Line]
    messages: Sequence[OutboxMessage]
    around_order: Sequence[Line]
    work: Sequence[Duty]
    sealed: bool


@dataclass(frozen=True)
class Looked(Page[Line]):
    """A page of rows in which a text was looked for; back_to: so far, None: as far as it is looked for."""

    back_to: datetime | None = None


def page(tx: Tx, filters: Filters, *, before: int | None = None, size: int = PAGE) -> Page[Line]:
    """The newest rows that fit, or those before the row `before`.

    With a text it may hold few rows or none and yet have an `older`: the reader decides to look further.
    """
    if filters.words:
        return _looked(tx, filters, before, size)
    top = sieve.moment(tx, before) if before is not None else None
    asked = sieve.newest_first(sieve.narrow(_lines(), filters)).limit(size + 1)
    if before is not None and top is not None:
        asked = asked.where(sieve.below(top, before))
    found: list[Line] = []
    for within in sieve.stretches(filters, top):
        found = _read(tx, asked if within is None else asked.where(within))
        if len(found) > size:
            break
    return page_of(found, size, lambda line: line.callback_id)


def _looked(tx: Tx, filters: Filters, before: int | None, size: int) -> Looked:
    """So many rows are read for a text, no more: a page is there at once, whatever else the log holds."""
    within = [Callback.at >= sieve.week_before(tx.now)]
    if before is not None and (top := sieve.moment(tx, before)) is not None:
        within.append(sieve.below(top, before))
    narrowed = sieve.narrow(select(Callback.at, Callback.callback_id), filters).where(*within)
    end = tx.session.execute(sieve.newest_first(narrowed).offset(sieve.TEXT_ROWS - 1).limit(1)).one_or_none()
    if end is not None:
        within.append(sieve.not_before(end.at, end.callback_id))
    asked = sieve.narrow(_lines(), filters).where(*within, sieve.holds(filters.words))
    found = page_of(_read(tx, sieve.newest_first(asked).limit(size + 1)), size, lambda line: line.callback_id)
    if found.older is not None or end is None:
        return Looked(found.rows, found.older)
    return Looked(found.rows, end.callback_id, back_to=end.at)


def news(tx: Tx, filters: Filters, *, after: int, waiting: Iterable[int] = ()) -> list[Line]:
    """What a page that shows the log up to `after` does not know yet.

    Rows newer than `after`, newest first, with late-comers just below it (the page may know some already),
    and those of the rows `waiting`, shown before their verdict, that have one now.
    """
    late = and_(Callback.callback_id > after - LATE_ROWS, Callback.at >= tx.now - LATE_BY)
    fresh = sieve.narrow(_lines(), filters).where(
        Callback.callback_id > after - LATE_ROWS, or_(Callback.callback_id > after, late)
    )
    if filters.words:
        fresh = fresh.where(sieve.holds(filters.words))
    lines = _read(tx, fresh.order_by(Callback.callback_id.desc()).limit(MOST_NEWS))
    known = {line.callback_id for line in lines}
    open_rows = [i for i in waiting if i not in known]
    if open_rows:
        settled = _lines().where(Callback.callback_id.in_(open_rows), Callback.verdict.not_in(WAITING))
        lines += _read(tx, settled.order_by(Callback.callback_id.desc()))
    return lines


def opened(tx: Tx, callback_id: int) -> Opened | None:
    """Row `callback_id` with its cause, its effects, the messages it led to, and its order's other rows."""
    row = tx.session.get(Callback, callback_id)
    if row is None:
        return None
    cause = _read(tx, _lines().where(Callback.callback_id == row.cause)) if row.cause else []
    asked = _lines().where(Callback.cause == callback_id).order_by(Callback.callback_id).limit(RELATED)
    followed = _read(tx, asked)
    shown = {callback_id, row.cause, *(line.callback_id for line in followed)}
    order = tx.session.get(Order, row.order_id) if row.order_id else None
    return Opened(
        row=row,
        changes=changes(tx, row.changed),
        order_number=order.order_number if order else None,
        cause=cause[0] if cause else None,
        effects=[line for line in followed if line.verdict != "duplicate"],
        repeats=[line for line in followed if line.verdict == "duplicate"],
        messages=_messages(tx, row),
        around_order=[line for line in for_order(tx, order.order_id) if line.callback_id not in shown]
        if order
        else [],
        work=_work(tx, row),
        sealed=row.sealed is not None,
    )


def taken_as_new(tx: Tx, request_id: str) -> int | None:
    """The row that a request left if it was taken for something new; None: it had no new effect."""
    new = Callback.verdict.in_(("stored", "applied"))
    asked = select(Callback.callback_id).where(
        Callback.request_id == request_id, new, Callback.at >= tx.now - LATE_BY
    )
    return tx.session.scalar(asked.limit(1)) if request_id else None


def odd(tx: Tx, *, since: datetime, size: int) -> list[Line]:
    """Inbound rows since then that fit nothing we know or broke while being worked on, newest first."""
    asked = _lines().where(
        Callback.verdict.in_(("unmatched", "mismatched", "quarantined", "failed")),
        Callback.direction == "in",
        Callback.at >= since,
    )
    return _read(tx, asked.order_by(Callback.callback_id.desc()).limit(size))


def for_order(tx: Tx, order_id: int) -> list[Line]:
    """An order's rows, oldest first."""
    asked = _lines().where(Callback.order_id == order_id).order_by(Callback.callback_id.desc()).limit(RELATED)
    return _read(tx, asked)[::-1]


def lines_where(tx: Tx, which: ColumnElement[bool], *, most: int) -> list[Line]:
    """The rows that `which` picks along an index, oldest first."""
    asked = _lines().where(which).order_by(Callback.at, Callback.callback_id).limit(most)
    return _read(tx, asked)


def orders_called(tx: Tx, text: str) -> tuple[int, ...]:
    """The ids of orders that people call `text`: the whole number, without TUN, or its last four (DR-110,
    DR-111); the last four are looked up within the days that the log reaches back to."""
    name = "".join(text.upper().split()).replace("-", "")
    if len(name) == 4:
        days = int(tx.setting("retention.callback_log_days"))
        numbers = [f"TUN{tx.now + timedelta(hours=3) - timedelta(days=d):%y%m%d}{name}" for d in range(days)]
    else:
        numbers = [name if name.startswith("TUN") else f"TUN{name}"]
    return tuple(tx.session.scalars(select(Order.order_id).where(Order.order_number.in_(numbers))))


def _lines() -> Asked:
    return select(
        Callback.callback_id,
        Callback.at,
        Callback.direction,
        Callback.kind,
        Callback.msisdn,
        Callback.session,
        Callback.verdict,
        Callback.status,
        Callback.duration_ms,
        Callback.repeats,
        Callback.order_id,
        Order.order_number,
        Callback.request,
        Callback.reply,
        Callback.error,
    ).outerjoin(Order, Order.order_id == Callback.order_id)


def _read(tx: Tx, asked: Asked) -> list[Line]:
    return [_line(row) for row in tx.session.execute(asked)]


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    values = row._mapping
    fields = {name: values[name] for name in Line.__dataclass_fields__ if name != "gist"}
    return Line(
        **fields, gist=gist(values["kind"], values["request"] or {}, values["reply"], values["error"])
    )


def _work(tx: Tx, row: Callback) -> list[Duty]:
    """The work that a row is read by: waiting, done or given up."""
    asked = select(Duty).where(Duty.kind.in_(READ_BY), Duty.subject_id == row.callback_id)
    return list(tx.session.scalars(asked.order_by(Duty.duty_id)))


def _messages(tx: Tx, row: Callback) -> list[OutboxMessage]:
    """The messages a row is about: the one that was sent or reported on, else those the row led to."""
    if row.kind in ("sms-send", "sms-report"):
        records = [change["record"].partition(":") for change in row.changed]
        about: ColumnElement[bool] = OutboxMessage.outbox_id.in_(
            [int(number) for kind, _, number in records if kind == "sms"]
        )
    else:
        about = OutboxMessage.cause == row.callback_id
    asked = select(OutboxMessage).where(about).order_by(OutboxMessage.outbox_id).limit(RELATED)
    return list(tx.session.scalars(asked))
