"""Where a customer stands when she comes to buy: her place, what is in her cart, what she bought last."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select

from core.actor import Actor
from core.carts.models import Cart, CartItem
from core.db import Tx
from core.locations import service as locations
from core.locations.models import Location
from core.locations.places import Point
from core.orders.models import Order, OrderItem
from core.orders.planning import Line
from core.users.models import User

# An order that was never paid, or came to nothing, is not what she bought.
_NOT_BOUGHT = ("pending_payment", "cancelled")


@dataclass(frozen=True)
class Place:
    """One of the customer's places in short; `landmark` is "" while a rider has no words for the door."""

    location_id: int
    ward_code: int
    ward: str
    landmark: str
    point: Point
    label: str


@dataclass(frozen=True)
class Counter:
    """Her default place (None: she has none) and the number of lines in her cart."""

    place: Place | None
    in_cart: int


_PLACE = (
    Location.location_id, Location.ward_code, Location.ward, Location.landmark, Location.latitude,
    Location.longitude, Location.label,
)  # fmt: skip
_IN_CART = (
    select(func.count())
    .select_from(CartItem)
    .join(Cart)
    .where(Cart.customer_id == bindparam("customer_id"), CartItem.touched_at > bindparam("oldest"))
)
_COUNTER = (
    select(_IN_CART.scalar_subquery().label("in_cart"), *_PLACE)
    .select_from(User)
    .outerjoin(Location, Location.default_of == User.user_id)
    .where(User.user_id == bindparam("customer_id"))
)
_PLACES = (
    select(*_PLACE)
    .where(Location.user_id == bindparam("customer_id"), Location.is_active)
    .order_by(Location.default_of.is_(None), Location.used_at.desc(), Location.location_id.desc())
    .limit(bindparam("most"))
)
_LAST = (
    select(func.max(Order.order_id))
    .where(Order.customer_id == bindparam("customer_id"), Order.order_status.not_in(_NOT_BOUGHT))
    .scalar_subquery()
)
_BOUGHT = (
    select(OrderItem.product_id, OrderItem.unit, func.sum(OrderItem.quantity).label("quantity"))
    .where(OrderItem.order_id == _LAST)
    .group_by(OrderItem.product_id, OrderItem.unit)
    .order_by(func.min(OrderItem.order_item_id))
)


def stand(tx: Tx, actor: Actor) -> Counter:
    """The acting customer's default place and her cart; one narrow look."""
    oldest = tx.now - timedelta(days=tx.setting("cart.expire_days"))
    row = tx.look(_COUNTER, customer_id=actor.user_id, oldest=oldest).one()
    return Counter(None if row.location_id is None else _place(tx, row), row.in_cart)


def places(tx: Tx, actor: Actor, *, most: int = 20) -> list[Place]:
    """The acting customer's places, the default first, then the most recently used; one narrow look."""
    return [_place(tx, row) for row in tx.look(_PLACES, customer_id=actor.user_id, most=most)]


def bought_last(tx: Tx, actor: Actor) -> list[Line]:
    """What the acting customer's last order was about that was paid or is to be paid at the door, as she
    ordered it; [] if there is none. One narrow look."""
    return [
        Line(row.product_id, Decimal(row.quantity), row.unit)
        for row in tx.look(_BOUGHT, customer_id=actor.user_id)
    ]


def _place(tx: Tx, row: Any) -> Place:
    return Place(
        location_id=row.location_id,
        ward_code=row.ward_code,
        ward=row.ward,
        landmark=row.landmark,
        point=locations.point_at(tx, row.latitude, row.longitude, row.ward_code),
        label=row.label,
    )
