"""What can be bought, in the few columns that a small screen shows: near a point, or from one farm.

The same squares, the same short walks along the index as in listings.near, without the ORM, whose reading is
the dearest thing in a hop; what is ready and what still grows come with one statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, union_all

from core.db import Tx
from core.farms.models import Farm
from core.listings import rules
from core.listings.machine import AVAILABLE, BUYABLE, PRE_ORDER
from core.listings.models import Listing
from core.listings.near import cell_values, squares, walk
from core.listings.offers import buyable_only
from core.locations import service as locations
from core.locations.models import Location
from core.locations.places import Point, km_between

PER_CELL = 8
# So many offers are as many as anybody pages through; then squares farther out are not read.
ENOUGH = 8
MOST = 20
# Rings of squares that are read together: most people find enough in the nearer ones.
_ROUNDS = ((0, 1, 2), (3, 4, 5, 6))
# So many of the nearest wards are looked through together, then so many more; and so many listings a ward.
_WARDS = (40, 160)
PER_WARD = 5


@dataclass(frozen=True)
class OnSale:
    """A listing that can be bought, in short.

    price      KES for one `unit` of `kg` kg; `left` and `minimum` in units
    harvested  None while it grows; then `expected` is the day
    km         as the crow flies from where it was asked, None where nobody asked from anywhere
    unheard    its farmer has not had a hand on it for long (DR-815)
    """

    listing_id: int
    product_id: int
    unit: str
    kg: Decimal
    price: Decimal
    left: Decimal
    minimum: Decimal
    harvested: date | None
    expected: date | None
    organic: bool
    farm_id: int
    farm: str
    farmer_id: int
    ward_code: int
    ward: str
    point: Point
    km: float
    unheard: bool

    @property
    def growing(self) -> bool:
        """Whether it is for pre-order (DR-406)."""
        return self.harvested is None


@dataclass(frozen=True)
class FarmNear:
    """A farm that sells something, `goods` listings of it; `km` as the crow flies."""

    farm_id: int
    farm: str
    farmer_id: int
    ward_code: int
    ward: str
    km: float
    goods: int


_COLUMNS: Any = select(
    Listing.listing_id, Listing.product_id, Listing.unit, Listing.kg_per_unit, Listing.current_price,
    Listing.quantity_available, Listing.min_order_quantity, Listing.harvest_date,
    Listing.expected_harvest_date, Listing.is_organic_certified, Listing.touched_at, Listing.farm_id,
    Farm.farm_name, Farm.farmer_id, Location.ward_code, Location.ward, Location.latitude, Location.longitude,
).select_from(Listing)  # fmt: skip
_SHOWN: Any = buyable_only(_COLUMNS).join(Location, Location.location_id == Farm.location_id)

_ONE = _SHOWN.where(Listing.listing_id == bindparam("listing_id"), Listing.listing_status.in_(BUYABLE))
_OF_FARM = (
    _SHOWN.where(Listing.farm_id == bindparam("farm_id"), Listing.listing_status.in_(BUYABLE))
    .order_by(Listing.harvest_date.is_(None), Listing.listing_id.desc())
    .limit(MOST)
)


def near(tx: Tx, *, product_id: int, point: Point, km: float) -> list[OnSale]:
    """What can be bought of a product within `km` (as the crow flies) of a point, in no order; what still
    grows as well. At most three SQL statements, one where there is nothing."""
    found: list[OnSale] = []
    for cells in squares(tx, product_id, point, km, _ROUNDS, (AVAILABLE, PRE_ORDER)):
        if len(found) >= ENOUGH:
            break
        values = cell_values(cells)
        rows = tx.look(
            _of_cells(len(values)),
            product_id=product_id,
            per_cell=PER_CELL,
            ready=AVAILABLE,
            growing=PRE_ORDER,
            **values,
        )
        found += [one for one in (_on_sale(tx, row, point) for row in rows) if one.km <= km]
    return found


def of_farm(tx: Tx, *, farm_id: int, point: Point) -> list[OnSale]:
    """What can be bought from one farm, what is ready first; one SQL statement."""
    return [_on_sale(tx, row, point) for row in tx.look(_OF_FARM, farm_id=farm_id)]


def one(tx: Tx, *, listing_id: int, point: Point) -> OnSale | None:
    """This listing if it can be bought; one SQL statement."""
    row = tx.look(_ONE, listing_id=listing_id).first()
    return None if row is None else _on_sale(tx, row, point)


def farms_near(tx: Tx, *, ward_codes: Sequence[int], point: Point) -> list[FarmNear]:
    """The farms in these wards, given nearest first, that sell something; the nearest first. At most two SQL
    statements: wards farther out are not read where the nearer ones hold enough."""
    farms: list[FarmNear] = []
    wards = list(ward_codes)
    for most in _WARDS:
        some, wards = wards[:most], wards[most:]
        if not some or len(farms) >= ENOUGH:
            break
        values: dict[str, Any] = {f"ward_{number}": code for number, code in enumerate(some)}
        rows = tx.look(_of_wards(len(some)), per_ward=PER_WARD, ready=AVAILABLE, growing=PRE_ORDER, **values)
        farms += [_farm_near(tx, row, point) for row in rows]
    return sorted(farms, key=lambda farm: (farm.km, farm.farm_id))[:MOST]


def _farm_near(tx: Tx, row: Any, point: Point) -> FarmNear:
    there = locations.point_at(tx, row.latitude, row.longitude, row.ward_code)
    return FarmNear(
        farm_id=row.farm_id,
        farm=row.farm_name,
        farmer_id=row.farmer_id,
        ward_code=row.ward_code,
        ward=row.ward,
        km=km_between(point, there),
        goods=row.goods,
    )


def _on_sale(tx: Tx, row: Any, point: Point) -> OnSale:
    there = locations.point_at(tx, row.latitude, row.longitude, row.ward_code)
    return OnSale(
        listing_id=row.listing_id,
        product_id=row.product_id,
        unit=row.unit,
        kg=row.kg_per_unit,
        price=row.current_price,
        left=row.quantity_available,
        minimum=row.min_order_quantity,
        harvested=row.harvest_date,
        expected=row.expected_harvest_date,
        organic=row.is_organic_certified,
        farm_id=row.farm_id,
        farm=row.farm_name,
        farmer_id=row.farmer_id,
        ward_code=row.ward_code,
        ward=row.ward,
        point=there,
        km=km_between(point, there),
        unheard=rules.is_unheard(row.touched_at, tx.now, tx.setting("listing.unheard_hours")),
    )


@cache
def _of_cells(count: int) -> Any:
    """The statement for so many squares, with two walks for each: what is ready, what still grows."""
    walks = union_all(
        *(walk(number, status) for number in range(count) for status in ("ready", "growing"))
    ).subquery()
    return _SHOWN.join(walks, walks.c.listing_id == Listing.listing_id)


@cache
def _of_wards(count: int) -> Any:
    """The statement for so many wards: a short walk for each and each status, counted by farm."""
    looks = []
    for number in range(count):
        for status in ("ready", "growing"):
            one = (
                select(Listing.listing_id)
                .where(
                    Listing.listing_status == bindparam(status),
                    Listing.ward_code == bindparam(f"ward_{number}"),
                )
                .limit(bindparam("per_ward"))
                .subquery()
            )
            looks.append(select(one.c.listing_id))
    walks = union_all(*looks).subquery()
    shown = (
        *(Listing.farm_id, Farm.farm_name, Farm.farmer_id),
        *(Location.ward_code, Location.ward, Location.latitude, Location.longitude),
    )
    counted: Any = select(*shown, func.count().label("goods")).select_from(Listing)
    query: Any = buyable_only(counted).join(Location, Location.location_id == Farm.location_id)
    return query.join(walks, walks.c.listing_id == Listing.listing_id).group_by(*shown)
