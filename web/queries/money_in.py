"""Money that came in and waits for a person: of an unknown payer, or at the bank (DR-812, DR-813)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from core.actor import Actor
from core.clock import nairobi
from core.db import Tx
from core.money import ZERO
from core.msisdn import masked
from core.orders.models import Order
from core.payments import at_door, rules, standing, suspense
from core.payments.models import PaymentTransaction, SuspensePayment
from core.users import service as users
from core.users.models import User
from web.queries import people

MOST = 50
# An order that somebody pays for now was placed within these days.
ORDERS_OF = timedelta(days=14)
# What an order cost before it was cancelled, too.
_COST = Order.subtotal + Order.delivery_fee - Order.discount_amount


@dataclass(frozen=True)
class Unknown:
    """Money that fits no order; `payer` as others may see it, `person` if she is one of ours.

    left     KES of it that are still with us: M-Pesa may have taken back a part (P6)
    maybe    orders that it may be for: hers that wait for money, or anybody's that cost just so much
    back_on  when it goes back by itself
    """

    money: SuspensePayment
    left: Decimal
    payer: str
    person: User | None
    maybe: Sequence[Order]
    back_on: datetime


@dataclass(frozen=True)
class Due:
    """An order that is to be paid by bank, and what is still to come, KES."""

    order: Order
    due: Decimal


@dataclass(frozen=True)
class Entry:
    """A transfer that somebody entered; `mine`: by who looks at it, so that another one has to approve it."""

    payment: PaymentTransaction
    entered_by: User | None
    approved_by: User | None
    mine: bool


def unknown(tx: Tx, actor: Actor) -> list[Unknown]:
    """Money in suspense, the oldest first. Raises NotAllowed."""
    rows = suspense.listed(tx, actor, limit=MOST)
    known = people.by_id(tx, (row.user_id for row in rows))
    orders = _could_be(tx, rows) if rows else []
    patience = timedelta(days=tx.setting("suspense.refund_days"))
    gone = standing.suspense_parts(tx) if rows else {}
    left = {row.suspense_id: row.amount - gone.get(str(row.suspense_id), ZERO) for row in rows}
    return [
        Unknown(
            row,
            left[row.suspense_id],
            _shown(row.payer),
            known.get(row.user_id or 0),
            [order for order in orders if _fits(row, left[row.suspense_id], order)][:3],
            row.received_at + patience,
        )
        for row in rows
    ]


def found(tx: Tx, actor: Actor) -> Sequence[tuple[SuspensePayment, Decimal, str, User | None]]:
    """What was unknown and is so no more, the newest first: what M-Pesa took back of it (P6), its order, and
    who found it."""
    users.may(tx, actor, "read", "money", own=False)
    asked = (
        select(SuspensePayment, Order.order_number, User)
        .outerjoin(Order, Order.order_id == SuspensePayment.order_id)
        .outerjoin(User, User.user_id == SuspensePayment.matched_by)
        .where(SuspensePayment.status != "open")
        .order_by(SuspensePayment.suspense_id.desc())
        .limit(20)
    )
    gone = standing.suspense_parts(tx)
    return [
        (row[0], gone.get(str(row[0].suspense_id), ZERO), row[1] or "", row[2])
        for row in tx.session.execute(asked)
    ]


def bank_due(tx: Tx, actor: Actor) -> list[Due]:
    """Orders that wait for a transfer, the longest waiting first. Raises NotAllowed."""
    users.may(tx, actor, "read", "money", own=False)
    waiting = (
        select(Order)
        .where(Order.order_status == "pending_payment", Order.payment_method == "bank_transfer")
        .options(joinedload(Order.customer))
        .order_by(Order.order_id)
        .limit(MOST)
    )
    orders = tx.session.scalars(waiting).all()
    sums = {order.order_id: (order.customer_id, order.amount_asked) for order in orders}
    due = at_door.to_pay_each(tx, sums) if sums else {}
    return [Due(order, due[order.order_id]) for order in orders]


def transfers(tx: Tx, actor: Actor, *, waiting: bool) -> list[Entry]:
    """Transfers that wait for a second admin, or the last that were decided. Raises NotAllowed."""
    users.may(tx, actor, "read", "money", own=False)
    asked = select(PaymentTransaction).where(PaymentTransaction.method == "bank")
    if waiting:
        asked = asked.where(PaymentTransaction.status == "created")
    else:
        asked = asked.where(PaymentTransaction.status != "created")
    asked = asked.options(joinedload(PaymentTransaction.order).joinedload(Order.customer))
    newest = asked.order_by(PaymentTransaction.transaction_id.desc()).limit(MOST if waiting else 20)
    rows = tx.session.scalars(newest).all()
    known = people.by_id(tx, (user_id for row in rows for user_id in (row.entered_by, row.approved_by)))
    return [
        Entry(
            row,
            known.get(row.entered_by or 0),
            known.get(row.approved_by or 0),
            row.entered_by == actor.user_id,
        )
        for row in rows
    ]


def _could_be(tx: Tx, rows: Sequence[SuspensePayment]) -> Sequence[Order]:
    lately = Order.order_number >= f"TUN{nairobi(tx.now - ORDERS_OF):%y%m%d}"
    open_to_money = or_(
        Order.order_status == "pending_payment",
        (Order.order_status == "cancelled") & (Order.cancel_reason == "payment_timeout"),
    )
    theirs = Order.customer_id.in_({row.user_id for row in rows if row.user_id is not None})
    just_so = _COST.in_({row.amount for row in rows})
    asked = select(Order).where(lately, open_to_money, or_(theirs, just_so))
    return tx.session.scalars(
        asked.options(joinedload(Order.customer)).order_by(Order.order_id.desc()).limit(200)
    ).all()


def _fits(money: SuspensePayment, left: Decimal, order: Order) -> bool:
    cost = order.subtotal + order.delivery_fee - order.discount_amount
    return cost in (money.amount, left) or order.customer_id == money.user_id


def _shown(payer: str) -> str:
    clear = rules.clear_number(payer)
    if clear is not None:
        return masked(clear)
    return payer if "*" in payer else "a hidden number" if payer else "no number"
