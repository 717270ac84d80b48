"""The outbox as a list (section 15): what was to be texted to whom, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import ColumnElement, func, select

from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.outbox import spending
from core.outbox.failed import not_arrived
from core.outbox.models import OutboxMessage
from core.traffic.models import Callback
from web.queries.paging import PAGE, Page, page_of

NOT_ARRIVED = "not arrived"  # of any state that means so
STATUSES = (
    NOT_ARRIVED,
    "queued", "sending", "accepted", "delivered", "undelivered", "unknown", "failed", "expired", "dropped",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What to show; empty means everything."""

    status: str = ""
    msisdn: str = ""


def page(tx: Tx, filters: Filters, *, before: int | None = None, size: int = PAGE) -> Page[OutboxMessage]:
    """The newest messages that fit, or those before the message `before`."""
    asked = select(OutboxMessage).order_by(OutboxMessage.outbox_id.desc()).limit(size + 1)
    if filters.status == NOT_ARRIVED:
        asked = asked.where(not_arrived(tx))
    elif filters.status:
        asked = asked.where(OutboxMessage.status == filters.status)
    if filters.msisdn:
        asked = asked.where(OutboxMessage.msisdn == filters.msisdn)
    if before is not None:
        asked = asked.where(OutboxMessage.outbox_id < before)
    return page_of(tx.session.scalars(asked).all(), size, lambda message: message.outbox_id)


@dataclass(frozen=True)
class LaneToday:
    """A kind of messages today: what it cost, how many of it wait to go now, and how many did not arrive."""

    spent: spending.DaySpend
    waiting: int
    not_arrived: int


def by_lane(tx: Tx) -> Sequence[LaneToday]:
    """The kinds, the most urgent first; a day is Nairobi's."""
    midnight = datetime.combine(nairobi_date(tx.now), time(), NAIROBI)
    waiting = _counted(tx, OutboxMessage.status == "queued", OutboxMessage.not_before <= tx.now)
    lost = _counted(tx, not_arrived(tx), OutboxMessage.created_at >= midnight)
    return [
        LaneToday(spent, waiting.get(spent.lane, 0), lost.get(spent.lane, 0))
        for spent in spending.figures(tx)
    ]


def _counted(tx: Tx, *which: ColumnElement[bool]) -> dict[str, int]:
    count = select(OutboxMessage.lane, func.count()).where(*which).group_by(OutboxMessage.lane)
    return dict(tx.session.execute(count).all())


def one(tx: Tx, outbox_id: int) -> tuple[OutboxMessage, list[Callback]] | None:
    """A message with the provider's callbacks about it (its sending is found through its provider id)."""
    message = tx.session.get(OutboxMessage, outbox_id)
    if message is None:
        return None
    if not message.provider_id:
        return message, []
    asked = select(Callback).where(Callback.provider_id == message.provider_id)
    return message, list(tx.session.scalars(asked.order_by(Callback.callback_id).limit(20)))
