"""An order that ran out of time unpaid, placed anew on her word: as it was, or asked again (DR-811).

Late money brings the order itself back (`core/orders/reviving.py`); her word alone makes a new one, since
what is cancelled stays cancelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.actor import Actor
from core.db import Tx
from core.errors import DomainError
from core.orders import locks, quotes
from core.orders.models import Order
from core.orders.planning import Line, Wanted
from core.payments.machine import OPEN
from core.payments.models import PaymentTransaction


@dataclass(frozen=True)
class Again:
    """What a lapsed order would be today.

    quote_id     a new quote for the same goods of the same farms; None where they cannot be had so any more
    same         the sum is what it was: her word is enough
    lines        what she wanted, for whoever has to offer something else
    location_id  where it was to go
    """

    quote_id: int | None
    same: bool
    lines: tuple[Line, ...]
    location_id: int | None


def fresh(tx: Tx, order: Order) -> bool:
    """Whether the order lapsed for want of payment no longer than `payment.revive_hours` ago."""
    if order.order_status != "cancelled" or order.cancel_reason != "payment_timeout":
        return False
    since = tx.now - timedelta(hours=tx.setting("payment.revive_hours"))
    return order.cancelled_at is not None and order.cancelled_at >= since


def in_doubt(tx: Tx, order_id: int) -> bool:
    """Whether money for the order may still come of a request (P5): then nothing else is paid for it."""
    query = select(PaymentTransaction.transaction_id).where(
        PaymentTransaction.order_id == order_id, PaymentTransaction.status.in_(OPEN)
    )
    return tx.session.scalar(query.limit(1)) is not None


def newest(tx: Tx, actor: Actor) -> Order | None:
    """The acting customer's newest order, if it has lapsed and is still fresh."""
    query = select(Order).where(Order.customer_id == actor.user_id).order_by(Order.order_id.desc()).limit(1)
    order = tx.session.scalar(query)
    return order if order is not None and fresh(tx, order) else None


def again(tx: Tx, actor: Actor, *, order_id: int) -> Again:
    """Quote the order anew, from the same farms, by the same way; nothing is ordered yet."""
    order = locks.order(tx, order_id)
    lapsed = [item for item in order.items if item.item_status == "cancelled"]
    lines = tuple(Line(item.product_id, item.quantity, item.unit) for item in lapsed)
    if order.location_id is None:
        return Again(None, False, lines, None)
    try:
        with tx.session.begin_nested():
            made = quotes.quote(
                tx,
                actor,
                lines=list(lines),
                location_id=order.location_id,
                wanted=Wanted(order.way, order.collection_point_id),
                only={item.listing_id for item in lapsed},
            )
    except DomainError:
        return Again(None, False, lines, order.location_id)
    same = quotes.quote_view(tx, made.quote_id).asked == order.came_to and _prices(made.lines) == {
        item.listing_id: item.price_at_purchase for item in lapsed
    }
    return Again(made.quote_id, same, lines, order.location_id)


def _prices(lines: Sequence[dict[str, Any]]) -> dict[int, Decimal]:
    return {int(line["listing_id"]): Decimal(line["price"]) for line in lines}
