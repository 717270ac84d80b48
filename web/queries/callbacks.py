"""Reading the callback log (DR-1802): a page, the news since a row, one row with its causes and effects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from core.db import Tx
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.traffic.models import Callback
from web.gist import gist
from web.queries.paging import PAGE, Page, page_of
from web.queries.records import Change, changes

# Rows get their ids before they are committed, so a lower id may appear after a higher one.
LATE_ROWS = 200
LATE_BY = timedelta(seconds=15)
MOST_NEWS = 200
RELATED = 40
# Verdicts of rows that are still being worked on.
WAITING = ("stored", "calling")
# Rows that only say that all went well: a reader's eye may pass over them.
ASIDE = ("sms-report", "ussd-event", "mpesa-token")


@dataclass(frozen=True)
class Filters:
    """What to show; empty means everything. `order_ids` None: any order or none."""

    kind: str = ""
    direction: str = ""
    verdict: str = ""
    msisdn: str = ""
    session: str = ""
    provider_id: str = ""
    order_ids: tuple[int, ...] | None = None


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
    sealed: bool


def page(tx: Tx, filters: Filters, *, before: int | None = None, size: int = PAGE) -> Page[Line]:
    """The newest rows that fit, or those before the row `before`."""
    asked = _narrow(_lines(), filters).order_by(Callback.callback_id.desc()).limit(size + 1)
    if before is not None:
        asked = asked.where(Callback.callback_id < before)
    found = page_of(_read(tx, asked), size, lambda line: line.callback_id)
    # Hops that only showed something are logged a moment later (DR-1802), so ids are not quite in time.
    return Page(sorted(found.rows, key=lambda line: (line.at, line.callback_id), reverse=True), found.older)


def news(tx: Tx, filters: Filters, *, after: int, waiting: Iterable[int] = ()) -> list[Line]:
    """What a page that shows the log up to `after` does not know yet.

    Rows newer than `after`, newest first, with late-comers just below it (the page may know some already),
    and those of the rows `waiting`, shown before their verdict, that have one now.
    """
    late = and_(Callback.callback_id > after - LATE_ROWS, Callback.at >= tx.now - LATE_BY)
    fresh = _narrow(_lines(), filters).where(
        Callback.callback_id > after - LATE_ROWS, or_(Callback.callback_id > after, late)
    )
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
        sealed=row.sealed is not None,
    )


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


def _lines() -> Select[*tuple[Any, ...]]:
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


def _narrow(asked: Select[*tuple[Any, ...]], filters: Filters) -> Select[*tuple[Any, ...]]:
    for name in ("kind", "direction", "verdict", "msisdn", "session", "provider_id"):
        if value := getattr(filters, name):
            asked = asked.where(getattr(Callback, name) == value)
    if filters.order_ids is not None:
        asked = asked.where(Callback.order_id.in_(filters.order_ids))
    return asked


def _read(tx: Tx, asked: Select[*tuple[Any, ...]]) -> list[Line]:
    return [_line(row) for row in tx.session.execute(asked)]


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    values = row._mapping
    fields = {name: values[name] for name in Line.__dataclass_fields__ if name != "gist"}
    return Line(
        **fields, gist=gist(values["kind"], values["request"] or {}, values["reply"], values["error"])
    )


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
