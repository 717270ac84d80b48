"""What is done to a listing that exists: its stock, its price, what is said of it, down and up again."""

from datetime import date
from decimal import Decimal

from core.actor import Actor
from core.audit import service as audit
from core.clock import nairobi_date
from core.db import Tx
from core.events import OrganicUnproven
from core.farms import service as farms
from core.listings import hands, harvest, market, rules
from core.listings.machine import INACTIVE
from core.listings.models import Listing
from core.listings.standing import put_back, set_price, take_down
from core.listings.stock import adjust, have, is_growing
from core.money import ZERO
from core.words import tidy

NOTES_LENGTH = 160
PHOTO_LENGTH = 255


def set_quantity(tx: Tx, actor: Actor, *, listing_id: int, quantity: Decimal) -> Listing:
    """Say what is free to be sold now; what is promised to orders is separate (DR-405, L4, L5).

    quantity  in the listing's unit; zero: nothing left

    Raises NotFound, NotAllowed, QuantityOutOfBounds, WholeNumbersOnly.
    """
    listing, _ = hands.taken(tx, actor, listing_id, agent_too=True)
    now = have(tx, actor, listing, rules.check_stock(quantity, listing.unit), "correction")
    return hands.told(tx, actor, now)


def restock(
    tx: Tx, actor: Actor, *, listing_id: int, quantity: Decimal, harvest_date: date | None = None
) -> Listing:
    """Add what was harvested or found since to the free stock (L5).

    quantity      in the listing's unit, above zero
    harvest_date  of what is added, today if not said; a pre-order listing keeps waiting for its own

    Raises NotFound, NotAllowed, QuantityOutOfBounds, WholeNumbersOnly, HarvestDateWrong.
    """
    listing, _ = hands.taken(tx, actor, listing_id, agent_too=True)
    more = rules.check_quantity(quantity, listing.unit)
    whole = rules.check_quantity(listing.quantity_available + more, listing.unit)
    today = nairobi_date(tx.now)
    rules.check_harvest(today, harvest_date, None, tx.setting("listing.preorder_max_days"))
    if not is_growing(listing):
        listing.harvest_date = harvest_date or today
    return hands.told(tx, actor, have(tx, actor, listing, whole, "restock"))


def still_there(tx: Tx, actor: Actor, *, listing_id: int) -> Listing:
    """The farmer's "still so": nothing changes but that she has been heard (DR-815, L6's fourteen days)."""
    listing, _ = hands.taken(tx, actor, listing_id, agent_too=True)
    listing.touched_at = tx.now
    return hands.told(tx, actor, listing)


def change_price(
    tx: Tx, actor: Actor, *, listing_id: int, price: Decimal, price_confirmed: bool = False
) -> Listing:
    """Ask another price, KES per unit; orders keep the one they were placed at (DR-405, DR-404).

    Raises NotFound, NotAllowed, PriceOutOfBounds, and PriceLooksOff(market, price) unless price_confirmed.
    """
    listing, _ = hands.taken(tx, actor, listing_id)
    asked = rules.check_price(price, tx.setting("listing.price_min"), tx.setting("listing.price_max"))
    before = listing.current_price
    if asked != before:
        if not price_confirmed:
            market.check(
                tx,
                ward_code=listing.ward_code,
                farmer_id=listing.farmer_id,
                product_id=listing.product_id,
                unit=listing.unit,
                kg=listing.kg_per_unit,
                price=asked,
            )
        set_price(listing, asked, listing.kg_per_unit)
        record = f"listing:{listing_id}"
        changes = {"current_price": [str(before), str(asked)]}
        audit.record(tx, actor, what="listing.price", record=record, changes=changes)
        tx.note(record, f"price {before} -> {asked}")
    listing.touched_at = tx.now
    return listing


def change(
    tx: Tx,
    actor: Actor,
    *,
    listing_id: int,
    min_order_quantity: Decimal | int | None = None,
    quality_grade: str | None = None,
    is_organic_certified: bool | None = None,
    notes: str | None = None,
    photo_url: str | None = None,
    kg_per_unit: Decimal | None = None,
) -> Listing:
    """Change what is said about the produce; None leaves a field as it is (DR-402, DR-403, DR-112).

    kg_per_unit  what one of hers weighs, if not what the catalogue says

    Raises NotFound, NotAllowed, QuantityOutOfBounds, WholeNumbersOnly, UnknownGrade, WeightOutOfBounds.
    """
    listing, _ = hands.taken(tx, actor, listing_id)
    if quality_grade is not None:
        listing.quality_grade = rules.check_grade(quality_grade)
    if notes is not None:
        listing.notes = tidy(notes, NOTES_LENGTH)
    if photo_url is not None:
        listing.photo_url = tidy(photo_url, PHOTO_LENGTH)
    if kg_per_unit is not None:
        listing.kg_is_hers = True
        set_price(listing, listing.current_price, rules.check_weight(kg_per_unit))
    if is_organic_certified is not None:
        proven = farms.is_certified(tx, listing.farm_id)
        listing.is_organic_certified = is_organic_certified and proven
        if is_organic_certified and not proven:
            tx.emit(OrganicUnproven(listing_id, actor))
    if min_order_quantity is not None:
        listing.min_order_quantity = rules.check_least(min_order_quantity, listing.unit)
        adjust(tx, actor, listing, ZERO, "correction")  # more or less of it may be for sale now (L4, L5)
    listing.touched_at = tx.now
    tx.note(f"listing:{listing_id}", "changed")
    return listing


def deactivate(tx: Tx, actor: Actor, *, listing_id: int, reason: str = "") -> Listing:
    """L6: take it down; orders of it go on. What is down already stays down.

    reason  an admin's words for the audit

    Raises NotFound, NotAllowed.
    """
    listing, role = hands.taken(tx, actor, listing_id)
    if listing.listing_status != INACTIVE:
        take_down(tx, actor, listing, role, role, words=reason)
        listing.touched_at = tx.now
    return listing


def activate(
    tx: Tx,
    actor: Actor,
    *,
    listing_id: int,
    harvest_date: date | None = None,
    expected_harvest_date: date | None = None,
) -> Listing:
    """L7: offer it again, under the guards of L1 and L2; what is up already stays up.

    The days say what is different now: neither leaves them, `harvest_date` is of what is ready,
    `expected_harvest_date` of what is coming.

    Raises NotFound, NotAllowed, HarvestDateWrong, BelowMinimumQuantity (restock first).
    """
    listing, role = hands.taken(tx, actor, listing_id)
    if listing.listing_status != INACTIVE:
        return listing
    today = nairobi_date(tx.now)
    rules.check_harvest(today, harvest_date, expected_harvest_date, tx.setting("listing.preorder_max_days"))
    if expected_harvest_date is not None:
        harvest.expect(tx, listing, expected_harvest_date)
    elif harvest_date is not None:
        listing.harvest_date = harvest_date
    put_back(tx, actor, listing, role)
    listing.touched_at = tx.now
    return listing
