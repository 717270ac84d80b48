"""What of a farmer's produce is promised to orders and not handed over yet (DR-405, DR-407)."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, func, select

from core.actor import Actor
from core.db import Tx
from core.listings.machine import INACTIVE
from core.listings.models import Listing
from core.money import ZERO
from core.orders.models import OrderItem
from core.orders.open_orders import AT_HOME


@dataclass(frozen=True)
class Promise:
    """quantity: in the listing's unit; orders: how many of them it is for."""

    quantity: Decimal = ZERO
    orders: int = 0


_QUANTITY = func.sum(OrderItem.fulfilled_quantity).label("quantity")
_ORDERS = func.count(OrderItem.order_id.distinct()).label("orders")
_PROMISED = (
    select(OrderItem.listing_id, _QUANTITY, _ORDERS)
    .join(Listing, Listing.listing_id == OrderItem.listing_id)
    .where(
        OrderItem.farmer_id == bindparam("farmer_id"),
        OrderItem.item_status.in_(AT_HOME),
        Listing.listing_status != INACTIVE,
    )
    .group_by(OrderItem.listing_id)
)
_OF_ONE = select(_QUANTITY, _ORDERS).where(
    OrderItem.farmer_id == bindparam("farmer_id"),
    OrderItem.listing_id == bindparam("listing_id"),
    OrderItem.item_status.in_(AT_HOME),
)


def promised(tx: Tx, actor: Actor) -> dict[int, Promise]:
    """What the actor has promised of each listing that is not taken down, by its id; one look."""
    rows = tx.look(_PROMISED, farmer_id=actor.user_id)
    return {row.listing_id: Promise(row.quantity, row.orders) for row in rows}


def promised_of(tx: Tx, actor: Actor, *, listing_id: int) -> Promise:
    """What the actor has promised of one listing; nothing of another's; one look."""
    row = tx.look(_OF_ONE, farmer_id=actor.user_id, listing_id=listing_id).one()
    return Promise(row.quantity, row.orders) if row.orders else Promise()
