"""What a listing costs by weight, and its going down and up again: L6 and L7, for whoever asks."""

from decimal import Decimal

from core.actor import Actor
from core.audit import service as audit
from core.clock import nairobi_date
from core.db import Tx
from core.events import ListingRestocked, ListingTakenDown
from core.listings import machine, rules
from core.listings.errors import BelowMinimumQuantity, HarvestDateWrong
from core.listings.models import Listing
from core.listings.stock import is_growing


def set_price(listing: Listing, price: Decimal, kg: Decimal) -> None:
    """The one place that sets price and weight, so that the price by weight follows."""
    listing.current_price, listing.kg_per_unit = price, kg
    listing.price_per_kg = rules.price_per_kg(price, kg)


def take_down(tx: Tx, actor: Actor, listing: Listing, role: str, reason: str, words: str = "") -> None:
    """L6 for `reason` (Listing.off_reason); what staff does is audited (DR-1801)."""
    step = machine.move(tx, listing, "deactivate", role)
    listing.off_reason = reason
    if role == "admin":
        _record(tx, actor, listing, step.source, words)
    tx.emit(ListingTakenDown(listing.listing_id, reason, actor))


def put_back(tx: Tx, actor: Actor, listing: Listing, role: str) -> None:
    """L7 for what has stock for the least order and, if it still grows, a day that has not passed."""
    if listing.quantity_available < listing.min_order_quantity:
        raise BelowMinimumQuantity(qty=str(listing.min_order_quantity), unit=listing.unit)
    growing = is_growing(listing)
    if growing and listing.expected_harvest_date <= nairobi_date(tx.now):  # type: ignore[operator]
        raise HarvestDateWrong
    step = machine.move(tx, listing, "activate_pre_order" if growing else "activate", role)
    listing.off_reason = ""
    if role == "admin":
        _record(tx, actor, listing, step.source, "")
    tx.emit(ListingRestocked(listing.listing_id, actor))


def _record(tx: Tx, actor: Actor, listing: Listing, before: str, words: str) -> None:
    """The audit row of a status that staff has changed."""
    audit.record(
        tx,
        actor,
        what="listing.status",
        record=f"listing:{listing.listing_id}",
        changes={"listing_status": [before, listing.listing_status]},
        reason=words,
    )
