"""Every night: what nobody has touched for long, and what cannot be fresh any more, comes down (L6)."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, select

from core.clock import nairobi_date
from core.db import Tx
from core.duties import service as duties
from core.listings.machine import AVAILABLE, INACTIVE, LISTING
from core.listings.models import Listing
from core.listings.pausing import take_all_down

# So many in one transaction: a night's work must not hold locks for long.
MOST_AT_ONCE = 200
STALE, PERISHABLE = "stale", "perishable"
UP = tuple(status for status in LISTING.statuses if status not in (INACTIVE, "(new)"))


def take_down_old(tx: Tx) -> int:
    """Take down up to MOST_AT_ONCE listings untouched for `listing.stale_days`, and as many perishables older
    than `listing.perishable_days`; returns how many came down, 0 when nothing is old."""
    today = nairobi_date(tx.now)
    untouched = tx.now - timedelta(days=tx.setting("listing.stale_days"))
    oldest = today - timedelta(days=tx.setting("listing.perishable_days"))
    perishables = tx.parts.products.perishable_ids()
    stale = [
        listing_id
        for status in UP
        for listing_id in _some(tx, Listing.listing_status == status, Listing.touched_at < untouched)
    ]
    gone_off = _some(
        tx,
        Listing.listing_status == AVAILABLE,
        Listing.harvest_date < oldest,
        Listing.product_id.in_(perishables),
    )
    down = take_all_down(tx, stale, STALE)
    return down + take_all_down(tx, set(gone_off) - set(stale), PERISHABLE)


def _some(tx: Tx, *which: ColumnElement[bool]) -> Sequence[int]:
    return tx.session.scalars(select(Listing.listing_id).where(*which).limit(MOST_AT_ONCE)).all()


def nightly(tx: Tx, _day: int) -> None:
    """Duty: as take_down_old; while there is more, again in a moment."""
    if take_down_old(tx) >= MOST_AT_ONCE:
        duties.want(tx, "old_listings", 0, key=f"old_listings:{tx.now.isoformat()}")
