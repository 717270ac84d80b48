"""What somebody has ordered, or is to deliver of her own produce: asked before a role changes (DR-201)."""

from sqlalchemy import or_, select

from core.db import Tx
from core.events import WorkSought
from core.orders.models import Order, OrderItem
from core.orders.numbers import CLOSED


def work_sought(tx: Tx, asked: WorkSought) -> None:
    """Reaction: orders as the customer, and those that hold an item of hers."""
    hers = select(OrderItem.order_id).where(OrderItem.farmer_id == asked.user_id)
    found = tx.session.execute(
        select(Order.order_id, Order.order_status)
        .where(or_(Order.customer_id == asked.user_id, Order.order_id.in_(hers)))
        .order_by(Order.order_id)
    )
    for row in found:
        name = f"order:{row.order_id}"
        asked.ever.append(name)
        if row.order_status not in CLOSED:
            asked.open.append(name)
