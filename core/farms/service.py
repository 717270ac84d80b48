"""Farms of farmers (DR-305)."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.actor import Actor
from core.db import Tx
from core.errors import NotFound
from core.events import UserRegistered
from core.farms.errors import FarmNameMissing, NoFarm
from core.farms.models import Farm
from core.locations import service as locations
from core.users import service as users
from core.words import tidy

NAME_LENGTH = 60


def open_farm(tx: Tx, actor: Actor, *, name: str, location_id: int) -> Farm:
    """Open a farm at one of the actor's own places; farmers only (DR-213, DR-305).

    Raises NotAllowed, NotFound (a foreign place), FarmNameMissing.
    """
    user = users.acting(tx, actor, "farmer", verified=False)
    shown = tidy(name, NAME_LENGTH)
    if not shown:
        raise FarmNameMissing
    location = locations.owned(tx, actor, location_id)
    farm = Farm(
        farmer_id=user.user_id,
        farm_name=shown,
        location_id=location.location_id,
        location=location,
        created_at=tx.now,
    )
    tx.session.add(farm)
    tx.flush()
    tx.note(f"farm:{farm.farm_id}", "opened")
    return farm


def first_of(tx: Tx, farmer_id: int) -> Farm:
    """The farmer's first active farm, with its location; raises NoFarm."""
    farm = tx.session.scalar(
        select(Farm)
        .where(Farm.farmer_id == farmer_id, Farm.is_active)
        .options(joinedload(Farm.location))
        .order_by(Farm.farm_id)
        .limit(1)
    )
    if farm is None:
        raise NoFarm
    return farm


def owned(tx: Tx, actor: Actor, farm_id: int) -> Farm:
    """One of the actor's own active farms, with its location; anybody else's is NotFound (DR-211)."""
    farm = tx.session.scalar(
        select(Farm)
        .where(Farm.farm_id == farm_id, Farm.farmer_id == actor.user_id, Farm.is_active)
        .options(joinedload(Farm.location))
    )
    if farm is None:
        raise NotFound(record="farm", id=farm_id)
    return farm


def first_farm(tx: Tx, happened: UserRegistered) -> None:
    """Reaction: a farmer who said where she is has a farm that bears her first name."""
    if happened.actor.role != "farmer" or happened.ward_code is None:
        return
    location = locations.default_of(tx, happened.user_id)
    assert location is not None, "locations.first_place comes before this reaction"
    user = users.get(tx, happened.user_id)
    open_farm(tx, happened.actor, name=user.first_name or location.ward, location_id=location.location_id)
