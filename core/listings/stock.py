"""Stock as movements: taken when an order is placed, given back once, never below zero (DR-410 to DR-413)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import case, literal, select, update
from sqlalchemy.orm.attributes import set_committed_value

from core import rows
from core.actor import Actor, system
from core.db import Hundredths, Tx
from core.duties import service as duties
from core.errors import BadInput
from core.events import ListingRestocked, ListingSoldOut
from core.listings import machine, rules
from core.listings.errors import BelowMinimumQuantity, NotEnoughStock, NotForSale, OwnProduce
from core.listings.locks import lock_listings
from core.listings.machine import BUYABLE, INACTIVE, LISTING, SOLD_OUT
from core.listings.models import Listing, StockMovement
from core.money import ZERO

# Of so many listings that turn at once people hear with the act; whoever buys up ten at a keypad waits for no
# ten texts to be written.
TURNED_AT_ONCE = 1
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
    before = {row.order_item_id for row in _movements(tx, items)}
    movements = []
    for one in takings:
        if one.order_item_id in before:
            continue
        listing = listings[one.listing_id]
        asked = _takeable(actor, listing, one.quantity, left[one.listing_id])
        left[one.listing_id] -= asked
        movements.append(_movement(tx, actor, listing, -asked, "order", one.order_item_id))
    _write(tx, actor, listings, movements, left)


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


def _write(
    tx: Tx,
    actor: Actor,
    listings: Mapping[int, Listing],
    movements: Sequence[StockMovement],
    free: Mapping[int, Decimal],
) -> None:
    """Write movements of order items, the `free` quantity that is left of each moved listing, and what that
    means for its status (L4, L5): a statement each however many they are; the listings are locked.

    Who has to know of the first that turned hears of it with the act, of the others by a duty each.
    """
    if not movements:
        return
    rows.add_all(tx, movements)
    moved = {movement.listing_id: movement.order_item_id for movement in movements}
    turned: list[ListingSoldOut | ListingRestocked] = []
    for listing_id in moved:
        set_committed_value(listings[listing_id], "quantity_available", free[listing_id])
        if (happened := _turn(tx, actor, listings[listing_id])) is not None:
            turned.append(happened)
    amounts = {listing_id: literal(free[listing_id], Hundredths) for listing_id in moved}
    values: dict[str, Any] = {"quantity_available": case(amounts, value=Listing.listing_id)}
    if turned:
        statuses = {listing_id: listings[listing_id].listing_status for listing_id in moved}
        values["listing_status"] = case(statuses, value=Listing.listing_id)
    tx.session.connection().execute(update(Listing).where(Listing.listing_id.in_(moved)).values(values))
    for happened in turned:
        listing = listings[happened.listing_id]
        set_committed_value(listing, "listing_status", listing.listing_status)
    for happened in turned[:TURNED_AT_ONCE]:
        tx.emit(happened)
    later = turned[TURNED_AT_ONCE:]
    duties.want_all(tx, "tell_sold_out", _due_now(tx, moved, later, ListingSoldOut))
    duties.want_all(tx, "tell_for_sale", _due_now(tx, moved, later, ListingRestocked))


def _due_now(
    tx: Tx,
    moved: Mapping[int, int | None],
    turned: Sequence[Any],
    what: type[ListingSoldOut | ListingRestocked],
) -> dict[int, datetime]:
    """The order items of the listings that turned so, each due at once."""
    items = (moved[happened.listing_id] for happened in turned if isinstance(happened, what))
    return {item_id: tx.now for item_id in items if item_id is not None}


def tell_sold_out(tx: Tx, order_item_id: int) -> None:
    """The duty tell_sold_out: the listing of the order item is sold out (L4), if it still is."""
    for row in _movements(tx, [order_item_id])[:1]:
        if tx.session.get_one(Listing, row.listing_id).listing_status == SOLD_OUT:
            tx.emit(ListingSoldOut(row.listing_id, system("job")))


def tell_for_sale(tx: Tx, order_item_id: int) -> None:
    """The duty tell_for_sale: the listing of the order item is for sale again (L5), if it still is."""
    for row in _movements(tx, [order_item_id])[:1]:
        if tx.session.get_one(Listing, row.listing_id).listing_status in BUYABLE:
            tx.emit(ListingRestocked(row.listing_id, system("job")))


@dataclass(frozen=True)
class Giving:
    """What was taken for an order item is undone.

    reason  expire or cancel: the goods are for sale again. reject or short: they do not exist, so the
            listing's free quantity becomes what the farmer says is `left` of it, zero if she says nothing
    """

    order_item_id: int
    reason: str
    left: Decimal = ZERO


def give_back(tx: Tx, actor: Actor, *, order_item_id: int, reason: str, left: Decimal = ZERO) -> None:
    """Undo what was taken for one order item; whoever gives back for several says them all to
    `give_back_all`."""
    give_back_all(tx, actor, [Giving(order_item_id, reason, left)])


def give_back_all(tx: Tx, actor: Actor, givings: Sequence[Giving]) -> None:
    """Undo what was taken for order items, each once, whatever is asked again and for whatever reason
    (DR-412).

    The listings are locked together, and written together, however many they are.

    Raises BadInput for a reason that is none, QuantityOutOfBounds and WholeNumbersOnly for what is left.
    """
    for one in givings:
        if one.reason not in RETURNING + LOSING:
            raise BadInput(reason=one.reason)
    items = [one.order_item_id for one in givings]
    taken = {row.order_item_id: row for row in _movements(tx, items) if row.reason == "order"}
    if not taken:
        return
    listings = lock_listings(tx, (row.listing_id for row in taken.values()))
    # Now that nobody else can move them: what has come back meanwhile is not given back again.
    over = {row.order_item_id for row in _movements(tx, items) if row.reason != "order"}
    free = {listing_id: listing.quantity_available for listing_id, listing in listings.items()}
    movements = []
    for one in givings:
        took = taken.get(one.order_item_id)
        if took is None or one.order_item_id in over:
            continue
        listing = listings[took.listing_id]
        left = rules.check_stock(one.left, listing.unit)
        delta = -took.delta if one.reason in RETURNING else left - free[took.listing_id]
        free[took.listing_id] += delta
        movements.append(_movement(tx, actor, listing, delta, one.reason, one.order_item_id))
    _write(tx, actor, listings, movements, free)


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
    if (happened := _turn(tx, actor, listing)) is not None:
        tx.emit(happened)
    tx.flush()


def _turn(tx: Tx, actor: Actor, listing: Listing) -> ListingSoldOut | ListingRestocked | None:
    """What the free quantity means for the listing: sold out (L4), for sale again (L5), or nothing."""
    enough = listing.quantity_available >= listing.min_order_quantity
    job = system("job")  # what stock does to a listing is the system's doing, whoever moved it
    if not enough and LISTING.may(listing.listing_status, "stock_out"):
        machine.move(tx, listing, "stock_out", job.role)
        return ListingSoldOut(listing.listing_id, actor)
    if enough and listing.listing_status == SOLD_OUT:
        machine.move(tx, listing, "restock_pre_order" if is_growing(listing) else "restock", job.role)
        return ListingRestocked(listing.listing_id, actor)
    return None


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


def _movements(tx: Tx, order_item_ids: Sequence[int]) -> Sequence[StockMovement]:
    """What has been moved for these items."""
    query = select(StockMovement).where(StockMovement.order_item_id.in_(order_item_ids))
    return tx.session.scalars(query).all()
