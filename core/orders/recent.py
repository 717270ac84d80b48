"""A customer's orders of late: the newest, the newest unpaid, whether she ordered the same (DR-704)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.orm import selectinload

from core.actor import Actor
from core.db import Tx
from core.money import whole_shillings
from core.orders import rules
from core.orders.cash_rules import CASH
from core.orders.machine import CASH_OPEN
from core.orders.models import Order


@dataclass(frozen=True)
class Latest:
    """The newest order in short; `asked` in whole shillings (DR-103), `day` the promised one."""

    tail: str
    status: str
    asked: Decimal
    day: date


_LATEST = (
    select(
        Order.order_number,
        Order.order_status,
        Order.amount_asked,
        Order.subtotal,
        Order.delivery_fee,
        Order.discount_amount,
        Order.estimated_delivery_date,
    )
    .where(Order.customer_id == bindparam("customer_id"))
    .order_by(Order.order_id.desc())
    .limit(1)
)


def latest(tx: Tx, actor: Actor) -> Latest | None:
    """The customer's newest order, whatever became of it; one narrow look.

    A cancelled one asks for nothing any more, so it is named by what it came to.
    """
    row = tx.look(_LATEST, customer_id=actor.user_id).first()
    if row is None:
        return None
    over = row.order_status == "cancelled"
    came_to = rules.total(row.subtotal, row.delivery_fee, row.discount_amount)
    asked = whole_shillings(came_to) if over else row.amount_asked
    return Latest(row.order_number[-4:], row.order_status, asked, row.estimated_delivery_date)


def newest_unpaid(tx: Tx, actor: Actor) -> Order | None:
    """The customer's newest order that waits for money."""
    return tx.session.scalar(
        select(Order)
        .where(Order.customer_id == actor.user_id, Order.order_status == "pending_payment")
        .order_by(Order.order_id.desc())
        .limit(1)
    )


def payable(tx: Tx, actor: Actor, *, most: int = 5) -> Sequence[Order]:
    """The customer's orders that can be paid now, the newest first: those that wait for money; if there are
    none, those that are paid in cash when they come."""
    mine = select(Order).where(Order.customer_id == actor.user_id).order_by(Order.order_id.desc()).limit(most)
    unpaid = tx.session.scalars(mine.where(Order.order_status == "pending_payment")).all()
    at_the_door = mine.where(Order.payment_method == CASH, Order.order_status.in_(CASH_OPEN))
    return unpaid or tx.session.scalars(at_the_door).all()


class Amount(Protocol):
    """So much of a product in a unit: a line of a quote, a pick of a plan, an item of an order."""

    @property
    def product_id(self) -> int:
        """What it is."""

    @property
    def unit(self) -> str:
        """In what the quantity is."""

    @property
    def quantity(self) -> Decimal:
        """How much."""


def ordered_lately(tx: Tx, customer_id: int, lines: Sequence[Amount]) -> bool:
    """Whether these very lines were ordered by the customer within `order.dup_window_minutes` (DR-704).

    Then she is asked whether she means it again. A cancelled order is none.
    """
    window = timedelta(minutes=tx.setting("order.dup_window_minutes"))
    orders = tx.session.scalars(
        select(Order)
        .where(
            Order.customer_id == customer_id,
            Order.created_at > tx.now - window,
            Order.order_status != "cancelled",
        )
        .options(selectinload(Order.items))
    )
    wanted = sorted((line.product_id, line.unit, line.quantity) for line in lines)
    return any(
        sorted((item.product_id, item.unit, item.quantity) for item in order.items) == wanted
        for order in orders
    )
