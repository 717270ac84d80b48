"""Whose hand it is: the farmer's own, her agent's or helper's, an admin's, or nobody's (DR-801, DR-211)."""

from collections.abc import Collection
from datetime import datetime

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.errors import NotAllowed
from core.farms import agents
from core.orders import locks
from core.orders.errors import ItemUnknown, OrderUnknown
from core.orders.models import Order, OrderItem
from core.users import service as users

# What a farmer's helper may do for her, and nothing else (DR-815).
HELPERS = ("accept", "ready")


def on_item(tx: Tx, actor: Actor, farmer_id: int, event: str) -> str:
    """As what the actor touches an item of this farmer's: farmer, admin or system.

    Her field agent and, for accept and ready, her helper stand in for the farmer (DR-221, DR-815). Raises
    ItemUnknown for another farmer's item, NotAllowed for whoever prepares no goods.
    """
    if actor.role == "system":
        return "system"
    user = users.acting(tx, actor)
    if user.user_role == "admin":
        users.may(tx, actor, "update", "order_items", own=False)
        return "admin"
    if user.user_id == farmer_id:
        users.may(tx, actor, "update", "order_items", own=True)
        return "farmer"
    stands_in = agents.may_mark if event in HELPERS else agents.may_list
    if stands_in(tx, actor, farmer_id):
        return "farmer"
    if user.user_role != "farmer":
        raise NotAllowed(role=user.user_role, event=event)
    raise ItemUnknown(event=event)


def marked(tx: Tx, actor: Actor, item: OrderItem) -> None:
    """If her agent did it for the farmer, he stands in the audit and she is told (DR-221)."""
    if actor.role != "system":
        record = f"order_item:{item.order_item_id}"
        agents.acted(tx, actor, farmer_id=item.farmer_id, what="marked", record=record)


def marked_quietly(tx: Tx, actor: Actor, item: OrderItem) -> bool:
    """As `marked`, of one among many: the audit has each, she is told once (agents.tell).

    False if it is not hers, and she has not let him, or not any more: then nothing may be marked.
    """
    if actor.user_id == item.farmer_id:
        return True
    record = f"order_item:{item.order_item_id}"
    return agents.noted(tx, actor, farmer_id=item.farmer_id, what="marked", record=record) is not None


def in_the_audit(tx: Tx, actor: Actor, item_ids: Collection[int], *, since: datetime) -> dict[int, int]:
    """Which of these the actor has marked for their farmers since then: the last row of each in the audit."""
    records = {f"order_item:{item_id}": item_id for item_id in item_ids}
    found = audit.latest(tx, actor, what="agent.marked", records=records, since=since)
    return {records[record]: audit_id for record, audit_id in found.items()}


def on_order(tx: Tx, actor: Actor, order_id: int) -> Order:
    """The order, locked, if it is this customer's (or an admin or the system asks); raises OrderUnknown, and
    Inactive for whoever is switched off (DR-209)."""
    if actor.role != "system":
        users.acting(tx, actor, verified=False)
    order = locks.known(tx, order_id)
    if order is None:
        raise OrderUnknown(order_id=order_id)
    if actor.role != "system" and order.customer_id != actor.user_id:
        if actor.role != "admin":
            raise OrderUnknown(order_id=order_id)
        users.may(tx, actor, "update", "orders", own=False, order_id=order_id)
    return order


def on_order_of(tx: Tx, actor: Actor, order_item_id: int) -> Order:
    """As `on_order`, for who names an item; ItemUnknown, whether it is foreign or not there (DR-211)."""
    order = locks.order_of_item(tx, order_item_id)
    try:
        return on_order(tx, actor, order.order_id)
    except OrderUnknown:
        raise ItemUnknown(order_item_id=order_item_id) from None


def item_of(order: Order, order_item_id: int) -> OrderItem:
    """The item of that order; raises ItemUnknown."""
    for item in order.items:
        if item.order_item_id == order_item_id:
            return item
    raise ItemUnknown(order_item_id=order_item_id)
