"""What is still growing: expected, asked about on its day, harvested, late (L3, L8, DR-407, DR-408)."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from core.actor import Actor, system
from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.duties import service as duties
from core.errors import WrongState
from core.events import HarvestDue, HarvestMissed, HarvestPostponed, ListingHarvested, OpenOrdersSought
from core.listings import hands, machine, rules
from core.listings.errors import HarvestDateWrong, OrdersWaiting
from core.listings.locks import lock_listings
from core.listings.machine import INACTIVE, LISTING
from core.listings.models import Listing
from core.listings.standing import take_down
from core.listings.stock import have, is_growing
from core.money import ZERO

# When a farmer is asked about the harvest of the day, and when one is given up: early, in her morning.
ASKED_AT = time(7)


def harvested(tx: Tx, actor: Actor, listing_id: int, quantity: Decimal, on: date | None = None) -> Listing:
    """L3: what was still growing is harvested; both days are kept (DR-408), orders share it out (DR-407).

    quantity  what there is of it in all, promised or not, in the listing's unit; zero: nothing came of it
    on        the day it was harvested, today if not said

    What is not promised is free for sale. Emits ListingHarvested.
    Raises NotFound, NotAllowed, WrongState, QuantityOutOfBounds, WholeNumbersOnly, HarvestDateWrong.
    """
    listing, role = hands.taken(tx, actor, listing_id, agent_too=True)
    there = rules.check_stock(quantity, listing.unit)
    today = nairobi_date(tx.now)
    if on is not None and on > today:
        raise HarvestDateWrong
    if not is_growing(listing):
        raise WrongState(machine=LISTING.name, status=listing.listing_status, event="harvest")
    machine.move(tx, listing, "harvest", role)
    listing.harvest_date = on or today
    _forget(tx, listing_id)
    free = max(there - promised(tx, listing_id), ZERO)
    have(tx, actor, listing, free, "harvest")
    tx.emit(ListingHarvested(listing_id, there, actor))
    return hands.told(tx, actor, listing)


def delay(tx: Tx, actor: Actor, *, listing_id: int, expected_harvest_date: date) -> Listing:
    """L8: it is not ready after all; nobody may wait for it.

    Raises NotFound, NotAllowed, WrongState, HarvestDateWrong, OrdersWaiting(count).
    """
    listing, role = hands.taken(tx, actor, listing_id, agent_too=True)
    LISTING.step(listing.listing_status, "delay", role)
    waiting = _waiting(tx, listing_id)
    if waiting:
        raise OrdersWaiting(count=len(waiting))
    expect(tx, listing, expected_harvest_date)
    machine.move(tx, listing, "delay", role)
    return hands.told(tx, actor, listing)


def postpone(tx: Tx, actor: Actor, *, listing_id: int, expected_harvest_date: date) -> Listing:
    """What is still growing takes longer than was said, or less; whoever ordered it may cancel (DR-407).

    Emits HarvestPostponed. Raises NotFound, NotAllowed, WrongState, HarvestDateWrong.
    """
    listing, _ = hands.taken(tx, actor, listing_id, agent_too=True)
    if not is_growing(listing) or listing.listing_status == INACTIVE:
        raise WrongState(machine=LISTING.name, status=listing.listing_status, event="postpone")
    expect(tx, listing, expected_harvest_date)
    tx.emit(HarvestPostponed(listing_id, expected_harvest_date, actor))
    return hands.told(tx, actor, listing)


def promised(tx: Tx, listing_id: int) -> Decimal:
    """What of a listing is promised to orders and still to be handed over, in its unit."""
    return sum(_waiting(tx, listing_id).values(), ZERO)


def _waiting(tx: Tx, listing_id: int) -> dict[int, Decimal]:
    sought = OpenOrdersSought("listing", listing_id)
    tx.emit(sought)
    return sought.promised


def expect(tx: Tx, listing: Listing, on: date) -> None:
    """Set the day on which it will be ready, and ask again on that day (L2, L7, L8)."""
    rules.check_harvest(nairobi_date(tx.now), None, on, tx.setting("listing.preorder_max_days"))
    listing.expected_harvest_date, listing.harvest_date = on, None
    listing.touched_at = tx.now
    tx.note(f"listing:{listing.listing_id}", f"expected {on.isoformat()}")
    remember(tx, listing)


def remember(tx: Tx, listing: Listing) -> None:
    """Have the farmer asked on the expected day, and the harvest given up `listing.preorder_late_days` after
    it (DR-407)."""
    expected = listing.expected_harvest_date
    assert expected is not None, "only what is expected can be late"
    listing_id, asked = listing.listing_id, tx.now.isoformat()
    _forget(tx, listing_id)
    given_up = expected + timedelta(days=tx.setting("listing.preorder_late_days") + 1)
    # The moment is in the key: a day that is named again, after another one, is asked about again.
    duties.want(tx, "harvest_due", listing_id, at=_morning(expected), key=f"harvest_due:{listing_id}:{asked}")
    duties.want(
        tx, "harvest_late", listing_id, at=_morning(given_up), key=f"harvest_late:{listing_id}:{asked}"
    )


def due(tx: Tx, listing_id: int) -> None:
    """Duty: the expected day has come; the farmer is asked what was harvested (L3)."""
    listing = lock_listings(tx, [listing_id])[listing_id]
    if is_growing(listing) and listing.listing_status != INACTIVE:
        tx.emit(HarvestDue(listing_id, system("job")))


def late(tx: Tx, listing_id: int) -> None:
    """Duty: it has not come; its orders are cancelled by whoever keeps them, and nobody can order more."""
    listing = lock_listings(tx, [listing_id])[listing_id]
    if not is_growing(listing):
        return
    job = system("job")
    if listing.listing_status != INACTIVE:
        take_down(tx, job, listing, job.role, "unharvested")
    tx.emit(HarvestMissed(listing_id, job))


def _morning(day: date) -> datetime:
    return datetime.combine(day, ASKED_AT, NAIROBI)


def _forget(tx: Tx, listing_id: int) -> None:
    duties.drop(tx, "harvest_due", listing_id)
    duties.drop(tx, "harvest_late", listing_id)
