"""A farmer's own produce in short, as a keypad shows it: one narrow look each, no objects loaded.

Whose they are is part of every look: another farmer's listing is not found (DR-211).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, bindparam, select

from core.actor import Actor
from core.db import Tx
from core.errors import NotFound
from core.farms.models import Farm
from core.listings.machine import INACTIVE
from core.listings.models import Listing, StockMovement

# More than a keypad's list holds is never looked at; of old ones many are alike.
MOST = 49
MOST_OLD = 100
MOST_LATELY = 20


@dataclass(frozen=True)
class OwnListing:
    """One of the actor's listings.

    kg          in one unit; kg_is_hers: by her own word, not the catalogue's (DR-112)
    price       KES for one unit
    left        the free quantity, in the unit; what is promised to orders is not in it (DR-405)
    began_with  what she first offered
    least       the least order, in the unit
    harvested, expected  its days; only `expected` while it still grows (DR-408)
    """

    listing_id: int
    farm_id: int
    farm: str
    ward_code: int
    product_id: int
    unit: str
    kg: Decimal
    kg_is_hers: bool
    price: Decimal
    left: Decimal
    began_with: Decimal
    least: Decimal
    grade: str
    organic: bool
    harvested: date | None
    expected: date | None
    status: str

    @property
    def growing(self) -> bool:
        """Whether its harvest is still to come."""
        return self.expected is not None and self.harvested is None


def up(tx: Tx, actor: Actor) -> list[OwnListing]:
    """What is not taken down: for sale, expected or sold out; the newest first, at most MOST."""
    return list(_read(tx, _UP, farmer_id=actor.user_id))


def down(tx: Tx, actor: Actor) -> list[OwnListing]:
    """What was taken down or sold long ago, to be offered again: of what is alike (farm, product, unit) the
    newest alone; at most MOST."""
    return _one_of_a_kind(_read(tx, _DOWN, farmer_id=actor.user_id))[:MOST]


def before(tx: Tx, actor: Actor) -> list[OwnListing]:
    """What she has lately offered, whatever became of it: of what is alike the newest, the last first."""
    return _one_of_a_kind(_read(tx, _EVER, farmer_id=actor.user_id))


def one(tx: Tx, actor: Actor, *, listing_id: int) -> OwnListing:
    """One of the actor's own. Raises NotFound."""
    for listing in _read(tx, _ONE, farmer_id=actor.user_id, listing_id=listing_id):
        return listing
    raise NotFound(record="listing", id=listing_id)


def _one_of_a_kind(listings: Iterator[OwnListing]) -> list[OwnListing]:
    newest: dict[tuple[int, int, str], OwnListing] = {}
    for one_of in listings:
        newest.setdefault((one_of.farm_id, one_of.product_id, one_of.unit), one_of)
    return list(newest.values())


def _read(tx: Tx, query: Select[Any], **values: object) -> Iterator[OwnListing]:
    return (OwnListing(*tuple(row)) for row in tx.look(query, **values))


def _some(*which: Any, limit: int) -> Select[Any]:
    first = (
        select(StockMovement.delta)
        .where(StockMovement.listing_id == Listing.listing_id)
        .order_by(StockMovement.movement_id)
        .limit(1)
        .correlate(Listing)
        .scalar_subquery()
    )
    columns: Sequence[Any] = (
        *(Listing.listing_id, Listing.farm_id, Farm.farm_name, Listing.ward_code),
        *(Listing.product_id, Listing.unit),
        *(Listing.kg_per_unit, Listing.kg_is_hers, Listing.current_price, Listing.quantity_available, first),
        *(Listing.min_order_quantity, Listing.quality_grade, Listing.is_organic_certified),
        *(Listing.harvest_date, Listing.expected_harvest_date, Listing.listing_status),
    )
    return (
        select(*columns)
        .join(Farm, Farm.farm_id == Listing.farm_id)
        .where(Listing.farmer_id == bindparam("farmer_id"), *which)
        .order_by(Listing.listing_id.desc())
        .limit(limit)
    )


_UP = _some(Listing.listing_status != INACTIVE, limit=MOST)
_DOWN = _some(Listing.listing_status == INACTIVE, Farm.is_active, limit=MOST_OLD)
_EVER = _some(Farm.is_active, limit=MOST_LATELY)
_ONE = _some(Listing.listing_id == bindparam("listing_id"), limit=1)
