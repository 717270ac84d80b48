"""The farmer's marks on her items, and what they mean for the order (I1 to I4, O6, O7)."""

from collections.abc import Sequence

from core import events
from core.actor import Actor
from core.db import Tx
from core.duties import service as duties
from core.errors import BadInput, WrongState
from core.orders import amounts, ending, hands, history, locks
from core.orders.machine import ITEM, MARKS, PROGRESS, WITH_FARMER
from core.orders.models import Order, OrderItem
from core.words import reason_of

STAMPS = {"harvested": "harvested_at", "packed": "packed_at", "ready": "ready_at"}
EVENTS = ("accept", *MARKS)


def mark(tx: Tx, actor: Actor, *, order_item_id: int, event: str) -> OrderItem:
    """The farmer says how far an item is: accept, harvest, pack or ready (I1 to I4, then O6, O7).

    Steps left out are stamped as implied. A mark that has taken effect already changes nothing. Raises
    ItemUnknown, WrongState, NotAllowed, BadInput.
    """
    if event not in EVENTS:
        raise BadInput(event=str(event))
    order = locks.order_of_item(tx, order_item_id)
    item = hands.item_of(order, order_item_id)
    role = hands.on_item(tx, actor, item.farmer_id, event)
    if set_mark(tx, actor, order, item, event, role):
        after(tx, actor, order)
    return item


def set_mark(
    tx: Tx, actor: Actor, order: Order, item: OrderItem, event: str, role: str, *, quietly: bool = False
) -> bool:
    """One item's mark, of a locked order, without what follows for the order; False if it was set before.

    quietly  one of many: what an agent did is told to the farmer by whoever marks them all
    """
    if has_come_to(item, event):
        return False
    if order.order_status not in WITH_FARMER:
        raise WrongState(machine="order", status=order.order_status, event=event)
    if event == "accept":
        history.move_item(tx, actor, item, "accept", role=role)
        item.accepted_at = tx.now
    else:
        prepare(tx, actor, item, event, role=role)
    stop_clock(tx, item)
    if not quietly:
        hands.marked(tx, actor, item)
    return True


def set_back(tx: Tx, actor: Actor, *, order_item_id: int, to: str, reason: str) -> OrderItem:
    """An admin takes marks back, to pending, harvested or packed, with a reason (DR-801).

    Only while the order is with its farmers: from O7 on others rely on it. Where the item stands there
    already nothing changes. Raises ItemUnknown, WrongState, NotAllowed, BadInput.
    """
    if to not in PROGRESS[:3] or not reason_of(reason):
        raise BadInput(to=str(to), reason=reason)
    order = locks.order_of_item(tx, order_item_id)
    item = hands.item_of(order, order_item_id)
    role = hands.on_item(tx, actor, item.farmer_id, "set_back")
    if item.item_status == to:
        return item
    if order.order_status not in WITH_FARMER:
        raise WrongState(machine="order", status=order.order_status, event="set_back")
    was = item.item_status
    history.move_item(tx, actor, item, f"back_to_{to}", reason=reason_of(reason), role=role)
    for status in PROGRESS[PROGRESS.index(to) + 1 : PROGRESS.index(was) + 1]:
        setattr(item, STAMPS[status], None)
    item.implied = " ".join(word for word in item.implied.split() if getattr(item, STAMPS[word]))
    ending.audit_act(tx, actor, "item_set_back", f"item:{item.order_item_id}", [was, to], reason)
    return item


def has_come_to(item: OrderItem, event: str) -> bool:
    """Whether the mark took effect before: a repeat is a success that changes nothing (7.1)."""
    if item.item_status not in PROGRESS:
        return False
    come = PROGRESS.index(item.item_status)
    if event == "accept":
        return item.accepted_at is not None or come > 0
    return come >= PROGRESS.index(MARKS[event])


def prepare(tx: Tx, actor: Actor, item: OrderItem, event: str, *, role: str = "") -> None:
    """Move an item forward; what was skipped on the way is stamped now and listed in `implied` (I3, I4)."""
    if not may_prepare(tx, item, event):
        raise WrongState(machine=ITEM.name, status=item.item_status, event=event)
    _stamp(tx, item, event)
    history.move_item(tx, actor, item, event, role=role)


def imply(tx: Tx, actor: Actor, items: Sequence[OrderItem], event: str) -> None:
    """As `prepare` of each, where nobody has said so, but what came after it proves it."""
    for item in items:
        _stamp(tx, item, event, said=False)
    history.move_items(tx, actor, [(item, event) for item in items], reason="implied")


def _stamp(tx: Tx, item: OrderItem, event: str, *, said: bool = True) -> None:
    """When it came so far; what was skipped, or never said, is implied."""
    to = MARKS[event]
    skipped = list(PROGRESS[PROGRESS.index(item.item_status) + 1 : PROGRESS.index(to)])
    if item.accepted_at is None:
        item.accepted_at = tx.now
    for status in (*skipped, to):
        setattr(item, STAMPS[status], tx.now)
    if skipped or not said:
        item.implied = " ".join([*item.implied.split(), *skipped, *([] if said else [to])])


def may_prepare(tx: Tx, item: OrderItem, event: str) -> bool:
    """Whether an item may come that far from where it stands; steps are left out if the setting says so."""
    if item.item_status not in PROGRESS:
        return False
    far = PROGRESS.index(MARKS[event]) - PROGRESS.index(item.item_status)
    return far <= 1 or bool(tx.setting("item.allow_skip"))


def stop_clock(tx: Tx, item: OrderItem) -> None:
    """She has answered: no reminder, no rejection for silence (I1)."""
    duties.drop(tx, "item_reminder", item.order_item_id, "item_response")


def after(tx: Tx, actor: Actor, order: Order) -> None:
    """What a change of an item means for the order: O6 at the first prepared item, O7 when all live ones are
    ready, O8 when none is left; else, whether every farmer has agreed.

    An item whose customer is still asked about another farm holds O7 and O8 up (DR-815).
    """
    if order.order_status not in WITH_FARMER:
        return
    live = amounts.live_items(order)
    asking = any(item.asked_until is not None for item in order.items)
    if not live and not asking:
        ending.no_supply(tx, actor, order)
        return
    begun = any(item.item_status != "pending" for item in live)
    all_ready = bool(live) and not asking and all(item.item_status == "ready" for item in live)
    if order.order_status == "confirmed" and begun and not all_ready:
        history.move_order(tx, history.cascade(actor), order, "begun")
        tx.emit(events.OrderBegun(order_id=order.order_id, actor=actor))
    if all_ready:
        history.move_order(tx, history.cascade(actor), order, "all_ready")
        tx.emit(events.OrderReady(order_id=order.order_id, actor=actor))
    elif live and not asking and all(item.accepted_at is not None for item in live):
        tx.emit(events.OrderAccepted(order_id=order.order_id, actor=actor))
