"""People's own places: the ward, the words that find the door, which one is the default (DR-301, DR-303)."""

from collections.abc import Sequence

from sqlalchemy import select

from core.actor import Actor
from core.db import Tx
from core.errors import NotFound
from core.events import UserRegistered
from core.locations.errors import NotInKenya
from core.locations.models import Location
from core.locations.places import Point
from core.users import service as users
from core.users.models import User
from core.words import tidy

LANDMARK_LENGTH = 120


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
    user = users.acting(tx, actor, verified=False)
    return _keep(tx, user, ward_code, landmark, label=label, default=default, point=point)


def default_of(tx: Tx, user_id: int) -> Location | None:
    """The person's default place, or None."""
    return tx.session.scalar(select(Location).where(Location.default_of == user_id))


def mine(tx: Tx, actor: Actor) -> Sequence[Location]:
    """The actor's places, the default first, then the most recently used."""
    return tx.session.scalars(
        select(Location)
        .where(Location.user_id == actor.user_id, Location.is_active)
        .order_by(Location.default_of.is_(None), Location.used_at.desc(), Location.location_id.desc())
    ).all()


def owned(tx: Tx, actor: Actor, location_id: int) -> Location:
    """One of the actor's own places; anybody else's is NotFound (DR-211)."""
    location = tx.session.get(Location, location_id)
    if location is None or location.user_id != actor.user_id or not location.is_active:
        raise NotFound(record="location", id=location_id)
    return location


def set_landmark(tx: Tx, actor: Actor, *, location_id: int, landmark: str) -> Location:
    """Say by what a rider finds the door at one of the actor's places (DR-303)."""
    users.acting(tx, actor, verified=False)
    location = owned(tx, actor, location_id)
    location.landmark = tidy(landmark, LANDMARK_LENGTH)
    tx.note(f"location:{location_id}", "landmark set")
    return location


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
        _keep(tx, users.get(tx, happened.user_id), happened.ward_code, happened.landmark)


def _keep(
    tx: Tx,
    user: User,
    ward_code: int,
    landmark: str,
    *,
    label: str = "",
    default: bool = True,
    point: Point | None = None,
) -> Location:
    ward = tx.parts.places.get(ward_code)
    if point is not None and not _in_kenya(tx, point):
        raise NotInKenya
    _lock_owner(tx, user)
    had_default = default_of(tx, user.user_id) is not None
    if had_default and default:
        _clear_default(tx, user)
    location = Location(
        user_id=user.user_id,
        default_of=user.user_id if default or not had_default else None,
        label=tidy(label, 40),
        ward_code=ward.code,
        county=ward.county,
        subcounty=ward.subcounty,
        ward=ward.ward,
        landmark=tidy(landmark, LANDMARK_LENGTH),
        latitude=point.lat if point else None,
        longitude=point.lon if point else None,
        created_at=tx.now,
        used_at=tx.now,
    )
    tx.session.add(location)
    tx.flush()
    tx.note(f"location:{location.location_id}", f"{ward.ward}, {ward.subcounty}")
    return location


def _in_kenya(tx: Tx, point: Point) -> bool:
    """Whether `point` lies in the box of DR-303: south, west, north, east in degrees."""
    south, west, north, east = map(float, tx.setting("location.kenya_box").split(","))
    return south <= point.lat <= north and west <= point.lon <= east


def _lock_owner(tx: Tx, user: User) -> None:
    """Two first places at once take turns; without this both would want to be the default."""
    tx.session.execute(select(User.user_id).where(User.user_id == user.user_id).with_for_update())


def _clear_default(tx: Tx, user: User) -> None:
    now_default = default_of(tx, user.user_id)
    if now_default is not None:
        now_default.default_of = None
        tx.flush()  # the unique key must be free before the next default is written
