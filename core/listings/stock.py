"""Stock as movements: taken when an order is placed, given back once, never below zero (DR-410 to DR-413)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import case, literal, select, update
from sqlalchemy.orm.attributes import set_committed_value

from core import rows
from core.actor import Actor, system
from core.db import Hundredths, Tx
from core.errors import BadInput
from core.events import ListingRestocked, ListingSoldOut
from core.listings import machine, rules
from core.listings.errors import BelowMinimumQuantity, NotEnoughStock, NotForSale, OwnProduce
from core.listings.locks import lock_listings
from core.listings.machine import BUYABLE, INACTIVE, LISTING, SOLD_OUT
from core.listings.models import Listing, StockMovement
from core.money import ZERO

# The goods exist and are for sale again; after the other two they do not exist (DR-412).
RETURNING = ("expire", "cancel")
LOSING = ("reject", "short")


@dataclass(frozen=True)
class Taking:
    """So much of a listing, in its unit, for an order item."""

    listing_id: int
    quantity: Decimal
    order_item_id: int


def take(tx: Tx, actor: Actor, *, listing_id: int, quantity: Decimal, order_item_id: int) -> None:
    """Reserve stock for one order item; whoever takes for several says them all to `take_all`."""
    take_all(tx, actor, [Taking(listing_id, quantity, order_item_id)])


def take_all(tx: Tx, actor: Actor, takings: Sequence[Taking]) -> None:
    """Reserve stock for order items (DR-410), all or none; the same item again changes nothing.

    The listings are locked together, and written together, however many they are. A remainder below the
    least order makes a listing sold out (L4).

    Raises NotFound, NotForSale, OwnProduce, BelowMinimumQuantity, WholeNumbersOnly and
    NotEnoughStock(left, asked, unit, product_id).
    """
    listings = lock_listings(tx, (one.listing_id for one in takings))
    left = {listing_id: listing.quantity_available for listing_id, listing in listings.items()}
    items = [one.order_item_id for one in takings]
    before = set(
        tx.session.scalars(select(StockMovement.order_item_id).where(StockMovement.order_item_id.in_(items)))
    )
    movements = []
    for one in takings:
        if one.order_item_id in before:
            continue
        listing = listings[one.listing_id]
        asked = _takeable(actor, listing, one.quantity, left[one.listing_id])
        left[one.listing_id] -= asked
        movements.append(_movement(tx, actor, listing, -asked, "order", one.order_item_id))
    taken = {movement.listing_id: left[movement.listing_id] for movement in movements}
    rows.add_all(tx, movements)
    _store(tx, listings, taken)
    for listing_id in taken:
        _follow(tx, actor, listings[listing_id])
    tx.flush()


def _takeable(actor: Actor, listing: Listing, quantity: Decimal, left: Decimal) -> Decimal:
    """The quantity, if the actor may have so much of what is `left` of the locked listing."""
    asked = rules.check_quantity(quantity, listing.unit)
    if listing.farmer_id == actor.user_id:
        raise OwnProduce
    if listing.listing_status == INACTIVE:
        raise NotForSale(listing_id=listing.listing_id)
    if asked > left or listing.listing_status == SOLD_OUT:
        raise NotEnoughStock(
            left=str(left), asked=str(asked), unit=listing.unit, product_id=listing.product_id
        )
    if asked < listing.min_order_quantity:
        raise BelowMinimumQuantity(qty=str(listing.min_order_quantity), unit=listing.unit)
    return asked


def _store(tx: Tx, listings: Mapping[int, Listing], free: Mapping[int, Decimal]) -> None:
    """Write the free quantity of each of these locked listings, in one statement."""
    if not free:
        return
    quantities = {listing_id: literal(quantity, Hundredths) for listing_id, quantity in free.items()}
    tx.session.connection().execute(
        update(Listing)
        .where(Listing.listing_id.in_(free))
        .values(quantity_available=case(quantities, value=Listing.listing_id))
    )
    for listing_id, quantity in free.items():
        set_committed_value(listings[listing_id], "quantity_available", quantity)


def give_back(tx: Tx, actor: Actor, *, order_item_id: int, reason: str, left: Decimal = ZERO) -> None:
    """Undo what was taken for an order item, once, whatever is asked again and for whatever reason (DR-412).

    reason  expire or cancel: the goods are for sale again. reject or short: they do not exist, so the
            listing's free quantity becomes what the farmer says is `left` of it, zero if she says nothing

    Raises BadInput for another reason, QuantityOutOfBounds and WholeNumbersOnly for `left`.
    """
    if reason not in RETURNING + LOSING:
        raise BadInput(reason=reason)
    taken = _movements(tx, order_item_id).get("order")
    if taken is None:
        return
    listing = lock_listings(tx, [taken.listing_id])[taken.listing_id]
    if _movements(tx, order_item_id).keys() != {"order"}:
        return
    remains = rules.check_stock(left, listing.unit)
    delta = -taken.delta if reason in RETURNING else remains - listing.quantity_available
    adjust(tx, actor, listing, delta, reason, order_item_id)


@dataclass(frozen=True)
class Shortage:
    """One line that cannot be supplied: `left` of the listing can be had, `asked` was wanted."""

    listing_id: int
    product_id: int
    unit: str
    asked: Decimal
    left: Decimal


def shortages(tx: Tx, wanted: Mapping[int, Decimal]) -> list[Shortage]:
    """Every line that could not be taken now, not the first alone (DR-414); the listings stay locked.

    wanted  listing_id -> quantity in its unit

    What nobody can buy from has nothing left. Raises NotFound for a listing that does not exist.
    """
    short = []
    for listing_id, listing in lock_listings(tx, wanted).items():
        left = listing.quantity_available if listing.listing_status in BUYABLE else ZERO
        if wanted[listing_id] > left:
            short.append(Shortage(listing_id, listing.product_id, listing.unit, wanted[listing_id], left))
    return short


def open_stock(tx: Tx, actor: Actor, listing: Listing) -> None:
    """Write the first movement of a new listing: all that it begins with (DR-411)."""
    rows.add(tx, _movement(tx, actor, listing, listing.quantity_available, "restock", None))


def have(tx: Tx, actor: Actor, listing: Listing, quantity: Decimal, reason: str) -> Listing:
    """Make `quantity` the free stock of a locked listing; whoever says so has had a hand on it."""
    listing.touched_at = tx.now
    adjust(tx, actor, listing, quantity - listing.quantity_available, reason)
    return listing


def adjust(
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
    rows.add(tx, _movement(tx, actor, listing, delta, reason, order_item_id))
    _follow(tx, actor, listing)
    tx.flush()


def _follow(tx: Tx, actor: Actor, listing: Listing) -> None:
    """What the free quantity means for the listing: sold out (L4), for sale again (L5), or nothing."""
    enough = listing.quantity_available >= listing.min_order_quantity
    job = system("job")  # what stock does to a listing is the system's doing, whoever moved it
    if not enough and LISTING.may(listing.listing_status, "stock_out"):
        machine.move(tx, listing, "stock_out", job.role)
        tx.emit(ListingSoldOut(listing.listing_id, actor))
    elif enough and listing.listing_status == SOLD_OUT:
        machine.move(tx, listing, "restock_pre_order" if is_growing(listing) else "restock", job.role)
        tx.emit(ListingRestocked(listing.listing_id, actor))


def is_growing(listing: Listing) -> bool:
    """Whether its harvest is still to come."""
    return listing.expected_harvest_date is not None and listing.harvest_date is None


def _movement(
    tx: Tx, actor: Actor, listing: Listing, delta: Decimal, reason: str, order_item_id: int | None
) -> StockMovement:
    """A movement that is about to be written, and its note for the callback log."""
    tx.note(f"listing:{listing.listing_id}", f"stock {delta:+} ({reason})")
    return StockMovement(
        listing_id=listing.listing_id,
        delta=delta,
        reason=reason,
        order_item_id=order_item_id,
        actor_id=actor.user_id,
        at=tx.now,
    )


def _movements(tx: Tx, order_item_id: int) -> dict[str, StockMovement]:
    found = tx.session.scalars(select(StockMovement).where(StockMovement.order_item_id == order_item_id))
    return {row.reason: row for row in found}
