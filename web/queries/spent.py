"""How many segments of SMS one finished order took, which should be ten at most (DR-1509)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import func, select

from core.db import Tx
from core.orders.models import Order
from core.outbox.models import OutboxMessage

FINISHED = ("delivered", "completed")
# The figure of /metrics is that of so many orders, the newest.
COUNTED = 100
# A quote is texted before there is an order: the last ones before it are its own.
QUOTED = timedelta(minutes=30)


def segments_of(tx: Tx, order_ids: Sequence[int]) -> Mapping[int, int]:
    """The segments that went out about each of these orders, its quotes too.

    A payout is for many orders and counts for none.
    """
    sent: dict[int, int] = defaultdict(int)
    about = (
        select(OutboxMessage.order_id, func.sum(OutboxMessage.segments))
        .where(OutboxMessage.order_id.in_(order_ids), OutboxMessage.sent_at.is_not(None))
        .group_by(OutboxMessage.order_id)
    )
    for order_id, segments in tx.session.execute(about):
        if order_id is not None:
            sent[order_id] += int(segments)
    quoted = (
        select(Order.order_id, Order.created_at, OutboxMessage.created_at, OutboxMessage.segments)
        .join(OutboxMessage, OutboxMessage.user_id == Order.customer_id)
        .where(
            Order.order_id.in_(order_ids),
            OutboxMessage.order_id.is_(None),
            OutboxMessage.code.startswith("quote", autoescape=True),
            OutboxMessage.sent_at.is_not(None),
            OutboxMessage.created_at <= Order.created_at,
        )
    )
    for order_id, placed_at, quoted_at, segments in tx.session.execute(quoted):
        if placed_at - quoted_at <= QUOTED:
            sent[order_id] += segments
    return sent


def segments_per_order(tx: Tx) -> float:
    """The mean of the newest finished orders; 0 where there is none."""
    newest = select(Order.order_id).where(Order.order_status.in_(FINISHED))
    ids = list(tx.session.scalars(newest.order_by(Order.order_id.desc()).limit(COUNTED)))
    return sum(segments_of(tx, ids).values()) / len(ids) if ids else 0.0
