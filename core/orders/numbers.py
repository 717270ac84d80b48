"""Order numbers: drawing a free one, and finding the order that a person means (DR-109, DR-110)."""

from sqlalchemy import ColumnElement, false, select, true

from core import events
from core.actor import Actor
from core.db import Tx
from core.orders import rules
from core.orders.errors import OrderAmbiguous, OrderUnknown
from core.orders.models import Order, OrderItem

CLOSED = ("cancelled", "completed")


class NumbersExhausted(RuntimeError):
    """Too many collisions in a row: the source of chance is broken, or a day has very many orders."""


def draw(tx: Tx) -> str:
    """A free order number for an order placed now; raises NumbersExhausted (DR-109)."""
    tries = 0
    while tries < tx.setting("order.number_max_tries"):
        tail = "".join(tx.parts.chance.choice(rules.ALPHABET) for _ in range(4))
        if not rules.good_tail(tail):
            continue
        tries += 1
        number = rules.number(tx.now, tail)
        if tx.session.scalar(select(Order.order_id).where(Order.order_number == number)) is None:
            return number
    raise NumbersExhausted(f"no free order number in {tries} draws")


def find(tx: Tx, actor: Actor, text: str) -> Order:
    """The order that `text` names: a whole number, or the last 4 of one open order of the actor (DR-110).

    Raises OrderUnknown (also for a stranger's order, DR-211), OrderAmbiguous (numbers).
    """
    mine = select(Order).where(visible(tx, actor))
    if (number := rules.whole_number(text)) is not None:
        found = tx.session.scalar(mine.where(Order.order_number == number))
        if found is None:
            raise OrderUnknown(order=number)
        return found
    tail = rules.spelled(text)
    if not rules.TAIL.fullmatch(tail):
        raise OrderUnknown(order=tail[:13])
    ending = mine.where(Order.order_number.like(f"TUN______{tail}")).order_by(Order.order_id.desc())
    orders = tx.session.scalars(ending.limit(20)).all()
    still_open = [order for order in orders if order.order_status not in CLOSED]
    if len(still_open) > 1:
        raise OrderAmbiguous(numbers=[order.order_number for order in still_open])
    if not orders:
        raise OrderUnknown(order=tail)
    # No open one: the newest closed one is what a question about "A3B7" can mean.
    return still_open[0] if still_open else orders[0]


def visible(tx: Tx, actor: Actor) -> ColumnElement[bool]:
    """The orders that this actor may read (2.1, DR-211); nobody else's exist for them."""
    match actor.role:
        case "customer":
            return Order.customer_id == actor.user_id
        case "farmer":
            # By her items, which an index finds, and not order by order.
            return Order.order_id.in_(select(OrderItem.order_id).where(OrderItem.farmer_id == actor.user_id))
        case "rider" if actor.user_id is not None:
            sought = events.JobsSought(rider_id=actor.user_id)
            tx.emit(sought)
            return Order.order_id.in_(sought.order_ids)
        case "admin" | "system":
            return true()
        case _:
            return false()
