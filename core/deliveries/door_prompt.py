"""What she cannot pay in cash is asked of her phone, at the door, by whoever stands there (DR-902).

The payment itself is core/payments/service.py's; here is whose hand may ask, and what he sees of it.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sqlalchemy import bindparam, select

from core import events
from core.actor import Actor
from core.cash import collecting
from core.cash.errors import CashInvalid
from core.db import Tx
from core.deliveries import assignment, hands
from core.deliveries.errors import NoSuchJob
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery
from core.money import ZERO
from core.payments import service as payments
from core.payments.machine import OPEN
from core.payments.models import PaymentTransaction
from core.users import service as users

State = Literal["paid", "open", "failed", "none"]


@dataclass(frozen=True)
class Rung:
    """A payment request on its way to her phone: the sum in KES, and what stays to be taken in cash."""

    sum: Decimal
    cash: Decimal
    msisdn: str


_LAST = (
    select(PaymentTransaction.status)
    .join(Delivery, Delivery.order_id == PaymentTransaction.order_id)
    .where(
        PaymentTransaction.order_id == bindparam("order_id"),
        PaymentTransaction.method == "stk",
        Delivery.rider_id == bindparam("rider_id"),
    )
    .order_by(PaymentTransaction.transaction_id.desc())
    .limit(1)
)


def ring(tx: Tx, actor: Actor, *, order_id: int, cash: Decimal) -> Rung:
    """Have her phone asked for what `cash` KES leave open; only who has the goods in hand (DR-1206).

    Raises NoSuchJob, CashInvalid (nothing is left to ask for), NotPayable, PromptsPaused, TooManyPrompts,
    PromptOpen (seconds).
    """
    users.acting(tx, actor)
    order, delivery = assignment.locked(tx, order_id)
    if actor.user_id not in hands.hands_of(tx, delivery, order) or delivery.delivery_status not in IN_HAND:
        raise NoSuchJob(order_id=order_id)
    due = collecting.to_collect(tx, order)
    rest = due - collecting.sum_of(tx, cash)
    if rest <= ZERO:
        raise CashInvalid(maximum=due)
    attempt = payments.start(tx, actor, order, msisdn=order.customer.phone_number, amount=rest)
    return Rung(attempt.amount, due - attempt.amount, attempt.msisdn)


def state(tx: Tx, actor: Actor, *, order_id: int) -> State:
    """What became of the last request for an order that the actor brings; one narrow look."""
    row = tx.look(_LAST, order_id=order_id, rider_id=actor.user_id).first()
    if row is None:
        return "none"
    if row.status == "succeeded":
        return "paid"
    return "open" if row.status in OPEN else "failed"


def paid(tx: Tx, happened: events.DoorPaid) -> Delivery | None:
    """The delivery that waits at a door for that money, if one does."""
    delivery = assignment.of_order(tx, happened.order_id)
    waits = delivery is not None and delivery.rider_id is not None and delivery.delivery_status in IN_HAND
    return delivery if waits else None
