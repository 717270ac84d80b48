"""What an order costs now: the sum of its rounded lines, fee and discount (DR-102, DR-701, DR-802)."""

from decimal import Decimal

from core import events
from core.actor import Actor
from core.db import Tx
from core.money import ZERO, whole_shillings
from core.orders import rules
from core.orders.cash_rules import CASH
from core.orders.machine import DEAD_ITEMS
from core.orders.models import Order, OrderItem


def live_items(order: Order) -> list[OrderItem]:
    """The items that are still to reach the customer."""
    return [item for item in order.items if item.item_status not in DEAD_ITEMS]


def counting(order: Order) -> list[OrderItem]:
    """The items that cost something: the live ones, and those whose customer is asked about another farm."""
    return [
        item for item in order.items if item.item_status not in DEAD_ITEMS or item.asked_until is not None
    ]


def held(item: OrderItem) -> Decimal:
    """What a short count at the pick-up leaves open between farmer and rider, in KES (I8)."""
    if item.counted_quantity is None:
        return ZERO
    return item.total_price - rules.line_total(item.counted_quantity, item.price_at_purchase)


def discount(order: Order) -> Decimal:
    """What the discount comes to now, in KES: never more than there is left to pay."""
    return order.subtotal + order.delivery_fee - order.total_amount


def retotal(order: Order) -> None:
    """Write what the order costs now: lines, subtotal, total, and the whole shillings asked (DR-103).

    The delivery fee stays as it is (DR-802). Who pays at the door is not asked for what a rider did not find
    at the farm, whoever is to blame; who has paid already waits for that decision (I8).
    """
    for item in order.items:
        item.total_price = rules.line_total(item.fulfilled_quantity, item.price_at_purchase)
    lines = counting(order)
    order.subtotal = sum((item.total_price for item in lines), ZERO)
    order.total_amount = max(ZERO, order.subtotal + order.delivery_fee - order.discount_amount)
    open_now = sum((held(item) for item in lines), ZERO) if order.payment_method == CASH else ZERO
    order.amount_asked = _asked(order.total_amount - open_now)


def lower(tx: Tx, actor: Actor, order: Order, cause: str, cause_id: str) -> None:
    """Write the new amounts, and let what is owed back be found; emits DueFell if the order asks for less."""
    before = order.amount_asked
    retotal(order)
    tx.flush()
    if order.amount_asked < before:
        tx.emit(events.DueFell(order_id=order.order_id, cause=cause, cause_id=cause_id, actor=actor))


def charge_only(order: Order, charged: Decimal) -> None:
    """A cancelled order costs what it charges, mostly nothing (7.3); its lines and fee stay as they were."""
    order.total_amount = charged
    order.amount_asked = _asked(charged)


def _asked(due: Decimal) -> Decimal:
    return whole_shillings(due) if due > ZERO else ZERO
