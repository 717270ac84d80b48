"""Marking all of a product for one day at once: "Thu: Tomatoes 43kg, 9 orders" (I1 to I6)."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.db import Tx
from core.errors import BadInput
from core.listings.rules import check_quantity
from core.money import ZERO
from core.orders import hands, locks, marking, rejecting, sharing, shortage
from core.orders.errors import NothingToMark, NotLess, UnitUnclear
from core.orders.machine import WITH_FARMER
from core.orders.models import Order, OrderItem
from core.words import reason_of

AT_WORK = ("pending", "harvested", "packed")
# A farmer has no more orders of one product for one day than this; her next mark takes the rest.
MOST = 200


def mark_sum(
    tx: Tx,
    actor: Actor,
    *,
    product_id: int,
    day: date,
    event: str,
    unit: str | None = None,
    farmer_id: int | None = None,
    reason: str = "",
) -> list[OrderItem]:
    """One mark on all the farmer's waiting items of a product for one delivery day: accept, harvest, pack,
    ready, or reject (with a reason).

    unit       needed where she sells the product in several
    farmer_id  of whom an agent, a helper or an admin takes care; else the actor's own

    Returns the items that it was about. Marks that have taken effect stay as they are. Raises NothingToMark,
    UnitUnclear (units), WrongState, NotAllowed, BadInput.
    """
    if event not in (*marking.EVENTS, "reject") or (event == "reject" and not reason_of(reason)):
        raise BadInput(event=str(event), reason=reason)
    orders, items, role = _locked(tx, actor, farmer_id, product_id, day, unit, event)
    for order, item in items:
        if event == "reject":
            rejecting.turn_down(tx, actor, order, item, reason=reason_of(reason), role=role)
        else:
            marking.set_mark(tx, actor, order, item, event, role)
    for order in orders:
        marking.after(tx, actor, order)
    return [item for _, item in items]


def short_sum(
    tx: Tx,
    actor: Actor,
    *,
    product_id: int,
    day: date,
    quantity: Decimal,
    unit: str | None = None,
    farmer_id: int | None = None,
) -> list[OrderItem]:
    """Of all her waiting items of a product for one day the farmer has only `quantity` (in their unit).

    The oldest orders are served first, the one on the boundary gets the rest (I5), those after it nothing
    (I6). Returns the items in that order. Raises NothingToMark, UnitUnclear, NotLess (quantity: the sum),
    NotAllowed, and QuantityOutOfBounds or WholeNumbersOnly.
    """
    orders, items, role = _locked(tx, actor, farmer_id, product_id, day, unit, "short")
    sold_in = items[0][1].unit
    there = check_quantity(quantity, sold_in)
    needs = [item.fulfilled_quantity for _, item in items]
    if there >= sum(needs, ZERO):
        raise NotLess(quantity=str(sum(needs, ZERO)), unit=sold_in)
    percent = tx.setting("item.min_partial_percent")
    hours = timedelta(hours=tx.setting("item.short_objection_hours"))
    for (order, item), part in zip(items, sharing.shared_out(needs, there), strict=True):
        if part == ZERO:
            rejecting.turn_down(tx, actor, order, item, reason="short", role=role)
        elif part < item.fulfilled_quantity:
            objection = hours if part * 100 < item.quantity * percent else timedelta()
            shortage.supply_less(tx, actor, order, item, part, role=role, objection=objection)
            marking.stop_clock(tx, item)
        elif item.item_status == "pending":
            marking.set_mark(tx, actor, order, item, "accept", role)
    for order in orders:
        marking.after(tx, actor, order)
    return [item for _, item in items]


def _locked(
    tx: Tx,
    actor: Actor,
    farmer_id: int | None,
    product_id: int,
    day: date,
    unit: str | None,
    event: str,
) -> tuple[list[Order], list[tuple[Order, OrderItem]], str]:
    """The orders, locked in ascending id, their items at work, oldest first, and the actor's role in it."""
    whose = farmer_id if farmer_id is not None else actor.user_id
    if whose is None:
        raise NothingToMark(product_id=product_id)
    role = hands.on_item(tx, actor, whose, event)
    waiting = (
        select(OrderItem.order_id)
        .join(Order, Order.order_id == OrderItem.order_id)
        .where(
            OrderItem.farmer_id == whose,
            OrderItem.item_status.in_(AT_WORK),
            OrderItem.product_id == product_id,
            Order.estimated_delivery_date == day,
            Order.order_status.in_(WITH_FARMER),
        )
        .order_by(OrderItem.order_id)
        .limit(MOST)
    )
    orders = [
        order
        for order in locks.orders(tx, tx.session.scalars(waiting).all())
        if order.order_status in WITH_FARMER
    ]
    items = [
        (order, item)
        for order in orders
        for item in order.items
        if item.farmer_id == whose and item.product_id == product_id and item.item_status in AT_WORK
    ]
    units = sorted({item.unit for _, item in items})
    if unit is None and len(units) > 1:
        raise UnitUnclear(product_id=product_id, units=units)
    items = [(order, item) for order, item in items if unit in (None, item.unit)]
    if not items:
        raise NothingToMark(product_id=product_id)
    return orders, items, role
