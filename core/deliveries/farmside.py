"""What became of goods that a farmer has made ready: who fetches them, and what she hands over herself."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from core.actor import Actor
from core.db import Tx
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery
from core.listings.rules import farmer_gets
from core.msisdn import national
from core.orders import rules
from core.orders.board import LEFT_HER_HANDS, ON_THE_ROAD
from core.orders.models import Order, OrderItem
from core.users.models import User

# Lists are never whole tables.
MOST = 49


@dataclass(frozen=True)
class MadeReady:
    """An item that is ready or on its way.

    step      wait (nobody fetches it yet), fetch (`person` comes for it), road (`person` has it), or
              hand_over (the customer comes to her for it, with the code: DR-1210)
    you_get   KES after commission
    phone     of `person`, national; the customer's only where the farmer hands over
    """

    order_item_id: int
    order_id: int
    tail: str
    product_id: int
    quantity: Decimal
    unit: str
    you_get: Decimal
    due: date
    step: str
    person: str
    phone: str


_customer, _carrier = aliased(User), aliased(User)
_READY = (
    select(
        OrderItem.order_item_id,
        OrderItem.order_id,
        Order.order_number,
        OrderItem.product_id,
        OrderItem.fulfilled_quantity,
        OrderItem.unit,
        OrderItem.price_at_purchase,
        OrderItem.commission_percent,
        OrderItem.item_status,
        Order.estimated_delivery_date,
        Delivery.rider_id,
        Delivery.way,
        Delivery.delivery_status,
        _carrier.first_name.label("carrier"),
        _carrier.phone_number.label("carrier_phone"),
        _customer.first_name.label("customer"),
        _customer.phone_number.label("customer_phone"),
    )
    .join(Order, Order.order_id == OrderItem.order_id)
    .join(_customer, _customer.user_id == Order.customer_id)
    .outerjoin(Delivery, Delivery.order_id == Order.order_id)
    .outerjoin(_carrier, _carrier.user_id == Delivery.rider_id)
    .where(
        OrderItem.farmer_id == bindparam("farmer_id"),
        OrderItem.item_status.in_(LEFT_HER_HANDS),
        Order.order_status.in_(ON_THE_ROAD),
    )
    .order_by(Order.estimated_delivery_date, OrderItem.order_item_id)
    .limit(MOST)
)


def made_ready(tx: Tx, actor: Actor) -> list[MadeReady]:
    """The acting farmer's items that are ready or on their way, the most urgent first; one narrow look."""
    return [_view(row, actor) for row in tx.look(_READY, farmer_id=actor.user_id)]


def _view(row: Any, actor: Actor) -> MadeReady:
    step = _step(row, actor)
    hers = step == "hand_over"
    name = row.customer if hers else row.carrier
    number = row.customer_phone if hers else row.carrier_phone
    known = step != "wait"
    value = rules.line_total(row.fulfilled_quantity, row.price_at_purchase)
    return MadeReady(
        order_item_id=row.order_item_id,
        order_id=row.order_id,
        tail=row.order_number[-4:],
        product_id=row.product_id,
        quantity=row.fulfilled_quantity,
        unit=row.unit,
        you_get=farmer_gets(value, row.commission_percent),
        due=row.estimated_delivery_date,
        step=step,
        person=(name or "") if known else "",
        phone=national(number) if known and number else "",
    )


def _step(row: Any, actor: Actor) -> str:
    if row.rider_id is None or row.delivery_status not in IN_HAND:
        return "road" if row.item_status == "picked_up" else "wait"
    if row.way != "rider" and row.rider_id == actor.user_id:
        return "hand_over"
    return "road" if row.item_status == "picked_up" else "fetch"
