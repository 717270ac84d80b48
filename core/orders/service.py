"""What happens to an order once it is placed: payment, the farmer's marks, the road, the end (section 7)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam, select

from core import events
from core.actor import Actor, system
from core.db import Tx
from core.errors import BadInput, NotAllowed, WrongState
from core.listings import service as listings
from core.listings.rules import farmer_gets
from core.money import round2
from core.orders import history, locks, numbers, recognition, rules
from core.orders.errors import ItemUnknown, OrderUnknown, TooLateToCancel
from core.orders.machine import DEAD_ITEMS, ITEM, MARKS, PROGRESS, WITH_FARMER
from core.orders.models import Order, OrderItem
from core.users.models import User

STAMPS = {"harvested": "harvested_at", "packed": "packed_at", "ready": "ready_at"}


@dataclass(frozen=True)
class WaitingItem:
    """An item that a farmer has to prepare; `you_get` KES after commission, `due` the delivery day."""

    order_item_id: int
    order_id: int
    order_number: str
    tail: str
    product_id: int
    quantity: Decimal
    unit: str
    kg: Decimal
    item_status: str
    accepted: bool
    due: date
    customer_first_name: str
    you_get: Decimal


_WAITING = (
    select(
        OrderItem.order_item_id,
        OrderItem.order_id,
        Order.order_number,
        OrderItem.product_id,
        OrderItem.fulfilled_quantity,
        OrderItem.unit,
        OrderItem.kg_per_unit,
        OrderItem.item_status,
        OrderItem.accepted_at,
        Order.estimated_delivery_date,
        User.first_name,
        OrderItem.price_at_purchase,
        OrderItem.commission_percent,
    )
    .join(Order, Order.order_id == OrderItem.order_id)
    .join(User, User.user_id == Order.customer_id)
    .where(
        OrderItem.farmer_id == bindparam("farmer_id"),
        OrderItem.item_status.in_(("pending", "harvested", "packed")),
        Order.order_status.in_(WITH_FARMER),
    )
    .order_by(Order.estimated_delivery_date, OrderItem.order_item_id)
)


def by_number(tx: Tx, actor: Actor, text: str) -> Order:
    """The actor's order that `text` names, whole number or last 4 (DR-110, DR-211).

    Raises OrderUnknown, OrderAmbiguous (numbers).
    """
    return numbers.find(tx, actor, text)


def waiting_for_farmer(tx: Tx, actor: Actor) -> list[WaitingItem]:
    """The farmer's paid items that are not ready yet, most urgent first; one statement (DR-801)."""
    rows = tx.look(_WAITING, farmer_id=actor.user_id)
    return [
        WaitingItem(
            order_item_id=row.order_item_id,
            order_id=row.order_id,
            order_number=row.order_number,
            tail=row.order_number[-4:],
            product_id=row.product_id,
            quantity=row.fulfilled_quantity,
            unit=row.unit,
            kg=round2(row.fulfilled_quantity * row.kg_per_unit),
            item_status=row.item_status,
            accepted=row.accepted_at is not None,
            due=row.estimated_delivery_date,
            customer_first_name=row.first_name,
            you_get=farmer_gets(
                rules.line_total(row.fulfilled_quantity, row.price_at_purchase), row.commission_percent
            ),
        )
        for row in rows
    ]


