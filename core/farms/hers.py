"""A farmer's own farms in short, as a keypad shows them; one narrow look each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select

from core.actor import Actor
from core.db import Tx
from core.errors import NotFound
from core.farms.models import Farm
from core.locations.models import Location

MOST = 49


@dataclass(frozen=True)
class OwnFarm:
    """One of the actor's open farms; `landmark` is empty while no words for its door are known (DR-303).

    certificate_status  none, pending, approved or refused (DR-403)
    takes_cash          whether it takes orders that are paid in cash (DR-908)
    """

    farm_id: int
    name: str
    location_id: int
    ward_code: int
    ward: str
    landmark: str
    zone: str
    certificate: str
    certificate_status: str
    takes_cash: bool


def farms(tx: Tx, actor: Actor) -> list[OwnFarm]:
    """The actor's open farms, the oldest first, at most MOST."""
    return list(_read(tx, _ALL, farmer_id=actor.user_id))


def farm(tx: Tx, actor: Actor, *, farm_id: int) -> OwnFarm:
    """One of the actor's open farms. Raises NotFound for anybody else's (DR-211)."""
    for found in _read(tx, _ONE, farmer_id=actor.user_id, farm_id=farm_id):
        return found
    raise NotFound(record="farm", id=farm_id)


def _read(tx: Tx, query: Select[Any], **values: object) -> Iterator[OwnFarm]:
    return (OwnFarm(*tuple(row)) for row in tx.look(query, **values))


def _some(*which: ColumnElement[bool]) -> Select[Any]:
    columns: Sequence[Any] = (
        *(Farm.farm_id, Farm.farm_name, Location.location_id, Location.ward_code, Location.ward),
        *(Location.landmark, Farm.weather_zone, Farm.certificate, Farm.certificate_status, Farm.takes_cash),
    )
    return (
        select(*columns)
        .join(Location, Location.location_id == Farm.location_id)
        .where(Farm.farmer_id == bindparam("farmer_id"), Farm.is_active, *which)
        .order_by(Farm.farm_id)
        .limit(MOST)
    )


_ALL = _some()
_ONE = _some(Farm.farm_id == bindparam("farm_id"))
