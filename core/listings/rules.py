"""Arithmetic of listings: bounds, whole packs, what the farmer gets (DR-105, DR-404, DR-1107)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.listings.errors import (
    HarvestDateWrong,
    PriceOutOfBounds,
    QuantityOutOfBounds,
    UnknownGrade,
    WeightOutOfBounds,
    WholeNumbersOnly,
)
from core.money import CENT, ZERO, round2

LEAST = Decimal("0.01")
MOST = Decimal("99999999.99")  # DECIMAL(10,2)
# Weighed and measured; everything else is counted.
DIVISIBLE_UNITS = frozenset({"kg", "g", "litre", "tonne"})
GRADES = ("premium", "standard", "economy")
# The heaviest thing that is sold as one: a tonne, and some.
HEAVIEST = Decimal(2000)
CELLS_A_DEGREE = 10
_CELLS_AROUND = 10_000


def check_price(price: Decimal, lowest: Decimal, highest: Decimal) -> Decimal:
    """`price` with two decimals, inside the hard bounds of DR-404 (KES); raises PriceOutOfBounds."""
    if not _exact(price) or not lowest <= price <= highest or price != price.quantize(CENT):
        raise PriceOutOfBounds(minimum=str(lowest), maximum=str(highest))
    return price.quantize(CENT)


def check_quantity(quantity: Decimal, unit: str) -> Decimal:
    """`quantity` with two decimals, above zero; packs, pieces and dozens only whole (DR-105).

    Raises QuantityOutOfBounds, WholeNumbersOnly.
    """
    if not _exact(quantity) or not LEAST <= quantity <= MOST:
        raise QuantityOutOfBounds(minimum=str(LEAST), maximum=str(MOST))
    if unit not in DIVISIBLE_UNITS and quantity != quantity.to_integral_value():
        raise WholeNumbersOnly(unit=unit)
    if quantity != quantity.quantize(CENT):
        raise QuantityOutOfBounds(minimum=str(LEAST), maximum=str(MOST))
    return quantity.quantize(CENT)


def check_least(quantity: Decimal | int, unit: str) -> Decimal:
    """The least order: as check_quantity, and a whole number may be an int."""
    return check_quantity(Decimal(quantity) if type(quantity) is int else quantity, unit)  # type: ignore[arg-type]


def check_stock(quantity: Decimal, unit: str) -> Decimal:
    """As check_quantity, but nothing left is an answer too."""
    return ZERO if _exact(quantity) and quantity == ZERO else check_quantity(quantity, unit)


def check_weight(kg: Decimal) -> Decimal:
    """What one unit weighs by a person's word, kg with two decimals (DR-112); raises WeightOutOfBounds."""
    if not _exact(kg) or not LEAST <= kg <= HEAVIEST or kg != kg.quantize(CENT):
        raise WeightOutOfBounds(minimum=str(LEAST), maximum=str(HEAVIEST))
    return kg.quantize(CENT)


def check_grade(grade: str) -> str:
    """One of GRADES (DR-402); raises UnknownGrade."""
    if grade not in GRADES:
        raise UnknownGrade(grade=grade)
    return grade


def price_per_kg(price: Decimal, kg: Decimal) -> Decimal:
    """KES for one kg of what costs `price` per unit of `kg`."""
    return round2(price / kg)


def cell_of(lat: float, lon: float) -> int:
    """The number of the square of 0.1 degrees around a point; a neighbour to the east is one more."""
    return row_of(lat) * _CELLS_AROUND + column_of(lon)


def row_of(lat: float) -> int:
    """Which row of squares, counted from the south pole."""
    return int((lat + 90) * CELLS_A_DEGREE)


def column_of(lon: float) -> int:
    """Which column of squares, counted eastwards from 180 W."""
    return int((lon + 180) * CELLS_A_DEGREE)


def rows(lat: float, lon: float, distance: int) -> list[tuple[int, int]]:
    """The first and the last square of each row of the block that reaches so far from a point's own."""
    row, column = row_of(lat), column_of(lon)
    firsts = ((row + down) * _CELLS_AROUND + column - distance for down in range(-distance, distance + 1))
    return [(first, first + 2 * distance) for first in firsts]


def between_ends(ends: Iterable[int]) -> set[int]:
    """All squares from the first to the last of `ends` in each row that has one."""
    of_row: dict[int, list[int]] = {}
    for cell in ends:
        of_row.setdefault(cell // _CELLS_AROUND, []).append(cell)
    return {cell for cells in of_row.values() for cell in range(min(cells), max(cells) + 1)}


def span(lat: float, lon: float, north: int) -> tuple[int, int, int]:
    """Of the row of squares `north` rows away: its first square, the one level with a point, and its last."""
    first = (row_of(lat) + north) * _CELLS_AROUND
    return first, first + column_of(lon), first + _CELLS_AROUND - 1


def cells_apart(a: int, b: int) -> int:
    """How many squares lie between two, squared: only good for finding the nearest."""
    (row_a, column_a), (row_b, column_b) = divmod(a, _CELLS_AROUND), divmod(b, _CELLS_AROUND)
    return (row_a - row_b) ** 2 + (column_a - column_b) ** 2


def ring_of(a: int, b: int) -> int:
    """On which ring of squares around `a` the square `b` lies; 0 is `a` itself."""
    (row_a, column_a), (row_b, column_b) = divmod(a, _CELLS_AROUND), divmod(b, _CELLS_AROUND)
    return max(abs(row_a - row_b), abs(column_a - column_b))


def is_unheard(touched_at: datetime, now: datetime, hours: int) -> bool:
    """Whether its farmer has not had a hand on it for so long that others come first (DR-815)."""
    return touched_at < now - timedelta(hours=hours)


def check_harvest(today: date, harvested: date | None, expected: date | None, longest_days: int) -> None:
    """L1: harvested up to today. L2: expected later, within `longest_days`. Raises HarvestDateWrong."""
    if not all(day is None or type(day) is date for day in (harvested, expected)):
        raise HarvestDateWrong
    if harvested is not None and (expected is not None or harvested > today):
        raise HarvestDateWrong
    if expected is not None and not today < expected <= today + timedelta(days=longest_days):
        raise HarvestDateWrong


def looks_off(price: Decimal, average: Decimal, percent: Decimal | int) -> bool:
    """Whether `price` is further than `percent` % from the market's average (DR-404)."""
    return abs(price - average) * 100 > average * percent


def commission(value: Decimal, percent: Decimal) -> Decimal:
    """Our part of goods worth `value` KES (DR-1101)."""
    return round2(value * percent / 100)


def farmer_gets(value: Decimal, percent: Decimal) -> Decimal:
    """What a farmer gets of goods worth `value` KES after a commission of `percent` % (DR-1107)."""
    return value - commission(value, percent)


def _exact(amount: object) -> bool:
    """Whether it is a Decimal and a number: a float, a text or NaN is neither (DR-101)."""
    return isinstance(amount, Decimal) and amount.is_finite()