def mark(tx: Tx, actor: Actor, *, order_item_id: int, event: str) -> OrderItem:
    """The farmer says how far an item is: accept, harvest, pack or ready (I1 to I4, then O6, O7).

    Steps left out are stamped as implied. A mark that has taken effect already changes nothing. Raises
    ItemUnknown, WrongState, NotAllowed, BadInput.
    """
    if event != "accept" and event not in MARKS:
        raise BadInput(event=event)
    order_id = tx.session.scalar(select(OrderItem.order_id).where(OrderItem.order_item_id == order_item_id))
    if order_id is None:
        raise ItemUnknown(order_item_id=order_item_id)
    order = locks.order(tx, order_id)
    item = next(item for item in order.items if item.order_item_id == order_item_id)
    if actor.role not in ("farmer", "admin"):
        raise NotAllowed(role=actor.role, event=event)
    if actor.role == "farmer" and item.farmer_id != actor.user_id:
        raise ItemUnknown(order_item_id=order_item_id)
    if _has_come_to(item, event):
        return item
    if order.order_status not in WITH_FARMER:
        raise WrongState(machine="order", status=order.order_status, event=event)
    if event == "accept":
        history.move_item(tx, actor, item, "accept")
        item.accepted_at = tx.now
    else:
        _prepare(tx, actor, item, event)
    _after_mark(tx, actor, order)
    return item


def confirm(tx: Tx, order_id: int, actor: Actor) -> None:
    """O3: the sum asked is there. Does nothing when the order is past it; emits OrderConfirmed."""
    order = locks.order(tx, order_id)
    if order.order_status != "pending_payment":
        return
    history.move_order(tx, system(actor.channel, actor.request_id), order, "paid")
    tx.emit(events.OrderConfirmed(order_id=order_id, actor=actor))


def cancel_unpaid(tx: Tx, order_id: int) -> bool:
    """O4: the deadline has passed without the money; the stock goes back. Returns whether it did anything."""
    order = locks.order(tx, order_id)
    if order.order_status != "pending_payment":
        return False
    _cancel(tx, system("job"), order, "deadline", reason="payment_timeout")
    return True


def cancel(tx: Tx, actor: Actor, *, order_id: int) -> Order:
    """O5: free, by the customer or an admin, before the order is paid; an open prompt is left to die.

    Cancelling a cancelled order changes nothing. Raises OrderUnknown, TooLateToCancel (status).
    """
    order = owned(tx, actor, order_id)
    if order.order_status == "cancelled":
        return order
    if order.order_status != "pending_payment":
        raise TooLateToCancel(order=order.order_number, status=order.order_status)
    _cancel(tx, actor, order, "cancel", reason=actor.role)
    return order


def collected(tx: Tx, actor: Actor, order_id: int, *, reason: str = "") -> Order:
    """I8 for every live item: the rider holds the goods. Raises WrongState while an item is not ready."""
    order = locks.order(tx, order_id)
    machine_actor = system(actor.channel, actor.request_id)
    for item in live_items(order):
        if item.item_status != "picked_up":
            history.move_item(tx, machine_actor, item, "pick_up", reason=reason)
    return order


def on_the_way(tx: Tx, actor: Actor, order: Order, *, reason: str = "") -> None:
    """O11: the rider has left the (last) farm."""
    history.move_order(tx, system(actor.channel, actor.request_id), order, "on_the_way", reason=reason)


def hand_over(tx: Tx, actor: Actor, order_id: int) -> Order:
    """I9 and O14: the goods have changed hands; the money is recognised (10.2).

    Whatever step nobody reported is taken now, marked implied: the customer's code proves it (D6).
    """
    order = locks.order(tx, order_id)
    machine_actor = system(actor.channel, actor.request_id)
    for item in live_items(order):
        if item.item_status in ("pending", "harvested", "packed"):
            _prepare(tx, machine_actor, item, "ready", reason="implied")
    if order.order_status in WITH_FARMER:
        history.move_order(tx, machine_actor, order, "all_ready", reason="implied")
    if order.order_status == "ready_for_delivery":
        collected(tx, actor, order_id, reason="implied")
        on_the_way(tx, actor, order, reason="implied")
    for item in live_items(order):
        history.move_item(tx, machine_actor, item, "deliver")
    history.move_order(tx, machine_actor, order, "delivered")
    recognition.recognise(tx, order)
    return order


