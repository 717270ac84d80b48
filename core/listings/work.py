"""What a farmer has for sale, or ever had: asked before a role changes (DR-201)."""

from sqlalchemy import select

from core.db import Tx
from core.events import WorkSought
from core.listings.machine import INACTIVE
from core.listings.models import Listing
from core.money import ZERO


def work_sought(tx: Tx, asked: WorkSought) -> None:
    """Reaction: listings with stock are open work; any listing at all is past work."""
    found = tx.session.execute(
        select(Listing.listing_id, Listing.listing_status, Listing.quantity_available)
        .where(Listing.farmer_id == asked.user_id)
        .order_by(Listing.listing_id)
    )
    for row in found:
        name = f"listing:{row.listing_id}"
        asked.ever.append(name)
        if row.listing_status != INACTIVE and row.quantity_available > ZERO:
            asked.open.append(name)
