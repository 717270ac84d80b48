"""What can be bought near a point, read square by square outwards: the work does not grow with the table.

Squares are 0.1 degrees wide, about 11 km (listings.rules). Each is one short walk along the index (product,
status, square, price per kg). Most squares are empty: which are not is asked first.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from math import ceil
from typing import Any

from sqlalchemy import CompoundSelect, Integer, Select, bindparam, func, select, union_all
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
NOWHERE = -1  # no square has this number
ENOUGH = 30
# Rings of squares that are read together: near ones alone, since most people find enough there.
_ROUNDS = ((0,), (1,), (2,), (3, 4), (5, 6))
# Rows of squares, by how far they are; 110 rows reach from one end of Kenya to the other.
_ROWS = (range(3), range(3, 11), range(11, 41), range(41, 111))


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

    One SQL statement, and one for each round of squares that may hold any: at most six, however many listings
    there are; beyond 66 km nothing is read.
    """
    found: list[Listing] = []
    status = PRE_ORDER if pre_orders else AVAILABLE
    for cells in squares(tx, product_id, point, km, _ROUNDS, (status,)):
        if len(found) >= enough:
            break
        some = _cheapest(tx, product_id, cells, per_cell, status)
        found += [one for one in some if km_between(point, locations.point_of(tx, one.farm.location)) <= km]
    return ranked(tx, found)


def squares(
    tx: Tx,
    product_id: int,
    point: Point,
    km: float,
    rounds: Iterable[Sequence[int]],
    statuses: tuple[str, ...],
) -> Iterator[list[int]]:
    """For each round of rings within `km` of a point the squares in it that may hold offers of a product in
    one of `statuses`; a round without any is left out. One SQL statement, of two looks a row and status.

    Of each row of squares the index gives the first and the last that holds any; what lies between may be
    empty.
    """
    most = min(ceil(km / KM_A_CELL), max(map(max, rounds := tuple(rounds))))
    values: dict[str, Any] = {f"status_{number}": status for number, status in enumerate(statuses)}
    for number, (first, last) in enumerate(rules.rows(point.lat, point.lon, most)):
        values |= {f"first_{number}": first, f"last_{number}": last}
    ends = tx.session.scalars(_rims(2 * most + 1, len(statuses)), {"product_id": product_id, **values})
    here = rules.cell_of(point.lat, point.lon)
    on_ring: dict[int, list[int]] = {}
    for cell in sorted(rules.between_ends(cell for cell in ends if cell is not None)):
        on_ring.setdefault(rules.ring_of(here, cell), []).append(cell)
    for distances in rounds:
        if cells := [cell for distance in distances for cell in on_ring.get(distance, ())]:
            yield cells


@cache
def _rims(rows: int, statuses: int) -> CompoundSelect[int]:
    """The statement for so many rows of squares: the first and the last of each that has an offer."""
    looks = []
    for number in range(rows):
        inside = Listing.cell.between(bindparam(f"first_{number}"), bindparam(f"last_{number}"))
        for which in range(statuses):
            offered = (
                Listing.product_id == bindparam("product_id"),
                Listing.listing_status == bindparam(f"status_{which}"),
                inside,
            )
            looks += [select(end(Listing.cell)).where(*offered) for end in (func.min, func.max)]
    return union_all(*looks)


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

    For whoever is out of everybody's reach (DR-506). Of each row of squares, from the point's own outwards,
    the index gives the nearest offer to the west and to the east: no more is read, however many there are.
    """
    here, found = rules.cell_of(point.lat, point.lon), set[int]()
    for rows in _ROWS:
        found |= _ends_of_rows(tx, product_id, point, rows)
        if rows is _ROWS[0] and not found:
            return None  # these ends are the whole country's as well
        for cell in sorted(found, key=lambda one: rules.cells_apart(here, one)):
            if rules.cells_apart(here, cell) > rows.stop**2 and rows is not _ROWS[-1]:
                break  # a row that is still to come may have a nearer one
            if offers := _cheapest(tx, product_id, [cell], 1, AVAILABLE):
                return offers[0]
            found.remove(cell)
    return None


def _ends_of_rows(tx: Tx, product_id: int, point: Point, rows: range) -> set[int]:
    """The squares with an offer that are nearest, west and east, in rows so far to the north and south; with
    the first rows also the first and the last square of all."""
    away = sorted({north for row in rows for north in (row, -row)})
    values: dict[str, int] = {}
    for number, north in enumerate(away):
        first, level, last = rules.span(point.lat, point.lon, north)
        values |= {f"first_{number}": first, f"level_{number}": level, f"last_{number}": last}
    found = tx.session.scalars(
        _ends(len(away), whole=rows is _ROWS[0]), {"product_id": product_id, "status": AVAILABLE, **values}
    ).all()
    return {cell for cell in found if cell is not None}


@cache
def _ends(rows: int, *, whole: bool) -> CompoundSelect[int]:
    """The statement for so many rows of squares: each end is one look into the index."""
    one_product = (
        Listing.product_id == bindparam("product_id"),
        Listing.listing_status == bindparam("status"),
    )
    looks = [select(end(Listing.cell)).where(*one_product) for end in (func.min, func.max) if whole]
    for number in range(rows):
        level = bindparam(f"level_{number}", type_=Integer)
        west = Listing.cell.between(bindparam(f"first_{number}"), level)
        east = Listing.cell.between(level, bindparam(f"last_{number}"))
        looks += [
            select(func.max(Listing.cell)).where(*one_product, west),
            select(func.min(Listing.cell)).where(*one_product, east),
        ]
    return union_all(*looks)


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
    values = cell_values(cells)
    return tx.session.scalars(
        _of_cells(len(values)),
        {"product_id": product_id, "status": status, "per_cell": per_cell, **values},
    ).all()


def cell_values(cells: Sequence[int]) -> dict[str, Any]:
    """The parameters of as many walks as there is a statement for, 1, 2, 4, 8 ...; the last may be idle."""
    walks = 1 << (len(cells) - 1).bit_length()
    return {f"cell_{number}": cells[number] if number < len(cells) else NOWHERE for number in range(walks)}


@cache
def _of_cells(count: int) -> Select[Listing]:
    """The statement for so many squares: a short walk along the index for each, then what is loaded."""
    walks = union_all(*(walk(number) for number in range(count))).subquery()
    return _loaded(select(Listing).join(walks, walks.c.listing_id == Listing.listing_id))


def walk(number: int, status: str = "status") -> Select[tuple[int]]:
    """One short walk along the index, for a statement that joins several: the cheapest `per_cell` listings of
    `product_id` in the square `cell_<number>`; `status` names the parameter that says which."""
    one = (
        select(Listing.listing_id)
        .where(
            Listing.product_id == bindparam("product_id"),
            Listing.listing_status == bindparam(status),
            Listing.cell == bindparam(f"cell_{number}"),
        )
        .order_by(Listing.price_per_kg, Listing.listing_id)
        .limit(bindparam("per_cell"))
        .subquery()
    )
    return select(one.c.listing_id)


def _loaded(query: Select[Listing]) -> Select[Listing]:
    loading = joinedload(Listing.farm).joinedload(Farm.location), joinedload(Listing.product)
    return buyable_only(query).options(*loading)
