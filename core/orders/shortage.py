"""Less than was ordered: said by the farmer (I5), or counted by the rider at the farm (I8)."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from core import events, rows
from core.actor import Actor
from core.db import Tx
from core.duties import service as duties
from core.errors import BadInput, WrongState
from core.listings import service as listings
from core.listings.rules import check_quantity
from core.money import ZERO
from core.orders import amounts, ending, hands, history, locks, marking, recognition
from core.orders.errors import ItemUnknown, NotLess, ShortUnknown
from core.orders.machine import DONE, WITH_FARMER
from core.orders.models import Order, OrderItem, PickupShort
from core.users import service as users
from core.words import reason_of

OPEN = ("asked", "held")


def short(tx: Tx, actor: Actor, *, order_item_id: int, quantity: Decimal) -> OrderItem:
    """I5: the farmer supplies less, `quantity` in the item's unit; the order costs less at once.

    What is missing does not exist: the listing's free stock becomes zero (DR-412). Below
    `item.min_partial_percent` % of what was ordered the customer may cancel the item, free, for
    `item.short_objection_hours`. The same quantity again changes nothing. Raises ItemUnknown, NotLess,
    WrongState, NotAllowed, and QuantityOutOfBounds or WholeNumbersOnly. Emits ItemShort, DueFell.
    """
    order = locks.order_of_item(tx, order_item_id)
    item = hands.item_of(order, order_item_id)
    role = hands.on_item(tx, actor, item.farmer_id, "short")
    less = check_quantity(quantity, item.unit)
    if less >= item.quantity:
        raise NotLess(quantity=str(item.quantity), unit=item.unit)
    if less == item.fulfilled_quantity:
        return item
    if order.order_status not in WITH_FARMER:
        raise WrongState(machine="order", status=order.order_status, event="short")
    if less > item.fulfilled_quantity:
        raise NotLess(quantity=str(item.fulfilled_quantity), unit=item.unit)
    percent = tx.setting("item.min_partial_percent")
    hours = tx.setting("item.short_objection_hours") if less * 100 < item.quantity * percent else 0
    supply_less(tx, actor, order, item, less, role=role, objection=timedelta(hours=hours))
    marking.stop_clock(tx, item)
    return item


def supply_less(
    tx: Tx,
    actor: Actor,
    order: Order,
    item: OrderItem,
    quantity: Decimal,
    *,
    role: str,
    objection: timedelta,
    reason: str = "",
) -> None:
    """Write the smaller quantity of a locked order's item; within `objection` the customer may cancel it."""
    history.move_item(
        tx, actor, item, "short", role=role, reason=reason or f"{item.fulfilled_quantity} -> {quantity}"
    )
    hands.marked(tx, actor, item)
    item.fulfilled_quantity = quantity
    if item.accepted_at is None and role == "farmer":
        item.accepted_at = tx.now
    item.short_until = tx.now + objection if objection else None
    listings.give_back(tx, actor, order_item_id=item.order_item_id, reason="short")
    amounts.lower(tx, actor, order, "short", f"{item.order_item_id}:{quantity}")
    tx.emit(events.ItemShort(order_id=order.order_id, order_item_id=item.order_item_id, actor=actor))


def picked_short(tx: Tx, actor: Actor, order: Order, counted: Mapping[int, Decimal]) -> None:
    """I8: the rider holds less than the items say; the farmer has `item.pickup_short_minutes` for her YES.

    Until she agrees or an admin has decided the difference is held: the farmer is not paid for it, and who
    has paid already gets it back only then; who pays at the door is not asked for it. Raises ItemUnknown,
    NotLess. Emits PickupCountedShort.
    """
    live = {item.order_item_id: item for item in amounts.live_items(order)}
    if strange := set(counted) - set(live):
        raise ItemUnknown(order_item_id=min(strange))
    for item_id, quantity in sorted(counted.items()):
        item = live[item_id]
        if quantity == item.fulfilled_quantity or quantity == item.counted_quantity:
            continue
        if quantity != ZERO:
            check_quantity(quantity, item.unit)
        if quantity > item.fulfilled_quantity or item.counted_quantity is not None:
            raise NotLess(quantity=str(item.fulfilled_quantity), unit=item.unit)
        _ask_farmer(tx, actor, order, item, quantity)


