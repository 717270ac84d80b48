"""What happens to a farm happens to its listings: moved, closed, certified, its farmer switched off."""

from sqlalchemy import ColumnElement, select

from core.db import Tx
from core.events import (
    CertificateDecided,
    FarmClosed,
    FarmerWoken,
    FarmMoved,
    PersonHeard,
    PlaceMoved,
    UserDeactivated,
)
from core.farms.models import Farm
from core.listings import pausing, rules
from core.listings.hands import FARMER
from core.listings.locks import lock_listings
from core.listings.machine import INACTIVE
from core.listings.models import Listing
from core.locations import service as locations
from core.locations.models import Location
from core.users import service as users

CLOSED = "closed"


def place_moved(tx: Tx, happened: PlaceMoved) -> None:
    """Reaction: listings of the farms there are found at the new place."""
    farms = select(Farm.farm_id).where(Farm.location_id == happened.location_id)
    _find_at(tx, happened.location_id, Listing.farm_id.in_(farms))


def farm_moved(tx: Tx, happened: FarmMoved) -> None:
    """Reaction: listings of the farm are found at its new place."""
    farm = tx.session.get_one(Farm, happened.farm_id)
    _find_at(tx, farm.location_id, Listing.farm_id == farm.farm_id)


def farm_closed(tx: Tx, happened: FarmClosed) -> None:
    """Reaction: nothing of a closed farm is for sale (L6)."""
    up = select(Listing.listing_id).where(
        Listing.farm_id == happened.farm_id, Listing.listing_status != INACTIVE
    )
    pausing.take_all_down(tx, tx.session.scalars(up).all(), CLOSED)


def certificate_decided(tx: Tx, happened: CertificateDecided) -> None:
    """Reaction: without an approved certificate nothing of the farm is called organic (DR-403)."""
    if happened.approved:
        return
    called = select(Listing.listing_id).where(
        Listing.farm_id == happened.farm_id, Listing.is_organic_certified
    )
    for listing in lock_listings(tx, tx.session.scalars(called)).values():
        listing.is_organic_certified = False


def farmer_off(tx: Tx, happened: UserDeactivated) -> None:
    """Reaction: whoever was switched off sells nothing (DR-209, L6)."""
    pausing.farmer_off(tx, happened.user_id)


def farmer_heard(tx: Tx, happened: PersonHeard) -> None:
    """Reaction: a sign of life from a farmer brings back what was paused for silence (DR-815)."""
    user = users.get(tx, happened.user_id)
    if user.user_role == FARMER and user.is_active:
        back = pausing.wake_farmer(tx, users.actor_for(user, "job"))
        if back:
            tx.emit(FarmerWoken(back[0].listing_id, len(back)))


def _find_at(tx: Tx, location_id: int, which: ColumnElement[bool]) -> None:
    location = tx.session.get_one(Location, location_id)
    point = locations.point_of(tx, location)
    for listing in lock_listings(tx, tx.session.scalars(select(Listing.listing_id).where(which))).values():
        listing.ward_code = location.ward_code
        listing.county_code = tx.parts.places.get(location.ward_code).county_code
        listing.cell = rules.cell_of(point.lat, point.lon)
