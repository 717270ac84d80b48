"""What is for sale from a farm, for the field agent to whom its farmer has said YES (DR-221)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, case, select

from core.actor import Actor
from core.db import Tx
from core.farms import agents
from core.listings.machine import INACTIVE
from core.listings.models import Listing
from core.users.models import AgentConsent, FieldAgent

MOST = 49


@dataclass(frozen=True)
class StockAtHand:
    """A listing whose stock the agent may change: `free` and `price` per one `unit`, price in KES.

    expected  the day on which it will be harvested, of what still grows (DR-406)
    """

    listing_id: int
    product_id: int
    unit: str
    free: Decimal
    price: Decimal
    listing_status: str
    expected: date | None


_STOCK = (
    select(
        Listing.listing_id,
        Listing.product_id,
        Listing.unit,
        Listing.quantity_available,
        Listing.current_price,
        Listing.listing_status,
        case((Listing.harvest_date.is_(None), Listing.expected_harvest_date)).label("expected"),
    )
    .join(AgentConsent, AgentConsent.farmer_id == Listing.farmer_id)
    .join(FieldAgent, FieldAgent.user_id == AgentConsent.agent_id)
    .where(
        Listing.farm_id == bindparam("farm_id"),
        Listing.listing_status != INACTIVE,
        AgentConsent.agent_id == bindparam("agent_id"),
        AgentConsent.consent_status == agents.AGREED,
        FieldAgent.is_active,
    )
    .order_by(Listing.listing_id.desc())
    .limit(MOST)
)


def stock_of(tx: Tx, actor: Actor, *, farm_id: int) -> list[StockAtHand]:
    """What that farm sells, the newest first; nothing of farmers who have not agreed. One statement."""
    return [
        StockAtHand(
            row.listing_id,
            row.product_id,
            row.unit,
            row.quantity_available,
            row.current_price,
            row.listing_status,
            row.expected,
        )
        for row in tx.look(_STOCK, farm_id=farm_id, agent_id=actor.user_id)
    ]