def answer_short(tx: Tx, actor: Actor, *, short_id: int, agree: bool) -> PickupShort:
    """The farmer's YES or NO to what the rider counted (I8); NO, like silence, leaves it to an admin.

    Answering again as before changes nothing. Raises ShortUnknown, WrongState. Emits DueFell.
    """
    found, order, item = _locked(tx, short_id)
    try:
        hands.on_item(tx, actor, found.farmer_id, "answer_short")
    except ItemUnknown:
        raise ShortUnknown(short_id=short_id) from None
    wanted = "agreed" if agree else "held"
    if found.short_status == wanted:
        return found
    if found.short_status != "asked" and not (agree and found.short_status == "held"):
        raise WrongState(machine="pickup_short", status=found.short_status, event=wanted)
    duties.drop(tx, "pickup_short", short_id)
    if agree:
        _settle(tx, actor, found, order, item, "agreed")
    else:
        _hold(tx, found)
    return found


def decide_short(tx: Tx, actor: Actor, *, short_id: int, fault: str, reason: str) -> PickupShort:
    """An admin says whose loss a short count is: the farmer's (she is not paid) or the platform's (she is).

    The customer pays only for what came, either way. Deciding again as before changes nothing. Raises
    ShortUnknown, WrongState, BadInput, NotAllowed.
    """
    users.acting(tx, actor, "admin")
    users.may(tx, actor, "update", "order_items", own=False)
    found, order, item = _locked(tx, short_id)
    if fault not in ("farmer", "platform") or not reason_of(reason):
        raise BadInput(fault=str(fault), reason=reason)
    if found.short_status == fault:
        return found
    if found.short_status not in OPEN:
        raise WrongState(machine="pickup_short", status=found.short_status, event=fault)
    duties.drop(tx, "pickup_short", short_id)
    found.decided_by, found.reason = actor.user_id, reason_of(reason)
    ending.audit_act(tx, actor, "pickup_short", f"item:{item.order_item_id}", ["held", fault], reason)
    _settle(tx, actor, found, order, item, fault)
    return found


def short_unanswered(tx: Tx, short_id: int) -> None:
    """The duty pickup_short: 30 minutes without the farmer's YES; an admin decides."""
    found, _order, _item = _locked(tx, short_id)
    if found.short_status == "asked":
        _hold(tx, found)


def _ask_farmer(tx: Tx, actor: Actor, order: Order, item: OrderItem, quantity: Decimal) -> None:
    answer_by = tx.now + timedelta(minutes=tx.setting("item.pickup_short_minutes"))
    asked = PickupShort(
        order_id=order.order_id,
        order_item_id=item.order_item_id,
        farmer_id=item.farmer_id,
        counted=quantity,
        missing=item.fulfilled_quantity - quantity,
        asked_at=tx.now,
        answer_by=answer_by,
    )
    item.counted_quantity = quantity
    rows.add(tx, asked)
    tx.note(f"item:{item.order_item_id}", f"counted {quantity} of {item.fulfilled_quantity}")
    duties.want(tx, "pickup_short", asked.short_id, at=answer_by)
    amounts.retotal(order)
    tx.emit(events.PickupCountedShort(short_id=asked.short_id, actor=actor))


def _hold(tx: Tx, found: PickupShort) -> None:
    found.short_status = "held"
    tx.note(f"item:{found.order_item_id}", "short count held")


def _settle(tx: Tx, actor: Actor, found: PickupShort, order: Order, item: OrderItem, outcome: str) -> None:
    """The difference is decided: the farmer's loss lowers her line, ours is a discount out of goodwill."""
    found.short_status, found.decided_at = outcome, tx.now
    value = amounts.held(item)
    item.counted_quantity = None
    if outcome == "platform":
        order.discount_amount += value
    else:
        item.fulfilled_quantity = found.counted
    tx.note(f"item:{item.order_item_id}", f"short count: {outcome}")
    if order.order_status == "cancelled":
        return
    amounts.lower(tx, actor, order, "pickup_short", str(found.short_id))
    if order.order_status in DONE:
        if outcome == "platform":
            recognition.held_goods(tx, order, item, value)
        if all(other.counted_quantity is None for other in order.items):
            recognition.residue(tx, order)


def _locked(tx: Tx, short_id: int) -> tuple[PickupShort, Order, OrderItem]:
    known = tx.session.get(PickupShort, short_id)
    if known is None:
        raise ShortUnknown(short_id=short_id)
    order = locks.order(tx, known.order_id)
    tx.session.refresh(known)
    return known, order, hands.item_of(order, known.order_item_id)
