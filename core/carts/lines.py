"""A cart in the few columns that a small screen shows; `carts.service.view` is the whole of it (DR-602)."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.carts.models import Cart, CartItem
from core.carts.stock import fault_of
from core.catalogue.models import Product
from core.db import Tx
from core.farms.models import Farm
from core.listings.machine import SOLD_OUT
from core.listings.models import Listing
from core.money import ZERO, round2
from core.users.models import User


@dataclass(frozen=True)
class LineShown:
    """A line as it stands now; `price` KES per unit, `agreed` the one the customer has agreed to.

    kg     of the whole line; `total` KES at today's price
    fault  "" if it can be ordered, else not_for_sale, short (`left`) or below_minimum (`minimum`)
    """

    cart_item_id: int
    listing_id: int
    product_id: int
    farm: str
    quantity: Decimal
    unit: str
    kg: Decimal
    price: Decimal
    agreed: Decimal
    total: Decimal
    fault: str
    left: Decimal
    minimum: Decimal


_LINES = (
    select(
        CartItem.cart_item_id, CartItem.listing_id, CartItem.quantity, CartItem.price.label("agreed"),
        Listing.product_id, Listing.unit, Listing.kg_per_unit, Listing.current_price, Listing.listing_status,
        Listing.quantity_available, Listing.min_order_quantity, Farm.farm_name,
        Farm.is_active.label("farm_open"), User.is_active.label("farmer_open"),
        Product.is_active.label("product_open"),
    )
    .join(Cart, Cart.cart_id == CartItem.cart_id)
    .join(Listing, Listing.listing_id == CartItem.listing_id)
    .join(Farm, Farm.farm_id == Listing.farm_id)
    .join(User, User.user_id == Farm.farmer_id)
    .join(Product, Product.product_id == Listing.product_id)
    .where(Cart.customer_id == bindparam("customer_id"), CartItem.touched_at > bindparam("oldest"))
    .order_by(CartItem.cart_item_id)
)  # fmt: skip


def lines(tx: Tx, actor: Actor) -> list[LineShown]:
    """The acting customer's own cart with price, stock and status as they are now; one narrow look."""
    oldest = tx.now - timedelta(days=tx.setting("cart.expire_days"))
    return [_line(row) for row in tx.look(_LINES, customer_id=actor.user_id, oldest=oldest)]


def _line(row: Any) -> LineShown:
    return LineShown(
        cart_item_id=row.cart_item_id,
        listing_id=row.listing_id,
        product_id=row.product_id,
        farm=row.farm_name,
        quantity=row.quantity,
        unit=row.unit,
        kg=round2(row.quantity * row.kg_per_unit),
        price=row.current_price,
        agreed=row.agreed,
        total=round2(row.quantity * row.current_price),
        fault=fault_of(
            open_to_all=row.farm_open and row.farmer_open and row.product_open,
            status=row.listing_status,
            left=row.quantity_available,
            minimum=row.min_order_quantity,
            quantity=row.quantity,
        ),
        left=ZERO if row.listing_status == SOLD_OUT else row.quantity_available,
        minimum=row.min_order_quantity,
    )
