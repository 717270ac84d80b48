"""Whose hand it is: the farmer's own, her agent's or helper's, an admin's, or nobody's (DR-801, DR-211)."""

from core.actor import Actor
from core.db import Tx
from core.errors import NotAllowed
from core.farms import agents
from core.orders import locks
from core.orders.errors import ItemUnknown, OrderUnknown
from core.orders.models import Order, OrderItem
from core.users import service as users

FOR_HELPERS = ("accept", "ready")


def on_item(tx: Tx, actor: Actor, farmer_id: int, event: str) -> str:
    """As what the actor touches an item of this farmer's: farmer, admin or system.

    Raises ItemUnknown for another farmer's item, NotAllowed for whoever prepares no goods.
    """
    if actor.role == "system":
        return "system"
    own = farmer_id == actor.user_id
    if not own and _in_her_place(tx, actor, farmer_id, event):
        return "farmer"
    if actor.role not in ("farmer", "admin"):
        raise NotAllowed(role=actor.role, event=event)
    user = users.may(tx, actor, "update", "order_items", own=True)
    if user.user_role == "admin":
        return "admin"
    if not own:
        raise ItemUnknown(event=event)
    return "farmer"


def _in_her_place(tx: Tx, actor: Actor, farmer_id: int, event: str) -> bool:
    """Her field agent touches what she may; her helper accepts and marks ready, no more (DR-221, DR-815)."""
    trusted = agents.may_mark if event in FOR_HELPERS else agents.may_list
    return trusted(tx, actor, farmer_id)


def on_order(tx: Tx, actor: Actor, order_id: int) -> Order:
    """The order, locked, if it is this customer's (or an admin or the system asks); raises OrderUnknown."""
    order = locks.known(tx, order_id)
    if order is None:
        raise OrderUnknown(order_id=order_id)
    if actor.role != "system" and order.customer_id != actor.user_id:
        if actor.role != "admin":
            raise OrderUnknown(order_id=order_id)
        users.may(tx, actor, "update", "orders", own=False, order_id=order_id)
    return order


def item_of(order: Order, order_item_id: int) -> OrderItem:
    """The item of that order; raises ItemUnknown."""
    for item in order.items:
        if item.order_item_id == order_item_id:
            return item
    raise ItemUnknown(order_item_id=order_item_id)
