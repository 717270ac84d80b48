"""What customers ask and an admin decides: cancelling what is being prepared, complaints (O10, O16, 7.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.actor import Actor
from core.db import Tx
from core.money import ZERO, round2
from core.orders.machine import PREPARED
from core.orders.models import CancelRequest, Claim, Order, OrderItem
from core.payments import standing
from core.users import service as users

MOST = 50


@dataclass(frozen=True)
class Cancelling:
    """A customer's wish to cancel, KES: what prepared goods cost her, and what she has paid."""

    request: CancelRequest
    order: Order
    charged: Decimal
    received: Decimal


@dataclass(frozen=True)
class Complaint:
    """A complaint about one delivered thing."""

    claim: Claim
    order: Order
    item: OrderItem


def cancellings(tx: Tx, actor: Actor) -> Sequence[Cancelling]:
    """Wishes that nobody has decided on, the longest waiting first. Raises NotAllowed."""
    users.may(tx, actor, "read", "orders", own=False)
    asked = (
        select(CancelRequest, Order)
        .join(Order, Order.order_id == CancelRequest.order_id)
        .where(CancelRequest.request_status == "open")
        .options(joinedload(Order.customer), joinedload(Order.items))
        .order_by(CancelRequest.request_id)
        .limit(MOST)
    )
    return [
        Cancelling(request, order, _charged(tx, order), standing.received(tx, order.order_id))
        for request, order in tx.session.execute(asked).unique()
    ]


def complaints(tx: Tx, actor: Actor) -> Sequence[Complaint]:
    """Complaints that nobody has decided on, the longest waiting first. Raises NotAllowed."""
    users.may(tx, actor, "read", "orders", own=False)
    asked = (
        select(Claim, Order, OrderItem)
        .join(Order, Order.order_id == Claim.order_id)
        .join(OrderItem, OrderItem.order_item_id == Claim.order_item_id)
        .where(Claim.claim_status == "open")
        .options(joinedload(Order.customer))
        .order_by(Claim.claim_id)
        .limit(MOST)
    )
    return [Complaint(claim, order, item) for claim, order, item in tx.session.execute(asked)]


def _charged(tx: Tx, order: Order) -> Decimal:
    percent = tx.setting("cancel.prepared_percent")
    prepared = [item.total_price for item in order.items if item.item_status in PREPARED]
    return sum((round2(price * percent / 100) for price in prepared), ZERO)
