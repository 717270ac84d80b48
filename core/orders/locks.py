"""Row locks of orders. Whoever needs several takes them in this order: order, payment attempt, delivery,
offer, listing."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.db import Tx
from core.orders.models import Order, Quote


def order(tx: Tx, order_id: int) -> Order:
    """The order with its items and customer, locked until the transaction ends."""
    query = select(Order).where(Order.order_id == order_id).with_for_update()
    loaded = query.options(selectinload(Order.items), selectinload(Order.customer))
    return tx.session.scalars(loaded.execution_options(populate_existing=True)).one()


def quote(tx: Tx, quote_id: int) -> Quote | None:
    """The quote, locked, or None."""
    query = select(Quote).where(Quote.quote_id == quote_id).with_for_update()
    return tx.session.scalar(query.execution_options(populate_existing=True))
