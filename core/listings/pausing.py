"""All listings of a farmer at once: paused for silence, brought back by a sign of life, off with her (DR-815,
DR-209)."""

from collections.abc import Iterable

from sqlalchemy import select

from core.actor import Actor, system
from core.clock import nairobi_date
from core.db import Tx
from core.listings.hands import FARMER
from core.listings.locks import lock_listings
from core.listings.machine import INACTIVE
from core.listings.models import Listing
from core.listings.standing import put_back, take_down
from core.listings.stock import is_growing
from core.users import hearing
from core.users import service as users

SILENCE, OFF = "silence", "off"
# What a sign of life ends: whoever was switched off gives none before she is on again.
PAUSES = (SILENCE, OFF)


def pause_farmer(tx: Tx, farmer_id: int) -> int:
    """All her listings pause after a rejection for silence (DR-815, L6); returns how many went down.

    Whatever comes from her number next brings them back.
    """
    hearing.listen_for(tx, users.get(tx, farmer_id))
    return _down(tx, farmer_id, SILENCE)


def farmer_off(tx: Tx, farmer_id: int) -> int:
    """A farmer who was switched off sells nothing (DR-209, L6); returns how many went down."""
    return _down(tx, farmer_id, OFF)


def wake_farmer(tx: Tx, actor: Actor) -> list[Listing]:
    """A dial or text of hers brings back what silence had paused (DR-815, L7), and what came down while her
    account was off; [] when nothing was.

    Returns what is for sale again, the largest first: the one to ask "still so?" about. What has no stock for
    the least order, or whose harvest day has passed, waits for her word. Raises what users.acting raises.
    """
    user = users.acting(tx, actor, FARMER, verified=False)
    paused = tx.session.scalars(
        select(Listing.listing_id).where(
            Listing.farmer_id == user.user_id,
            Listing.listing_status == INACTIVE,
            Listing.off_reason.in_(PAUSES),
        )
    ).all()
    back = []
    for listing in lock_listings(tx, paused).values():
        if listing.off_reason in PAUSES and listing.listing_status == INACTIVE and _stands(tx, listing):
            put_back(tx, actor, listing, FARMER)
            back.append(listing)
    return sorted(back, key=lambda one: (-one.quantity_available * one.kg_per_unit, one.listing_id))


def take_all_down(tx: Tx, listing_ids: Iterable[int], reason: str) -> int:
    """L6 by the system for each of these that is not down already; returns how many went down."""
    job = system("job")
    up = [one for one in lock_listings(tx, listing_ids).values() if one.listing_status != INACTIVE]
    for listing in up:
        take_down(tx, job, listing, job.role, reason)
    return len(up)


def _down(tx: Tx, farmer_id: int, reason: str) -> int:
    hers = select(Listing.listing_id).where(
        Listing.farmer_id == farmer_id, Listing.listing_status != INACTIVE
    )
    return take_all_down(tx, tx.session.scalars(hers).all(), reason)


def _stands(tx: Tx, listing: Listing) -> bool:
    if listing.quantity_available < listing.min_order_quantity:
        return False
    expected = listing.expected_harvest_date
    return not is_growing(listing) or (expected is not None and expected > nairobi_date(tx.now))
