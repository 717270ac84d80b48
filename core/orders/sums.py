"""Marking all of a product for one day at once: "Thu: Tomatoes 43kg, 9 orders" (I1 to I6)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import or_, select

from core.actor import Actor
from core.db import Tx
from core.errors import BadInput, WrongState
from core.listings.rules import check_quantity
from core.money import ZERO
from core.orders import hands, locks, many, marking, rejecting, sharing, shortage
from core.orders.errors import NothingToMark, NotLess, UnitUnclear
from core.orders.machine import ITEM, MARKS, WITH_FARMER
from core.orders.many import Step, Work
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
    items, role = _locked(tx, actor, farmer_id, product_id, day, unit, event)
    for _, item in items:
        if event in MARKS and not marking.may_prepare(tx, item, event):
            raise WrongState(machine=ITEM.name, status=item.item_status, event=event)
    meant = _by_order([(order, item, None) for order, item in items])
    many.carry_out(tx, actor, event, meant, work=WORK, as_role=role, reason=reason_of(reason))
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
    items, role = _locked(tx, actor, farmer_id, product_id, day, unit, "short")
    sold_in = items[0][1].unit
    there = check_quantity(quantity, sold_in)
    needs = [item.fulfilled_quantity for _, item in items]
    if there >= sum(needs, ZERO):
        raise NotLess(quantity=str(sum(needs, ZERO)), unit=sold_in)
    parts = sharing.shared_out(needs, there)
    meant = _by_order([(order, item, part) for (order, item), part in zip(items, parts, strict=True)])
    many.carry_out(tx, actor, "less", meant, work=WORK, as_role=role)
    return [item for _, item in items]


def _mark(event: str) -> Work:
    """The work of a mark on one order's items; whatever has left the farmer's hands meanwhile stays so."""

    def work(tx: Tx, actor: Actor, order: Order, steps: Sequence[Step], role: str, reason: str) -> None:
        for item, _ in _at_work(order, steps):
            if event == "reject":
                rejecting.turn_down(tx, actor, order, item, reason=reason, role=role)
            elif event not in MARKS or marking.may_prepare(tx, item, event):
                marking.set_mark(tx, actor, order, item, event, role)
        marking.after(tx, actor, order)

    return work


def _less(tx: Tx, actor: Actor, order: Order, steps: Sequence[Step], role: str, _reason: str) -> None:
    """Each item gets its share, as it was when she said so (I5, I6)."""
    percent = tx.setting("item.min_partial_percent")
    hours = timedelta(hours=tx.setting("item.short_objection_hours"))
    for item, part in _at_work(order, steps):
        if part == ZERO:
            rejecting.turn_down(tx, actor, order, item, reason="short", role=role)
        elif part is not None and part < item.fulfilled_quantity:
            objection = hours if part * 100 < item.quantity * percent else timedelta()
            shortage.supply_less(tx, actor, order, item, part, role=role, objection=objection)
            marking.stop_clock(tx, item)
        elif item.item_status == "pending":
            marking.set_mark(tx, actor, order, item, "accept", role)
    marking.after(tx, actor, order)


WORK: Mapping[str, Work] = {event: _mark(event) for event in (*marking.EVENTS, "reject")} | {"less": _less}


def _at_work(order: Order, steps: Sequence[Step]) -> list[Step]:
    """Those that are still the farmer's to prepare: some of the rest may have been cancelled since."""
    with_her = order.order_status in WITH_FARMER
    return [(item, part) for item, part in steps if with_her and item.item_status in AT_WORK]


def _by_order(
    meant: Sequence[tuple[Order, OrderItem, Decimal | None]],
) -> list[tuple[Order, list[Step]]]:
    """Order by order, the oldest first."""
    found: dict[int, tuple[Order, list[Step]]] = {}
    for order, item, part in meant:
        found.setdefault(order.order_id, (order, []))[1].append((item, part))
    return list(found.values())


def _locked(
    tx: Tx,
    actor: Actor,
    farmer_id: int | None,
    product_id: int,
    day: date,
    unit: str | None,
    event: str,
) -> tuple[list[tuple[Order, OrderItem]], str]:
    """Her items at work with their orders, locked in ascending id, oldest first, and the actor's role in it.

    What belongs to the rest of another sum is not among them (core.orders.many).
    """
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
            or_(OrderItem.marked_until.is_(None), OrderItem.marked_until <= tx.now),
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
        if item.farmer_id == whose
        and item.product_id == product_id
        and item.item_status in AT_WORK
        and (item.marked_until is None or item.marked_until <= tx.now)
    ]
    units = sorted({item.unit for _, item in items})
    if unit is None and len(units) > 1:
        raise UnitUnclear(product_id=product_id, units=units)
    items = [(order, item) for order, item in items if unit in (None, item.unit)]
    if not items:
        raise NothingToMark(product_id=product_id)
    return items, role
