"""What silence, or an account switched off, took off sale, and what of it came back (DR-815)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.db import Tx
from core.listings import pausing
from core.listings.machine import INACTIVE
from core.listings.models import Listing


@dataclass(frozen=True)
class Woken:
    """The largest listing that is for sale again, in its unit, and how many came back with it."""

    listing_id: int
    product_id: int
    quantity: Decimal
    unit: str
    kg: Decimal
    others: int


_PAUSED = select(Listing.listing_id).where(
    Listing.farmer_id == bindparam("farmer_id"),
    Listing.listing_status == INACTIVE,
    Listing.off_reason.in_(pausing.PAUSES),
)
_UP_AGAIN = (
    select(
        Listing.listing_id,
        Listing.product_id,
        Listing.quantity_available,
        Listing.unit,
        Listing.kg_per_unit,
    )
    .where(Listing.listing_id.in_(bindparam("ids", expanding=True)), Listing.listing_status != INACTIVE)
    .order_by((Listing.quantity_available * Listing.kg_per_unit).desc(), Listing.listing_id)
)


def paused(tx: Tx, actor: Actor) -> list[int]:
    """The acting farmer's listings that her next sign of life brings back, by id; one narrow look."""
    return list(tx.look(_PAUSED, farmer_id=actor.user_id).scalars())


def wake(tx: Tx, actor: Actor, listing_ids: Sequence[int]) -> Woken | None:
    """Bring back what was paused, if her sign of life has not done so already; of `listing_ids`, which
    `paused` told, the largest that is for sale again is the one to ask about. None if none is.

    Raises what `pausing.wake_farmer` raises.
    """
    pausing.wake_farmer(tx, actor)
    tx.flush()
    back = tx.look(_UP_AGAIN, ids=list(listing_ids)).all() if listing_ids else []
    if not back:
        return None
    first = back[0]
    return Woken(
        listing_id=first.listing_id,
        product_id=first.product_id,
        quantity=first.quantity_available,
        unit=first.unit,
        kg=first.quantity_available * first.kg_per_unit,
        others=len(back) - 1,
    )
