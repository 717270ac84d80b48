"""The one order in which listings are locked: ascending listing_id (DR-410)."""

from collections.abc import Iterable

from sqlalchemy import select

from core.db import Tx
from core.errors import NotFound
from core.listings.models import Listing


def lock_listings(tx: Tx, listing_ids: Iterable[int]) -> dict[int, Listing]:
    """Lock these listings until the transaction ends and read them fresh; by id, all or NotFound."""
    wanted = sorted(set(listing_ids))
    locked = tx.session.scalars(
        select(Listing)
        .where(Listing.listing_id.in_(wanted))
        .order_by(Listing.listing_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(locked) != len(wanted):
        raise NotFound(record="listing")
    return {listing.listing_id: listing for listing in locked}
