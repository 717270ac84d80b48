"""Stock as movements: taken when an order is placed, given back once, never below zero (DR-410 to DR-413)."""

from decimal import Decimal

from sqlalchemy import select

from core import rows
from core.actor import Actor, system
from core.db import Tx
from core.errors import BadInput
from core.listings import rules
from core.listings.errors import BelowMinimumQuantity, NotEnoughStock, NotForSale, OwnProduce
from core.listings.locks import lock_listings
from core.listings.machine import AVAILABLE, LISTING, PRE_ORDER, SOLD_OUT
from core.listings.models import Listing, StockMovement

# The goods exist and are for sale again; after the other two they do not exist (DR-412).
RETURNING = ("expire", "cancel")
LOSING = ("reject", "short")


def take(tx: Tx, actor: Actor, *, listing_id: int, quantity: Decimal, order_item_id: int) -> Listing:
    """Reserve stock for an order item (DR-410); the same item again changes nothing.

    Whoever takes from several listings locks them all first, with locks.lock_listings. A remainder below the
    least order makes the listing sold out (L4).

    Raises NotForSale, OwnProduce, BelowMinimumQuantity, WholeNumbersOnly and
    NotEnoughStock(left, asked, unit, product_id).
    """
    listing = lock_listings(tx, [listing_id])[listing_id]
    if _movements(tx, order_item_id):
        return listing
    asked = rules.check_quantity(quantity, listing.unit)
    if listing.farmer_id == actor.user_id:
        raise OwnProduce
    if listing.listing_status not in (AVAILABLE, PRE_ORDER, SOLD_OUT):
        raise NotForSale(listing_id=listing_id)
    left = listing.quantity_available
    if asked > left or listing.listing_status == SOLD_OUT:
        raise NotEnoughStock(
            left=str(left), asked=str(asked), unit=listing.unit, product_id=listing.product_id
        )
    if asked < listing.min_order_quantity:
        raise BelowMinimumQuantity(qty=str(listing.min_order_quantity), unit=listing.unit)
    move(tx, actor, listing, -asked, "order", order_item_id)
    return listing


def give_back(tx: Tx, actor: Actor, *, order_item_id: int, reason: str) -> None:
    """Undo what was taken for an order item, once, whatever is asked again and for whatever reason (DR-412).

    reason  expire or cancel: the goods are for sale again. reject or short: they do not exist, so the
            listing's free quantity becomes zero
    """
    if reason not in RETURNING + LOSING:
        raise BadInput(reason=reason)
    taken = _movements(tx, order_item_id).get("order")
    if taken is None:
        return
    listing = lock_listings(tx, [taken.listing_id])[taken.listing_id]
    if _movements(tx, order_item_id).keys() != {"order"}:
        return
    delta = -taken.delta if reason in RETURNING else -listing.quantity_available
    move(tx, actor, listing, delta, reason, order_item_id)


def open_stock(tx: Tx, actor: Actor, listing: Listing) -> None:
    """Write the first movement of a new listing: all that it begins with (DR-411)."""
    _write(tx, actor, listing, listing.quantity_available, "restock", None)


def move(
    tx: Tx,
    actor: Actor,
    listing: Listing,
    delta: Decimal,
    reason: str,
    order_item_id: int | None = None,
) -> None:
    """Write one movement and what follows for the listing: quantity, sold out (L4), for sale again (L5).

    `listing` is locked; `delta` is in its unit. The quantity stays the sum of the movements (DR-411).
    """
    listing.quantity_available += delta
    _write(tx, actor, listing, delta, reason, order_item_id)
    enough = listing.quantity_available >= listing.min_order_quantity
    if not enough and LISTING.may(listing.listing_status, "stock_out"):
        _step(tx, listing, "stock_out")
    elif enough and listing.listing_status == SOLD_OUT:
        waiting = listing.expected_harvest_date is not None and listing.harvest_date is None
        _step(tx, listing, "restock_pre_order" if waiting else "restock")
    tx.flush()


def _write(
    tx: Tx, actor: Actor, listing: Listing, delta: Decimal, reason: str, order_item_id: int | None
) -> None:
    movement = StockMovement(
        listing_id=listing.listing_id,
        delta=delta,
        reason=reason,
        order_item_id=order_item_id,
        actor_id=actor.user_id,
        at=tx.now,
    )
    rows.add(tx, movement)
    tx.note(f"listing:{listing.listing_id}", f"stock {delta:+} ({reason})")


def _step(tx: Tx, listing: Listing, event: str) -> None:
    """What stock does to a listing is the system's doing, whoever moved it."""
    step = LISTING.step(listing.listing_status, event, system("job").role)
    tx.note(f"listing:{listing.listing_id}", f"{step.source} -> {step.target}")
    listing.listing_status = step.target


def _movements(tx: Tx, order_item_id: int) -> dict[str, StockMovement]:
    rows = tx.session.scalars(select(StockMovement).where(StockMovement.order_item_id == order_item_id))
    return {row.reason: row for row in rows}
