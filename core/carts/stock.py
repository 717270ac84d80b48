"""Whether so much of one listing can be bought; looks at a cart ask it, and placing (DR-602, DR-603)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.db import Tx
from core.errors import BadInput
from core.farms.models import Farm
from core.listings.errors import BelowMinimumQuantity, NotEnoughStock, NotForSale, OwnProduce
from core.listings.machine import AVAILABLE, PRE_ORDER, SOLD_OUT
from core.listings.models import Listing
from core.listings.rules import check_quantity
from core.money import ZERO

NOT_FOR_SALE, SHORT, BELOW_MINIMUM = "not_for_sale", "short", "below_minimum"


def with_farms(tx: Tx, listing_ids: Iterable[int]) -> Sequence[Listing]:
    """These listings whatever their status, with farm, place, farmer and product, by id."""
    wanted = list(listing_ids)
    if not wanted:
        return ()
    farm = joinedload(Listing.farm)
    query = select(Listing).where(Listing.listing_id.in_(wanted)).order_by(Listing.listing_id)
    loaded = query.options(
        farm.joinedload(Farm.location), farm.joinedload(Farm.farmer), joinedload(Listing.product)
    )
    return tx.session.scalars(loaded).all()


def fault(listing: Listing, quantity: Decimal) -> str:
    """Why so much of it cannot be bought now, or ""; farm, farmer and product are loaded (DR-406, DR-209)."""
    return fault_of(
        open_to_all=listing.farm.is_active and listing.farm.farmer.is_active and listing.product.is_active,
        status=listing.listing_status,
        left=listing.quantity_available,
        minimum=listing.min_order_quantity,
        quantity=quantity,
    )


def fault_of(*, open_to_all: bool, status: str, left: Decimal, minimum: Decimal, quantity: Decimal) -> str:
    """As `fault`, of the columns alone; `open_to_all` is whether farm, farmer and product are active."""
    if not open_to_all or status not in (AVAILABLE, PRE_ORDER, SOLD_OUT):
        return NOT_FOR_SALE
    if status == SOLD_OUT or quantity > left:
        return SHORT
    return BELOW_MINIMUM if quantity < minimum else ""


def check_quantity_of(
    listing: Listing, quantity: Decimal, *, customer_id: int, already: Decimal = ZERO
) -> Decimal:
    """`quantity` on top of `already`, with two decimals, if the customer may buy that much of it (DR-603).

    Raises NotForSale, OwnProduce, BelowMinimumQuantity, QuantityOutOfBounds, WholeNumbersOnly, BadInput and
    NotEnoughStock(listing_id, product_id, left, asked, unit).
    """
    if not isinstance(quantity, Decimal):
        raise BadInput(field="quantity")
    wanted = already + check_quantity(quantity, listing.unit)
    if listing.farmer_id == customer_id:
        raise OwnProduce(listing_id=listing.listing_id)
    match fault(listing, wanted):
        case "not_for_sale":
            raise NotForSale(listing_id=listing.listing_id)
        case "short":
            raise NotEnoughStock(
                listing_id=listing.listing_id,
                product_id=listing.product_id,
                left=listing.quantity_available if listing.listing_status != SOLD_OUT else ZERO,
                asked=wanted,
                unit=listing.unit,
            )
        case "below_minimum":
            raise BelowMinimumQuantity(qty=listing.min_order_quantity, unit=listing.unit)
    return wanted
