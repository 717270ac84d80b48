"""For whom a farmer prepares an order: what she may know of its customer, how it is paid (DR-801, DR-908)."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from core.actor import Actor
from core.db import Tx
from core.orders.cash_rules import CASH
from core.orders.errors import ItemUnknown
from core.orders.machine import DONE
from core.orders.models import Order, OrderItem
from core.users.models import User


@dataclass(frozen=True)
class Buyer:
    """First name, ward and instructions, no more (DR-801).

    way          rider, collect or run (DR-1210); `at_farm`: the customer comes to the farm for it
    cash         it is paid in cash at the door; `paid_before` orders reached this customer (DR-908)
    """

    first_name: str
    ward: str
    instructions: str
    way: str
    at_farm: bool
    cash: bool
    paid_before: int


_before = aliased(Order)
_BUYER = (
    select(
        User.first_name,
        Order.drop,
        Order.special_instructions,
        Order.way,
        Order.collection_point_id,
        Order.payment_method,
        select(func.count())
        .where(_before.customer_id == Order.customer_id, _before.order_status.in_(DONE))
        .scalar_subquery()
        .label("paid_before"),
    )
    .select_from(OrderItem)
    .join(Order, Order.order_id == OrderItem.order_id)
    .join(User, User.user_id == Order.customer_id)
    .where(
        OrderItem.order_item_id == bindparam("order_item_id"), OrderItem.farmer_id == bindparam("farmer_id")
    )
)


def of_item(tx: Tx, actor: Actor, *, order_item_id: int) -> Buyer:
    """Whom one of the acting farmer's items is for; one narrow look. Raises ItemUnknown."""
    row = tx.look(_BUYER, order_item_id=order_item_id, farmer_id=actor.user_id).first()
    if row is None:
        raise ItemUnknown(order_item_id=order_item_id)
    return Buyer(
        first_name=row.first_name,
        ward=row.drop.get("ward", ""),
        instructions=row.special_instructions,
        way=row.way,
        at_farm=row.way == "collect" and row.collection_point_id is None,
        cash=row.payment_method == CASH,
        paid_before=row.paid_before,
    )
