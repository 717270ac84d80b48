"""Offering produce for sale, and finding what can be bought (sections 4 and 4.1)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core import rows
from core.actor import Actor
from core.catalogue.errors import PackUnknown, UnknownProduct, UnknownUnit
from core.clock import nairobi_date
from core.db import Tx
from core.events import ListingPublished
from core.farms import service as farms
from core.farms.models import Farm
from core.insights import service as insights
from core.listings import rules
from core.listings.errors import BelowMinimumQuantity, PriceLooksOff
from core.listings.locks import lock_listings
from core.listings.machine import INACTIVE, LISTING
from core.listings.models import Listing
from core.listings.offers import buyable_only
from core.listings.stock import give_back, open_stock, take
from core.machine import NEW

__all__ = ["buyable", "give_back", "lock_listings", "market_average", "own", "publish", "take"]


def publish(
    tx: Tx,
    actor: Actor,
    *,
    farm_id: int,
    product_id: int,
    unit: str,
    quantity: Decimal,
    price: Decimal,
    harvest_date: date | None = None,
    expected_harvest_date: date | None = None,
    min_order_quantity: Decimal | int = 1,
    price_confirmed: bool = False,
) -> Listing:
    """Offer a product for sale from one of the actor's farms (L1, L2; DR-402 to DR-404, DR-112).

    unit                   one of the product's, of known weight
    quantity               in that unit, above zero, two decimals at most; packs and pieces whole
    price                  KES for one unit
    expected_harvest_date  in the future, instead of harvest_date: the listing is for pre-order
    price_confirmed        the farmer was told the market price and stays with hers

    Raises NotAllowed, NotVerified, NotFound (a foreign farm), UnknownProduct, UnknownUnit, PackUnknown,
    QuantityOutOfBounds, WholeNumbersOnly, BelowMinimumQuantity, PriceOutOfBounds, HarvestDateWrong, and
    PriceLooksOff(market, price) unless price_confirmed. Emits ListingPublished.
    """
    user, ward_code = farms.acting_on(tx, actor, farm_id)
    kg = _kg_of_one(tx, product_id, unit)
    amount = rules.check_quantity(quantity, unit)
    least = rules.check_quantity(Decimal(min_order_quantity), unit)
    if amount < least:
        raise BelowMinimumQuantity(qty=str(least), unit=unit)
    asked = rules.check_price(price, tx.setting("listing.price_min"), tx.setting("listing.price_max"))
    rules.check_harvest(
        nairobi_date(tx.now), harvest_date, expected_harvest_date, tx.setting("listing.preorder_max_days")
    )
    if not price_confirmed:
        _check_against_market(tx, ward_code, user.user_id, product_id, unit, asked)
    step = LISTING.step(NEW, "create_pre_order" if expected_harvest_date else "create", user.user_role)
    listing = Listing(
        farm_id=farm_id,
        farmer_id=user.user_id,
        product_id=product_id,
        unit=unit,
        kg_per_unit=kg,
        current_price=asked,
        quantity_available=amount,
        min_order_quantity=least,
        harvest_date=harvest_date,
        expected_harvest_date=expected_harvest_date,
        listing_status=step.target,
        touched_at=tx.now,
        created_at=tx.now,
    )
    rows.add(tx, listing)
    open_stock(tx, actor, listing)
    tx.note(f"listing:{listing.listing_id}", f"new -> {step.target}")
    tx.emit(ListingPublished(listing.listing_id, actor))
    return listing


def buyable(tx: Tx, *, product_id: int) -> list[Listing]:
    """What can be bought of a product now, the cheapest by weight first; farm, place and product loaded.

    Only listings that are available, with stock for the least order, of active farms and farmers. One SQL
    statement.
    """
    query = (
        buyable_only(select(Listing))
        .where(Listing.product_id == product_id)
        .options(joinedload(Listing.farm).joinedload(Farm.location), joinedload(Listing.product))
    )
    found = tx.session.scalars(query).all()
    return sorted(
        found, key=lambda listing: (listing.current_price / listing.kg_per_unit, listing.listing_id)
    )


def own(tx: Tx, actor: Actor) -> Sequence[Listing]:
    """The actor's own listings but those taken down, the newest first; product loaded."""
    return tx.session.scalars(
        select(Listing)
        .where(Listing.farmer_id == actor.user_id, Listing.listing_status != INACTIVE)
        .options(joinedload(Listing.product))
        .order_by(Listing.listing_id.desc())
    ).all()


def market_average(tx: Tx, product_id: int, *, county_code: int, unit: str, farmer_id: int) -> Decimal | None:
    """What others ask or get for one `unit`: published prices, else the mean of at least
    `price.min_peer_listings` active listings of other farmers (DR-501)."""
    found = insights.market_average(tx, product_id, county_code=county_code, unit=unit, farmer_id=farmer_id)
    return found.price if found else None


def _kg_of_one(tx: Tx, product_id: int, unit: str) -> Decimal:
    entry = tx.parts.products.entry(product_id)
    if not entry.active:
        raise UnknownProduct(id=product_id)
    if unit in entry.unknown_units:
        raise PackUnknown(product=product_id, unit=unit)
    if unit not in entry.units:
        raise UnknownUnit(product=product_id, unit=unit)
    return entry.units[unit]


def _check_against_market(
    tx: Tx, ward_code: int, farmer_id: int, product_id: int, unit: str, price: Decimal
) -> None:
    county_code = tx.parts.places.get(ward_code).county_code
    average = market_average(tx, product_id, county_code=county_code, unit=unit, farmer_id=farmer_id)
    if average and rules.looks_off(price, average, tx.setting("listing.price_warn_percent")):
        raise PriceLooksOff(market=str(average), price=str(price), unit=unit, product=product_id)
