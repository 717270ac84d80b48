"""What cancelling would cost her, before she does it (7.3); the verb itself is core/orders/cancelling.py."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, func, select

from core.actor import Actor
from core.db import Tx
from core.ledger import accounts
from core.ledger.models import LedgerLine
from core.money import ZERO, round2
from core.orders.cancelling import ON_REQUEST
from core.orders.errors import OrderUnknown
from core.orders.machine import PREPARED
from core.orders.models import CancelRequest, Order, OrderItem


@dataclass(frozen=True)
class CancelTerms:
    """The stage of 7.3 that an order is in, and its money, KES.

    stage    free: she may by herself; request: an admin decides; asked: she has asked already; door: she may
             only turn it away at the door; over: nothing is left to cancel
    charged  what prepared goods cost her at most
    back     what comes back to her at least; 0.00 where nothing was received
    """

    stage: str
    charged: Decimal
    back: Decimal


_ORDER = (
    select(
        Order.order_status,
        CancelRequest.request_id,
        select(func.sum(LedgerLine.amount))
        .where(LedgerLine.account == bindparam("account"))
        .scalar_subquery()
        .label("held"),
    )
    .outerjoin(CancelRequest, CancelRequest.open_for == Order.order_id)
    .where(Order.order_id == bindparam("order_id"), Order.customer_id == bindparam("customer_id"))
)
_PREPARED = select(OrderItem.total_price).where(
    OrderItem.order_id == bindparam("order_id"),
    OrderItem.item_status.in_(PREPARED),
)


def terms(tx: Tx, actor: Actor, *, order_id: int) -> CancelTerms:
    """What cancelling this order of hers would mean now. Raises OrderUnknown, also for a stranger's."""
    account = accounts.order_funds(order_id)
    row = tx.look(_ORDER, order_id=order_id, customer_id=actor.user_id, account=account).first()
    if row is None:
        raise OrderUnknown(order_id=order_id)
    held = max(ZERO, -(row.held or ZERO))
    if row.order_status in ("pending_payment", "confirmed"):
        return CancelTerms("free", ZERO, held)
    if row.order_status not in ON_REQUEST:
        return CancelTerms("door" if row.order_status == "out_for_delivery" else "over", ZERO, ZERO)
    percent = tx.setting("cancel.prepared_percent")
    prepared = [round2(item.total_price * percent / 100) for item in tx.look(_PREPARED, order_id=order_id)]
    charged = min(sum(prepared, ZERO), held)
    return CancelTerms("request" if row.request_id is None else "asked", charged, held - charged)
