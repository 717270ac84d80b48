"""A farm cannot supply an item (I6): by its farmer, by an admin, or for want of an answer."""

from sqlalchemy import select

from core import events
from core.actor import Actor
from core.db import Tx
from core.errors import BadInput, WrongState
from core.listings import service as listings
from core.orders import amounts, ending, hands, history, locks, marking, replacing
from core.orders.machine import WITH_FARMER
from core.orders.models import FarmerRecord, Order, OrderItem
from core.words import reason_of

SILENT = "silent"


def reject(tx: Tx, actor: Actor, *, order_item_id: int, reason: str) -> OrderItem:
    """I6: the farmer (or an admin) turns an item down, with a reason.

    Its goods do not exist: the listing's free stock becomes zero (DR-412). The customer is offered the next
    farm first (DR-815), else she gets her money back; O8 if nothing is left. Rejecting again changes nothing.
    Raises ItemUnknown, WrongState, NotAllowed, BadInput. Emits ItemRejected, and ReplacementOffered or
    DueFell.
    """
    order = locks.order_of_item(tx, order_item_id)
    item = hands.item_of(order, order_item_id)
    role = hands.on_item(tx, actor, item.farmer_id, "reject")
    if item.item_status == "rejected":
        return item
    if not reason_of(reason):
        raise BadInput(reason=reason)
    if order.order_status not in WITH_FARMER:
        raise WrongState(machine="order", status=order.order_status, event="reject")
    turn_down(tx, actor, order, item, reason=reason_of(reason), role=role)
    marking.after(tx, actor, order)
    return item


def turn_down(tx: Tx, actor: Actor, order: Order, item: OrderItem, *, reason: str, role: str = "") -> None:
    """The item of a locked order is rejected; what follows for the order is the caller's."""
    was = item.item_status
    history.move_item(tx, actor, item, "reject", reason=reason, role=role)
    ending.forget_item(tx, item)
    listings.give_back(tx, actor, order_item_id=item.order_item_id, reason="reject")
    hands.marked(tx, actor, item)
    _count(tx, item.farmer_id, silent=reason == SILENT)
    ending.audit_act(tx, actor, "item_rejected", f"item:{item.order_item_id}", [was, "rejected"], reason)
    offered = replacing.offer(tx, actor, order, item)
    if not offered:
        amounts.lower(tx, actor, order, "reject", str(item.order_item_id))
    tx.emit(
        events.ItemRejected(
            order_id=order.order_id, order_item_id=item.order_item_id, reason=reason, actor=actor
        )
    )


def record_of(tx: Tx, farmer_id: int) -> FarmerRecord | None:
    """How often she turned paid goods down, or None if never."""
    return tx.session.get(FarmerRecord, farmer_id)


def _count(tx: Tx, farmer_id: int, *, silent: bool) -> None:
    query = select(FarmerRecord).where(FarmerRecord.farmer_id == farmer_id).with_for_update()
    record = tx.session.scalar(query)
    if record is None:
        record = FarmerRecord(farmer_id=farmer_id, rejected=0, silent=0, updated_at=tx.now)
        tx.session.add(record)
    record.rejected += 1
    record.silent += 1 if silent else 0
    record.updated_at = tx.now
    tx.flush()
