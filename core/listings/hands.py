"""Whose hand is on a listing: the farmer's, her agent's, an admin's; anybody else finds nothing (DR-403)."""

from core.actor import Actor
from core.db import Tx
from core.errors import NotAllowed, NotFound
from core.farms import agents
from core.farms import service as farms
from core.listings.locks import lock_listings
from core.listings.models import Listing
from core.users import service as users

FARMER = "farmer"


def taken(tx: Tx, actor: Actor, listing_id: int, *, agent_too: bool = False) -> tuple[Listing, str]:
    """The listing, locked and fresh, and the role in which the actor has a hand on it.

    farmer for the farmer herself and for her field agent (DR-221), admin for an admin.

    agent_too  it is stock, which an agent may change too: the verb then calls `told`

    Raises NotFound for another's listing, NotAllowed and what users.acting raises.
    """
    user = users.acting(tx, actor)
    listing = lock_listings(tx, [listing_id])[listing_id]
    if user.user_role == "admin":
        users.may(tx, actor, "update", "listings", own=False, listing_id=listing_id)
        return listing, user.user_role
    if listing.farmer_id != user.user_id:
        _acting_on(tx, actor, listing, agent_too)
        return listing, FARMER
    users.may(tx, actor, "update", "listings", own=True, listing_id=listing_id)
    return listing, FARMER


def told(tx: Tx, actor: Actor, listing: Listing, what: str = "restocked") -> Listing:
    """The listing again, and where an agent has done it, the farmer is told (DR-221)."""
    record = f"listing:{listing.listing_id}"
    agents.acted(tx, actor, farmer_id=listing.farmer_id, what=what, record=record)
    return listing


def _acting_on(tx: Tx, actor: Actor, listing: Listing, agent_too: bool) -> None:
    """Somebody else's listing looks as if it were not there, unless its farm is in the actor's hands."""
    try:
        farms.acting_on(tx, actor, listing.farm_id)
    except (NotFound, NotAllowed):
        raise NotFound(record="listing", id=listing.listing_id) from None
    if not agent_too:
        raise NotAllowed(role=actor.role, verb="update", resource="listings")
