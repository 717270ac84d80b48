"""Offering produce for sale (sections 4 and 4.1); the area's other verbs are named here as well."""

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
from core.events import ListingPublished, OrganicUnproven
from core.farms import service as farms
from core.listings import hands, harvest, market, rules
from core.listings.changes import (
    NOTES_LENGTH,
    PHOTO_LENGTH,
    activate,
    change,
    change_price,
    deactivate,
    restock,
    set_quantity,
    still_there,
)
from core.listings.errors import BelowMinimumQuantity
from core.listings.hands import FARMER
from core.listings.harvest import delay, harvested, postpone
from core.listings.locks import lock_listings
from core.listings.machine import INACTIVE, LISTING
from core.listings.models import Listing
from core.listings.near import buyable, buyable_near, nearest
from core.listings.pausing import pause_farmer, wake_farmer
from core.listings.search import Page, Wanted, mine, read, search
from core.listings.stock import (
    Giving,
    Shortage,
    Taking,
    give_back,
    give_back_all,
    open_stock,
    shortages,
    take,
    take_all,
)
from core.locations import served
from core.machine import NEW
from core.words import tidy

__all__ = [
    "Giving", "Page", "Shortage", "Taking", "Wanted", "activate", "buyable", "buyable_near", "change",
    "change_price", "deactivate", "delay", "give_back", "give_back_all", "harvested", "lock_listings", "mine",
    "nearest", "own", "pause_farmer", "postpone", "publish", "read", "relist", "restock", "search",
    "set_quantity", "shortages", "still_there", "take", "take_all", "wake_farmer",
]  # fmt: skip


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
    quality_grade: str = "standard",
    is_organic_certified: bool = False,
    notes: str = "",
    photo_url: str = "",
    kg_per_unit: Decimal | None = None,
    price_confirmed: bool = False,
) -> Listing:
    """Offer a product for sale from one of the actor's farms (L1, L2; DR-402 to DR-404, DR-112).

    unit                   one of the product's, of known weight
    quantity               in that unit, above zero, two decimals at most; packs and pieces whole
    price                  KES for one unit
    harvest_date           of what is ready, up to today; today if not said
    expected_harvest_date  in the future, instead of harvest_date: the listing is for pre-order
    is_organic_certified   stored only where the farm's certificate is approved; else the farmer is told
    kg_per_unit            what one of hers weighs, if not what the catalogue says
    price_confirmed        the farmer was told the market price and stays with hers

    Raises NotAllowed, NotVerified, NotFound (a foreign farm), NotServed, UnknownProduct, UnknownUnit,
    PackUnknown, WeightOutOfBounds, QuantityOutOfBounds, WholeNumbersOnly, BelowMinimumQuantity, UnknownGrade,
    PriceOutOfBounds, HarvestDateWrong, and PriceLooksOff(market, price) unless price_confirmed.
    Emits ListingPublished, OrganicUnproven.
    """
    ground = farms.acting_on(tx, actor, farm_id)
    served.check(tx, ground.ward_code)
    kg = _kg_of_one(tx, product_id, unit, kg_per_unit)
    amount = rules.check_quantity(quantity, unit)
    least = rules.check_least(min_order_quantity, unit)
    if amount < least:
        raise BelowMinimumQuantity(qty=str(least), unit=unit)
    asked = rules.check_price(price, tx.setting("listing.price_min"), tx.setting("listing.price_max"))
    today = nairobi_date(tx.now)
    rules.check_harvest(today, harvest_date, expected_harvest_date, tx.setting("listing.preorder_max_days"))
    if not price_confirmed:
        market.check(
            tx,
            ward_code=ground.ward_code,
            farmer_id=ground.farmer_id,
            product_id=product_id,
            unit=unit,
            kg=kg,
            price=asked,
        )
    # Whoever acts on her farm lists as she would (DR-221).
    step = LISTING.step(NEW, "create_pre_order" if expected_harvest_date else "create", FARMER)
    listing = Listing(
        farm_id=farm_id,
        farmer_id=ground.farmer_id,
        product_id=product_id,
        unit=unit,
        kg_per_unit=kg,
        kg_is_hers=kg_per_unit is not None,
        current_price=asked,
        price_per_kg=rules.price_per_kg(asked, kg),
        quantity_available=amount,
        min_order_quantity=least,
        harvest_date=harvest_date if harvest_date or expected_harvest_date else today,
        expected_harvest_date=expected_harvest_date,
        quality_grade=rules.check_grade(quality_grade),
        is_organic_certified=is_organic_certified and ground.certified,
        notes=tidy(notes, NOTES_LENGTH),
        photo_url=tidy(photo_url, PHOTO_LENGTH),
        county_code=tx.parts.places.get(ground.ward_code).county_code,
        ward_code=ground.ward_code,
        cell=rules.cell_of(ground.point.lat, ground.point.lon),
        agent_id=None if ground.user.user_id == ground.farmer_id else ground.user.user_id,
        listing_status=step.target,
        touched_at=tx.now,
        created_at=tx.now,
    )
    rows.add(tx, listing)
    open_stock(tx, actor, listing)
    if expected_harvest_date is not None:
        harvest.remember(tx, listing)
    tx.note(f"listing:{listing.listing_id}", f"new -> {step.target}")
    tx.emit(ListingPublished(listing.listing_id, actor))
    hands.told(tx, actor, listing, "listed")
    if is_organic_certified and not ground.certified:
        tx.emit(OrganicUnproven(listing.listing_id, actor))
    return listing


