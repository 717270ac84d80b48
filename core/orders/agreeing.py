"""The customer is content with less (I5, DR-407): she said so, and is not asked again."""

from core.actor import Actor
from core.db import Tx
from core.orders import hands
from core.orders.models import OrderItem


def keep_short(tx: Tx, actor: Actor, *, order_item_id: int) -> OrderItem:
    """She takes the smaller amount; from then on it is an item like any other, and goes its way.

    Saying it again, or after her time was over, changes nothing. Raises ItemUnknown, also for a stranger's.
    """
    order = hands.on_order_of(tx, actor, order_item_id)
    item = hands.item_of(order, order_item_id)
    if item.short_until is not None:
        item.short_until = None
        tx.note(f"item:{order_item_id}", "less is taken")
        tx.flush()
    return item
