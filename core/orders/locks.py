"""Row locks of orders. Whoever needs several takes them in this order: order, payment attempt, delivery,
offer, listing; of each kind in ascending id."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.util import identity_key

from core.db import Tx
from core.orders.errors import ItemUnknown
from core.orders.models import Order, OrderItem, Quote


def order(tx: Tx, order_id: int) -> Order:
    """The order with its items and customer, locked until the transaction ends."""
    (found,) = orders(tx, [order_id])
    return found


def orders(tx: Tx, order_ids: Iterable[int]) -> list[Order]:
    """Those orders with items and customers, locked in ascending id."""
    query = select(Order).where(Order.order_id.in_(sorted(set(order_ids)))).order_by(Order.order_id)
    loaded = query.with_for_update().options(selectinload(Order.items), selectinload(Order.customer))
    return list(tx.session.scalars(loaded.execution_options(populate_existing=True)))


def held(tx: Tx, order_id: int) -> Order:
    """The order with its items and customer, for whoever hears of it from who has it locked."""
    found = tx.session.identity_map.get(identity_key(Order, order_id))
    if found is not None and {"items", "customer"} <= found.__dict__.keys():
        return found
    return order(tx, order_id)


def known(tx: Tx, order_id: int) -> Order | None:
    """As `order`, or None if there is no such order."""
    found = orders(tx, [order_id])
    return found[0] if found else None


def order_of_item(tx: Tx, order_item_id: int) -> Order:
    """The order that holds the item, locked; raises ItemUnknown."""
    order_id = tx.session.scalar(select(OrderItem.order_id).where(OrderItem.order_item_id == order_item_id))
    if order_id is None:
        raise ItemUnknown(order_item_id=order_item_id)
    return order(tx, order_id)


def quote(tx: Tx, quote_id: int) -> Quote | None:
    """The quote, locked, or None."""
    query = select(Quote).where(Quote.quote_id == quote_id).with_for_update()
    return tx.session.scalar(query.execution_options(populate_existing=True))