def relist(
    tx: Tx,
    actor: Actor,
    *,
    listing_id: int,
    quantity: Decimal,
    price: Decimal | None = None,
    harvest_date: date | None = None,
    expected_harvest_date: date | None = None,
    min_order_quantity: Decimal | int | None = None,
    quality_grade: str | None = None,
    is_organic_certified: bool | None = None,
    price_confirmed: bool = False,
) -> Listing:
    """Offer again what was sold last season: a new listing with all that was said of the old one.

    quantity, the days, price_confirmed  as in `publish`
    price, and the rest                  as in `publish`; None: as it was

    Raises NotFound for another's listing, and what `publish` raises.
    """
    old = tx.session.get(Listing, listing_id)
    ground = farms.acting_on(tx, actor, old.farm_id if old else 0)
    assert old is not None, "no farm has the number 0"
    return publish(
        tx,
        actor,
        farm_id=ground.farm_id,
        product_id=old.product_id,
        unit=old.unit,
        quantity=quantity,
        price=old.current_price if price is None else price,
        harvest_date=harvest_date,
        expected_harvest_date=expected_harvest_date,
        min_order_quantity=old.min_order_quantity if min_order_quantity is None else min_order_quantity,
        quality_grade=old.quality_grade if quality_grade is None else quality_grade,
        is_organic_certified=(
            old.is_organic_certified and ground.certified
            if is_organic_certified is None
            else is_organic_certified
        ),
        notes=old.notes,
        photo_url=old.photo_url,
        kg_per_unit=old.kg_per_unit if old.kg_is_hers else None,
        price_confirmed=price_confirmed,
    )


def own(tx: Tx, actor: Actor, *, down: bool = False, limit: int = 50) -> Sequence[Listing]:
    """The actor's own listings, the newest first; product loaded.

    down  also those taken down, to be offered again
    """
    query = select(Listing).where(Listing.farmer_id == actor.user_id)
    if not down:
        query = query.where(Listing.listing_status != INACTIVE)
    return tx.session.scalars(
        query.options(joinedload(Listing.product)).order_by(Listing.listing_id.desc()).limit(limit)
    ).all()


def _kg_of_one(tx: Tx, product_id: int, unit: str, hers: Decimal | None) -> Decimal:
    """What one unit weighs: by her own word, else by the catalogue; never guessed (DR-112)."""
    entry = tx.parts.products.entry(product_id)
    if not entry.active:
        raise UnknownProduct(id=product_id)
    if unit not in entry.units and unit not in entry.unknown_units:
        raise UnknownUnit(product=product_id, unit=unit)
    if hers is not None:
        return rules.check_weight(hers)
    if unit in entry.unknown_units:
        raise PackUnknown(product=product_id, unit=unit)
    return entry.units[unit]
