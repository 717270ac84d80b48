"""What a customer has not rated yet (DR-1401), by narrow looks; rating itself is core/reviews/service.py."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, update

from core.actor import Actor
from core.clock import nairobi_date
from core.db import Tx
from core.deliveries.models import Delivery
from core.farms.models import Farm
from core.listings.models import Listing
from core.orders.models import Order, OrderItem
from core.reviews import rules
from core.reviews.models import Review
from core.users import service as users
from core.users.models import User
from core.words import tidy

MOST = 49
DONE = ("delivered", "completed")


@dataclass(frozen=True)
class ToRate:
    """An order with something unrated: one of its products, how many lines, who brought it ("": nobody)."""

    order_id: int
    tail: str
    product_id: int
    lines: int
    rider: str
    day: date


@dataclass(frozen=True)
class Thing:
    """One thing to rate: an item (`product_id`, `name` of its farm) or, with `delivery_id`, the rider."""

    order_item_id: int | None
    delivery_id: int | None
    product_id: int | None
    name: str


def _unrated_items() -> ColumnElement[bool]:
    reviewed = exists().where(Review.order_item_id == OrderItem.order_item_id).correlate(OrderItem)
    return and_(OrderItem.item_status == "delivered", ~reviewed)


def _unrated_rider() -> ColumnElement[bool]:
    reviewed = exists().where(Review.delivery_id == Delivery.delivery_id).correlate(Delivery)
    return and_(Delivery.rider_id.is_not(None), Delivery.way != "collect", ~reviewed)


_mine = and_(
    Order.customer_id == bindparam("customer_id"),
    Order.order_status.in_(DONE),
    Delivery.delivered_at > bindparam("since"),
)
_unrated_here = exists().where(OrderItem.order_id == Order.order_id, _unrated_items()).correlate(Order)
_product = (
    select(func.min(OrderItem.product_id))
    .where(OrderItem.order_id == Order.order_id, OrderItem.item_status == "delivered")
    .correlate(Order)
    .scalar_subquery()
)
_lines = (
    select(func.count())
    .where(OrderItem.order_id == Order.order_id, OrderItem.item_status == "delivered")
    .correlate(Order)
    .scalar_subquery()
)
_ORDERS = (
    select(
        Order.order_id,
        Order.order_number,
        Delivery.delivered_at,
        Delivery.way,
        User.first_name,
        _product.label("product_id"),
        _lines.label("lines"),
    )
    .join(Delivery, Delivery.order_id == Order.order_id)
    .outerjoin(User, User.user_id == Delivery.rider_id)
    .where(_mine, or_(_unrated_here, _unrated_rider()))
    .order_by(Delivery.delivered_at.desc(), Order.order_id.desc())
    .limit(MOST)
)
_ITEMS = (
    select(OrderItem.order_item_id, OrderItem.product_id, Farm.farm_name)
    .join(Order, Order.order_id == OrderItem.order_id)
    .join(Delivery, Delivery.order_id == Order.order_id)
    .join(Listing, Listing.listing_id == OrderItem.listing_id)
    .join(Farm, Farm.farm_id == Listing.farm_id)
    .where(_mine, Order.order_id == bindparam("order_id"), _unrated_items())
    .order_by(OrderItem.order_item_id)
)
_RIDER = (
    select(Delivery.delivery_id, User.first_name)
    .join(Order, Order.order_id == Delivery.order_id)
    .join(User, User.user_id == Delivery.rider_id)
    .where(_mine, Order.order_id == bindparam("order_id"), _unrated_rider())
)


def orders(tx: Tx, actor: Actor) -> list[ToRate]:
    """Her delivered orders that are not rated whole, the newest first; one statement."""
    return [
        ToRate(
            order_id=row.order_id,
            tail=row.order_number[-4:],
            product_id=row.product_id,
            lines=row.lines,
            rider=(row.first_name or "") if row.way != "collect" else "",
            day=nairobi_date(row.delivered_at),
        )
        for row in tx.look(_ORDERS, customer_id=actor.user_id, since=_since(tx))
        if row.product_id is not None
    ]


def things(tx: Tx, actor: Actor, *, order_id: int) -> list[Thing]:
    """What of this order of hers has no stars yet, item by item, the rider last; nothing of a stranger's."""
    mine: dict[str, Any] = {"customer_id": actor.user_id, "since": _since(tx), "order_id": order_id}
    found = [Thing(row.order_item_id, None, row.product_id, row.farm_name) for row in tx.look(_ITEMS, **mine)]
    return found + [Thing(None, row.delivery_id, None, row.first_name) for row in tx.look(_RIDER, **mine)]


def add_words(tx: Tx, actor: Actor, *, order_id: int, text: str) -> int:
    """Her words go with every review of this order that has none, in one statement, while she may still edit
    (DR-1402); returns to how many. A stranger's order has none of hers. Raises TextTooLong, NotAllowed."""
    user = users.may(tx, actor, "update", "reviews", own=True)
    words = tidy(rules.check_text(text), rules.LONGEST_TEXT)
    written = tx.session.connection().execute(
        update(Review)
        .where(
            Review.order_id == order_id,
            Review.author_id == user.user_id,
            Review.text == "",
            Review.hidden_at.is_(None),
            Review.created_at > tx.now - timedelta(days=tx.setting("review.edit_days")),
        )
        .values(text=words, updated_at=tx.now)
    )
    if written.rowcount:
        tx.note(f"order:{order_id}", "words with the stars")
    return written.rowcount


def _since(tx: Tx) -> datetime:
    moment: datetime = tx.now - timedelta(days=tx.setting("review.window_days"))
    return moment
