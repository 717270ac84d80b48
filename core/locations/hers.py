"""A person's own places in short, as a keypad shows them; one narrow look each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select

from core.actor import Actor
from core.db import Tx
from core.errors import NotFound
from core.locations.models import Location

MOST = 49


@dataclass(frozen=True)
class OwnPlace:
    """One of the actor's places; `label` and `landmark` may be empty."""

    location_id: int
    label: str
    ward_code: int
    ward: str
    landmark: str
    is_default: bool


def places(tx: Tx, actor: Actor) -> list[OwnPlace]:
    """The actor's places, the default first, then the most recently used, at most MOST."""
    return list(_read(tx, _ALL, user_id=actor.user_id))


def place(tx: Tx, actor: Actor, *, location_id: int) -> OwnPlace:
    """One of the actor's places. Raises NotFound for anybody else's, and for a removed one (DR-211)."""
    for found in _read(tx, _ONE, user_id=actor.user_id, location_id=location_id):
        return found
    raise NotFound(record="location", id=location_id)


def ward_of(tx: Tx, actor: Actor) -> int | None:
    """The ward of the actor's default place, None while she has no place."""
    row = tx.look(_WARD, user_id=actor.user_id).first()
    return None if row is None else int(row.ward_code)


def _read(tx: Tx, query: Select[Any], **values: object) -> Iterator[OwnPlace]:
    for row in tx.look(query, **values):
        location_id, label, ward_code, ward, landmark, default_of = tuple(row)
        yield OwnPlace(location_id, label, ward_code, ward, landmark, default_of is not None)


def _some(*which: ColumnElement[bool]) -> Select[Any]:
    columns: Sequence[Any] = (
        *(Location.location_id, Location.label, Location.ward_code, Location.ward, Location.landmark),
        Location.default_of,
    )
    return (
        select(*columns)
        .where(Location.user_id == bindparam("user_id"), Location.is_active, *which)
        .order_by(Location.default_of.is_(None), Location.used_at.desc(), Location.location_id.desc())
        .limit(MOST)
    )


_ALL = _some()
_ONE = _some(Location.location_id == bindparam("location_id"))
_WARD = select(Location.ward_code).where(Location.default_of == bindparam("user_id"))
