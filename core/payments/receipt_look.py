"""What we know of an M-Pesa receipt that somebody forwards (DR-804): it proves nothing, it is looked up.

Of receipts that moved somebody else's money nothing is told (DR-211).
"""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.db import Tx
from core.orders.models import Order
from core.payments.models import PaymentTransaction, SuspensePayment
from core.users import service as users


@dataclass(frozen=True)
class ReceiptView:
    """Money that came with a receipt, KES; `tail` of the order it paid, "" while we know no order for it."""

    receipt: str
    sum: Decimal
    tail: str


def mine(tx: Tx, actor: Actor, *, receipt: str) -> ReceiptView | None:
    """The receipt, if it paid an order of the actor's, or came from her phone and fits none yet."""
    user = users.acting(tx, actor)
    paid = tx.session.execute(
        select(PaymentTransaction.amount, Order.order_number)
        .join(Order, Order.order_id == PaymentTransaction.order_id)
        .where(
            PaymentTransaction.receipt == receipt,
            PaymentTransaction.status == "succeeded",
            Order.customer_id == user.user_id,
        )
    ).first()
    if paid is not None:
        return ReceiptView(receipt, paid.amount, paid.order_number[-4:])
    waiting = tx.session.execute(
        select(SuspensePayment.amount).where(
            SuspensePayment.receipt == receipt,
            SuspensePayment.user_id == user.user_id,
            SuspensePayment.status == "open",
        )
    ).first()
    return None if waiting is None else ReceiptView(receipt, waiting.amount, "")
