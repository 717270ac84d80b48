"""What other farmers ask for a product: the comparison's last resort (DR-501)."""

from sqlalchemy import bindparam, select

from core.db import Tx
from core.events import PeersSought
from core.listings.machine import AVAILABLE, PRE_ORDER
from core.listings.models import Listing

# The newest are asked, each status by its index: a mean of thousands would cost more and say no more.
MOST_PEERS = 50

_NEWEST = (
    select(Listing.current_price, Listing.unit, Listing.kg_per_unit)
    .where(
        Listing.product_id == bindparam("product_id"),
        Listing.listing_status == bindparam("status"),
        Listing.farmer_id != bindparam("farmer_id"),
    )
    .order_by(Listing.listing_id.desc())
    .limit(MOST_PEERS)
)


def peers_sought(tx: Tx, sought: PeersSought) -> None:
    """Reaction: the newest prices of other farmers, those for sale now before those to come."""
    for status in (AVAILABLE, PRE_ORDER):
        rows = tx.look(_NEWEST, product_id=sought.product_id, status=status, farmer_id=sought.farmer_id)
        sought.prices.extend((row.current_price, row.unit, row.kg_per_unit) for row in rows)
    del sought.prices[MOST_PEERS:]
