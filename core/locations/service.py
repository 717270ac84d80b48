"""People's own places: the ward, the words that find the door, which is the default (DR-301 to DR-303)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from core.actor import Actor
from core.db import Tx
from core.errors import NotFound
from core.events import DefaultPlaceChanged, FarmsThereSought, OpenOrdersSought, PlaceMoved, UserRegistered
from core.locations.errors import NotInKenya, PlaceInUse
from core.locations.models import Location
from core.locations.places import Point, Ward
from core.permissions import Verb
from core.users import defaults
from core.users import service as users
from core.words import tidy

LANDMARK_LENGTH = 120
LABEL_LENGTH = 40


@dataclass(frozen=True)
class LocationView:
    """A place as its owner sees it; latitude and longitude in degrees, None where only the ward is known."""

    location_id: int
    label: str
    county: str
    sub_county: str
    ward: str
    landmark: str
    latitude: float | None
    longitude: float | None
    is_default: bool
    created_at: datetime


def add(
    tx: Tx,
    actor: Actor,
    *,
    ward_code: int,
    landmark: str = "",
    label: str = "",
    default: bool = True,
    point: Point | None = None,
) -> Location:
    """Keep a place of the actor; the first one is the default whatever `default` says (DR-301).

    landmark  by which a rider finds the door, cut to 120 characters
    point     where a channel has a position; it must lie in Kenya's box (DR-303)

    Raises UnknownWard, NotInKenya, NotAllowed.
    """
    user = users.may(tx, actor, "create", "locations", own=True, verified=False)
    return _keep(tx, user.user_id, ward_code, landmark, label=label, default=default, point=point)


def default_of(tx: Tx, user_id: int) -> Location | None:
    """The person's default place, or None."""
    return defaults.default_of(tx, Location, user_id)


def mine(tx: Tx, actor: Actor) -> Sequence[Location]:
    """The actor's places, the default first, then the most recently used."""
    return defaults.listed(tx, Location, actor.user_id or 0)


def owned(tx: Tx, actor: Actor, location_id: int) -> Location:
    """One of the actor's own places; anybody else's is NotFound (DR-211)."""
    return defaults.owned(tx, actor, Location, location_id, "location")


def read(tx: Tx, actor: Actor, *, location_id: int) -> LocationView:
    """One place; an admin may read anybody's (2.1). Raises NotFound, NotAllowed."""
    return view(_in_hand(tx, actor, "read", location_id))


def default_place(tx: Tx, actor: Actor) -> LocationView:
    """Where the actor's goods go unless she says otherwise; raises NotFound while she has no place."""
    users.may(tx, actor, "read", "locations", own=True, verified=False)
    found = default_of(tx, actor.user_id) if actor.user_id is not None else None
    if found is None:
        raise NotFound(record="location")
    return view(found)


def change(
    tx: Tx,
    actor: Actor,
    *,
    location_id: int,
    ward_code: int | None = None,
    landmark: str | None = None,
    label: str | None = None,
    point: Point | None = None,
) -> Location:
    """Change what is said of a place; None leaves it. A new ward without a point forgets the old point.

    Orders keep the address they were placed with (DR-302). Emits PlaceMoved.
    Raises NotFound, UnknownWard, NotInKenya, NotAllowed.
    """
    location = _in_hand(tx, actor, "update", location_id)
    if point is not None:
        check_point(tx, point)
    if ward_code is not None and ward_code != location.ward_code:
        _name(location, tx.parts.places.get(ward_code))
        location.latitude = location.longitude = None
    if point is not None:
        location.latitude, location.longitude = point
    if landmark is not None:
        location.landmark = tidy(landmark, LANDMARK_LENGTH)
    if label is not None:
        location.label = tidy(label, LABEL_LENGTH)
    tx.flush()
    tx.note(f"location:{location_id}", "changed")
    if point is not None or ward_code is not None:
        tx.emit(PlaceMoved(location.user_id, location_id))
    return location


def set_landmark(tx: Tx, actor: Actor, *, location_id: int, landmark: str) -> Location:
    """Say by what a rider finds the door at one of the actor's places (DR-303)."""
    return change(tx, actor, location_id=location_id, landmark=landmark)


