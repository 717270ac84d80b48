"""What can be bought, said once (DR-209, DR-401, DR-406, DR-603)."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from core.catalogue.models import Product
from core.db import Tx
from core.farms.models import Farm
from core.listings.machine import AVAILABLE, BUYABLE
from core.listings.models import Listing
from core.users.models import User

Row = TypeVar("Row")


def buyable_only(query: Select[Row]) -> Select[Row]:
    """Of a query on listings, those that can be bought: available or for pre-order, with stock for the least
    order, of active farms, farmers and products."""
    return (
        query.join(Listing.farm)
        .join(Farm.farmer)
        .join(Listing.product)
        .where(
            Listing.listing_status.in_(BUYABLE),
            Listing.quantity_available > 0,
            Listing.quantity_available >= Listing.min_order_quantity,
            Farm.is_active,
            User.is_active,
            Product.is_active,
        )
    )


def on_sale(tx: Tx, *, limit: int) -> Sequence[int]:
    """The ids of at most `limit` products of which something can be bought now, in the catalogue's order."""
    sold = aliased(Product)
    something = buyable_only(
        select(Listing.listing_id).where(
            Listing.product_id == sold.product_id, Listing.listing_status == AVAILABLE
        )
    )
    return tx.session.scalars(
        select(sold.product_id)
        .where(exists(something.correlate(sold)))
        .order_by(sold.product_id)
        .limit(limit)
    ).all()