def complete(tx: Tx, actor: Actor, order_id: int) -> Order:
    """O15: the customer is content or 24 h have passed; a completed order stays as it is.

    Raises OrderUnknown, WrongState. Emits OrderCompleted.
    """
    order = owned(tx, actor, order_id)
    if order.order_status != "completed":
        history.move_order(tx, actor, order, "complete")
        tx.emit(events.OrderCompleted(order_id=order_id, actor=actor))
    return order


def owned(tx: Tx, actor: Actor, order_id: int) -> Order:
    """The order, locked, if it is this customer's (or an admin or the system asks); raises OrderUnknown."""
    customer_id = tx.session.scalar(select(Order.customer_id).where(Order.order_id == order_id))
    if customer_id is None or (actor.role not in ("admin", "system") and customer_id != actor.user_id):
        raise OrderUnknown(order_id=order_id)
    return locks.order(tx, order_id)


def slot_start(tx: Tx, order: Order) -> datetime:
    """When the delivery slot of the order opens, by `order.slots`, aware."""
    opens = rules.slots(tx.setting("order.slots"))
    return rules.slot_start(opens, order.estimated_delivery_date, order.delivery_time_slot)


def live_items(order: Order) -> list[OrderItem]:
    """The items that are still to reach the customer."""
    return [item for item in order.items if item.item_status not in DEAD_ITEMS]


def _has_come_to(item: OrderItem, event: str) -> bool:
    """Whether the mark took effect before: a repeat is a success that changes nothing (7.1)."""
    if item.item_status not in PROGRESS:
        return False
    come = PROGRESS.index(item.item_status)
    if event == "accept":
        return item.accepted_at is not None or come > 0
    return come >= PROGRESS.index(MARKS[event])


def _prepare(tx: Tx, actor: Actor, item: OrderItem, event: str, *, reason: str = "") -> None:
    """Move an item forward; what was skipped on the way is stamped now and listed in `implied` (I3, I4)."""
    before = PROGRESS.index(item.item_status)
    if not tx.setting("item.allow_skip") and PROGRESS.index(MARKS[event]) > before + 1 and not reason:
        raise WrongState(machine=ITEM.name, status=item.item_status, event=event)
    history.move_item(tx, actor, item, event, reason=reason)
    skipped = list(PROGRESS[before + 1 : PROGRESS.index(item.item_status)])
    if item.accepted_at is None:
        item.accepted_at = tx.now
    for status in (*skipped, item.item_status):
        setattr(item, STAMPS[status], tx.now)
    if skipped or reason:
        implied = [*item.implied.split(), *skipped, *([item.item_status] if reason else [])]
        item.implied = " ".join(implied)


def _after_mark(tx: Tx, actor: Actor, order: Order) -> None:
    """O6 at the first prepared item, O7 when all are ready; else, tell when every farmer has agreed."""
    machine_actor = system(actor.channel, actor.request_id)
    live = live_items(order)
    begun = any(item.item_status != "pending" for item in live)
    all_ready = all(item.item_status == "ready" for item in live)
    if order.order_status == "confirmed" and begun and not all_ready:
        history.move_order(tx, machine_actor, order, "begun")
        tx.emit(events.OrderBegun(order_id=order.order_id, actor=actor))
    if all_ready:
        history.move_order(tx, machine_actor, order, "all_ready")
        tx.emit(events.OrderReady(order_id=order.order_id, actor=actor))
    elif all(item.accepted_at is not None for item in live):
        tx.emit(events.OrderAccepted(order_id=order.order_id, actor=actor))


def _cancel(tx: Tx, actor: Actor, order: Order, event: str, *, reason: str) -> None:
    history.move_order(tx, actor, order, event, reason=reason)
    order.cancel_reason = reason
    machine_actor = system(actor.channel, actor.request_id)
    for item in live_items(order):
        history.move_item(tx, machine_actor, item, "cancel", reason=reason)
        why = "expire" if event == "deadline" else "cancel"
        listings.give_back(tx, actor, order_item_id=item.order_item_id, reason=why)
    tx.emit(events.OrderCancelled(order_id=order.order_id, reason=reason, actor=actor))