def set_default(tx: Tx, actor: Actor, *, location_id: int) -> Location:
    """Make it the default; the one before stops being it in the same transaction (DR-301).

    Emits DefaultPlaceChanged. Raises NotFound, NotAllowed.
    """
    location = _in_hand(tx, actor, "update", location_id)
    if location.default_of is None:
        defaults.make_default(tx, location)
        tx.note(f"location:{location_id}", "default")
        tx.emit(DefaultPlaceChanged(location.user_id))
    return location


def remove(tx: Tx, actor: Actor, *, location_id: int) -> None:
    """Delete a place softly; of the others the most recently used becomes default (DR-302, DR-212).

    Raises PlaceInUse(count) while an open order is brought there or a farm lies there, NotFound, NotAllowed.
    """
    location = _in_hand(tx, actor, "delete", location_id)
    orders, farms = OpenOrdersSought("location", location_id), FarmsThereSought(location_id)
    tx.emit(orders)
    tx.emit(farms)
    if orders.promised or farms.farm_ids:
        raise PlaceInUse(count=len(orders.promised) + len(farms.farm_ids))
    was_default = location.default_of is not None
    defaults.retire(tx, location)
    tx.note(f"location:{location_id}", "deleted")
    if was_default:
        tx.emit(DefaultPlaceChanged(location.user_id))


def view(location: Location) -> LocationView:
    """The place as its owner sees it."""
    return LocationView(
        location_id=location.location_id,
        label=location.label,
        county=location.county,
        sub_county=location.subcounty,
        ward=location.ward,
        landmark=location.landmark,
        latitude=location.latitude,
        longitude=location.longitude,
        is_default=location.default_of is not None,
        created_at=location.created_at,
    )


def point_of(tx: Tx, location: Location) -> Point:
    """Where the place is: its own position, else the middle of its ward (DR-303)."""
    return point_at(tx, location.latitude, location.longitude, location.ward_code)


def point_at(tx: Tx, latitude: float | None, longitude: float | None, ward_code: int) -> Point:
    """As point_of, of the columns alone."""
    if latitude is not None and longitude is not None:
        return Point(latitude, longitude)
    return tx.parts.places.get(ward_code).point


def first_place(tx: Tx, happened: UserRegistered) -> None:
    """Reaction: whoever said where they are at registration has a default place."""
    if happened.ward_code is not None:
        _keep(tx, happened.user_id, happened.ward_code, happened.landmark)


def _keep(
    tx: Tx,
    user_id: int,
    ward_code: int,
    landmark: str,
    *,
    label: str = "",
    default: bool = True,
    point: Point | None = None,
) -> Location:
    ward = tx.parts.places.get(ward_code)
    if point is not None:
        check_point(tx, point)
    defaults.lock_owner(tx, user_id)
    location = Location(
        user_id=user_id,
        label=tidy(label, LABEL_LENGTH),
        landmark=tidy(landmark, LANDMARK_LENGTH),
        latitude=point.lat if point else None,
        longitude=point.lon if point else None,
        created_at=tx.now,
        used_at=tx.now,
    )
    _name(location, ward)
    defaults.keep(tx, location, default=default)
    tx.note(f"location:{location.location_id}", f"{ward.ward}, {ward.subcounty}")
    if location.default_of is not None:
        tx.emit(DefaultPlaceChanged(user_id))
    return location


def _in_hand(tx: Tx, actor: Actor, verb: Verb, location_id: int) -> Location:
    return defaults.in_hand(tx, actor, Location, location_id, verb, "locations")


def _name(location: Location, ward: Ward) -> None:
    """The names are copies: they are read with every delivery, and a ward is never renamed under one."""
    location.ward_code, location.ward = ward.code, ward.ward
    location.subcounty, location.county = ward.subcounty, ward.county


def check_point(tx: Tx, point: Point) -> None:
    """Raise NotInKenya outside the box of DR-303: south, west, north, east in degrees."""
    south, west, north, east = map(float, tx.setting("location.kenya_box").split(","))
    inside = south <= point.lat <= north and west <= point.lon <= east
    if not (isfinite(point.lat) and isfinite(point.lon) and inside):
        raise NotInKenya
