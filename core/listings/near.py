"""What can be bought near a point, read square by square outwards: the work does not grow with the table.

Squares are 0.1 degrees wide, about 11 km (listings.rules). Each is one short walk along the index (product,
status, square, price per kg).
"""

from collections.abc import Iterable, Sequence
from functools import cache
from math import ceil

from sqlalchemy import Select, bindparam, select, union_all
from sqlalchemy.orm import joinedload

from core.db import Tx
from core.farms.models import Farm
from core.listings import rules
from core.listings.machine import AVAILABLE, PRE_ORDER
from core.listings.models import Listing
from core.listings.offers import buyable_only
from core.locations import service as locations
from core.locations.places import Point, km_between

KM_A_CELL = 11.0
ENOUGH = 30
# Rings of squares that are read together: near ones alone, since most people find enough there.
_ROUNDS = ((0,), (1,), (2,), (3, 4), (5, 6))


def buyable_near(
    tx: Tx,
    *,
    product_id: int,
    point: Point,
    km: float,
    per_cell: int = 5,
    enough: int = ENOUGH,
    pre_orders: bool = False,
) -> list[Listing]:
    """What can be bought of a product within `km` (as the crow flies) of a point: the freshly touched first,
    then the cheapest by weight (DR-406, DR-815); farm, place and product loaded.

    per_cell    at most so many of a square, its cheapest
    enough      so many candidates end the search; squares farther out are not read then
    pre_orders  those still growing, instead of those that are ready

    At most five SQL statements, whatever the number of listings; beyond 66 km nothing is read.
    """
    found: list[Listing] = []
    rings = ceil(km / KM_A_CELL)
    for distances in _ROUNDS:
        cells = [c for d in distances if d <= rings for c in rules.ring(point.lat, point.lon, d)]
        if not cells or len(found) >= enough:
            break
        some = _cheapest(tx, product_id, cells, per_cell, PRE_ORDER if pre_orders else AVAILABLE)
        found += [one for one in some if km_between(point, locations.point_of(tx, one.farm.location)) <= km]
    return ranked(tx, found)


def buyable(tx: Tx, *, product_id: int, limit: int = ENOUGH) -> list[Listing]:
    """Of a product's newest offers those that can be bought, wherever they are; as buyable_near ranks them.

    For a person whose place is not known. One SQL statement.
    """
    query = _loaded(
        select(Listing)
        .where(Listing.product_id == product_id, Listing.listing_status == AVAILABLE)
        .order_by(Listing.listing_id.desc())
        .limit(limit)
    )
    return ranked(tx, tx.session.scalars(query).all())


def nearest(tx: Tx, *, product_id: int, point: Point) -> Listing | None:
    """The cheapest offer of the nearest square that has any, in the whole country; None if nobody sells it.

    For whoever is out of everybody's reach (DR-506). Squares, not listings, are walked through.
    """
    cells = tx.session.scalars(
        select(Listing.cell)
        .where(Listing.product_id == product_id, Listing.listing_status == AVAILABLE)
        .distinct()
    )
    for cell in sorted(cells, key=lambda one: rules.cells_apart(rules.cell_of(point.lat, point.lon), one)):
        offers = _cheapest(tx, product_id, [cell], 1, AVAILABLE)
        if offers:
            return offers[0]
    return None


def ranked(tx: Tx, listings: Iterable[Listing]) -> list[Listing]:
    """The heard-of before those untouched for `listing.unheard_hours` (DR-815), then the cheapest by weight,
    then the oldest."""
    hours = tx.setting("listing.unheard_hours")
    return sorted(
        listings,
        key=lambda one: (
            rules.is_unheard(one.touched_at, tx.now, hours),
            one.current_price / one.kg_per_unit,
            one.listing_id,
        ),
    )


def _cheapest(tx: Tx, product_id: int, cells: Sequence[int], per_cell: int, status: str) -> Sequence[Listing]:
    values = {f"cell_{number}": cell for number, cell in enumerate(cells)}
    return tx.session.scalars(
        _of_cells(len(cells)),
        {"product_id": product_id, "status": status, "per_cell": per_cell, **values},
    ).all()


@cache
def _of_cells(count: int) -> Select[Listing]:
    """The statement for so many squares: a short walk along the index for each, then what is loaded."""
    walks = union_all(*(_of_cell(number) for number in range(count))).subquery()
    return _loaded(select(Listing).join(walks, walks.c.listing_id == Listing.listing_id))


def _of_cell(number: int) -> Select[tuple[int]]:
    walk = (
        select(Listing.listing_id)
        .where(
            Listing.product_id == bindparam("product_id"),
            Listing.listing_status == bindparam("status"),
            Listing.cell == bindparam(f"cell_{number}"),
        )
        .order_by(Listing.price_per_kg, Listing.listing_id)
        .limit(bindparam("per_cell"))
        .subquery()
    )
    return select(walk.c.listing_id)


def _loaded(query: Select[Listing]) -> Select[Listing]:
    loading = joinedload(Listing.farm).joinedload(Farm.location), joinedload(Listing.product)
    return buyable_only(query).options(*loading)
