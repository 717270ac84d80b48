"""Farms of farmers (DR-305)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import load_only

from core.actor import Actor
from core.db import Tx
from core.errors import NotFound
from core.events import FarmsThereSought, RoleChanged, UserRegistered
from core.farms import agents
from core.farms.errors import FarmNameMissing, UnknownZone
from core.farms.models import Farm
from core.locations import service as locations
from core.locations.models import Location
from core.locations.places import Point
from core.users import service as users
from core.users.models import User
from core.words import tidy

NAME_LENGTH = 60
APPROVED = "approved"
ZONES = ("highland", "midland", "lowland", "coastal", "arid")


@dataclass(frozen=True)
class FarmInShort:
    """A farm and where it is; `landmark` is empty while no words for its door are known (DR-303)."""

    farm_id: int
    farm_name: str
    location_id: int
    ward_code: int
    landmark: str


@dataclass(frozen=True)
class Ground:
    """A farm in the hands of whoever acts on it.

    user       who acts: the farmer, or her agent (DR-221)
    point      where it lies, by its own position or its ward's (DR-303)
    certified  its organic certificate was approved (DR-403)
    """

    user: User
    farm_id: int
    farmer_id: int
    ward_code: int
    point: Point
    certified: bool


_FARMER_AND_WARD = (
    select(User, Location.ward_code, Location.latitude, Location.longitude, Farm.certificate_status)
    .outerjoin(
        Farm, and_(Farm.farmer_id == User.user_id, Farm.farm_id == bindparam("farm_id"), Farm.is_active)
    )
    .outerjoin(Location, Location.location_id == Farm.location_id)
    .where(User.user_id == bindparam("user_id"))
    # What decides whether she may act and how she is told; a column more is a cost at every publishing.
    .options(
        load_only(
            *(User.phone_number, User.user_role, User.preferred_language, User.is_active, User.is_verified),
            *(User.sms_notifications, User.order_updates),
        )
    )
)
_OF_ANYBODY = (
    select(
        *(Farm.farmer_id, Location.ward_code, Location.latitude, Location.longitude, Farm.certificate_status)
    )
    .join(Location, Location.location_id == Farm.location_id)
    .join(User, User.user_id == Farm.farmer_id)
    .where(Farm.farm_id == bindparam("farm_id"), Farm.is_active, User.is_active, User.user_role == "farmer")
)
_FIRST = (
    select(Farm.farm_id, Farm.farm_name, Location.location_id, Location.ward_code, Location.landmark)
    .join(Location, Location.location_id == Farm.location_id)
    .where(Farm.farmer_id == bindparam("farmer_id"), Farm.is_active)
    .order_by(Farm.farm_id)
    .limit(1)
)


def open_farm(
    tx: Tx,
    actor: Actor,
    *,
    name: str,
    location_id: int,
    weather_zone: str = "highland",
    is_organic: bool = False,
) -> Farm:
    """Open a farm at one of the actor's own places; farmers only, as many as they have (DR-213, DR-305).

    weather_zone  one of ZONES

    Raises NotAllowed, NotFound (a foreign place), FarmNameMissing, UnknownZone.
    """
    user = users.acting(tx, actor, "farmer", verified=False)
    shown = named(name)
    location = locations.owned(tx, actor, location_id)
    farm = Farm(
        farmer_id=user.user_id,
        farm_name=shown,
        location_id=location.location_id,
        location=location,
        weather_zone=zone(weather_zone),
        is_organic=is_organic,
        created_at=tx.now,
    )
    tx.session.add(farm)
    tx.flush()
    tx.note(f"farm:{farm.farm_id}", "opened")
    return farm


def named(name: str) -> str:
    """A farm's name as it is stored; raises FarmNameMissing."""
    shown = tidy(name, NAME_LENGTH)
    if not shown:
        raise FarmNameMissing
    return shown


def zone(weather_zone: str) -> str:
    """One of ZONES; raises UnknownZone."""
    if weather_zone not in ZONES:
        raise UnknownZone(zone=weather_zone)
    return weather_zone


def first_of(tx: Tx, actor: Actor) -> FarmInShort | None:
    """The farmer's first active farm, or None; one narrow look."""
    row = tx.look(_FIRST, farmer_id=actor.user_id).first()
    if row is None:
        return None
    return FarmInShort(row.farm_id, row.farm_name, row.location_id, row.ward_code, row.landmark)


def acting_on(tx: Tx, actor: Actor, farm_id: int) -> Ground:
    """The active farm of the farmer who acts; one SQL statement. Or that of a farmer whose field agent acts
    (DR-221).

    Raises NotFound for anybody else's farm (DR-211), and what users.acting raises.
    """
    found = tx.session.execute(_FARMER_AND_WARD, {"user_id": actor.user_id, "farm_id": farm_id}).first()
    if found is None or found.ward_code is None:
        theirs = tx.session.execute(_OF_ANYBODY, {"farm_id": farm_id}).first()
        if theirs is not None and agents.may_list(tx, actor, theirs.farmer_id):
            return _ground(tx, theirs, users.acting(tx, actor), farm_id, theirs.farmer_id)
    user = users.acting(tx, actor, "farmer")  # asks no database: the session has her now
    if found is None or found.ward_code is None:
        raise NotFound(record="farm", id=farm_id)
    return _ground(tx, found, user, farm_id, user.user_id)


def _ground(tx: Tx, found: Any, user: User, farm_id: int, farmer_id: int) -> Ground:
    return Ground(
        user=user,
        farm_id=farm_id,
        farmer_id=farmer_id,
        ward_code=found.ward_code,
        point=locations.point_at(tx, found.latitude, found.longitude, found.ward_code),
        certified=found.certificate_status == APPROVED,
    )


def is_certified(tx: Tx, farm_id: int) -> bool:
    """Whether an admin has approved the farm's organic certificate (DR-403)."""
    farm = tx.session.get(Farm, farm_id)
    return farm is not None and farm.certificate_status == APPROVED


def farms_there(tx: Tx, sought: FarmsThereSought) -> None:
    """Reaction: the open farms at a place."""
    there = select(Farm.farm_id).where(Farm.location_id == sought.location_id, Farm.is_active)
    sought.farm_ids.extend(tx.session.scalars(there))


def first_farm(tx: Tx, happened: UserRegistered) -> None:
    """Reaction: a farmer who said where she is has a farm that bears her first name."""
    if happened.actor.role != "farmer" or happened.ward_code is None:
        return
    location = locations.default_of(tx, happened.user_id)
    assert location is not None, "locations.first_place comes before this reaction"
    user = users.get(tx, happened.user_id)
    open_farm(tx, happened.actor, name=user.first_name or location.ward, location_id=location.location_id)


def role_changed(tx: Tx, happened: RoleChanged) -> None:
    """Reaction: who becomes a farmer, and has a place but no farm yet, gets one that bears her first name."""
    if happened.new != "farmer":
        return
    user = users.get(tx, happened.user_id)
    actor = users.actor_for(user, happened.actor.channel, happened.actor.request_id)
    location = locations.default_of(tx, happened.user_id)
    if location is not None and user.is_active and first_of(tx, actor) is None:
        open_farm(tx, actor, name=user.first_name or location.ward, location_id=location.location_id)
