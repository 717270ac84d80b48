"""Price lists as CSV, in our own layout and in that of WFP on the Humanitarian Data Exchange (DR-505).

Reading says of each row what it is: a figure to keep, a fault with its code, or a commodity that we do not
sell. It asks no database: what is known comes in `Known`.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from core.catalogue.errors import UnknownUnit
from core.errors import DomainError
from core.insights.errors import (
    CommodityUnknown,
    CountyUnknown,
    CurrencyUnknown,
    DateWrong,
    FileTooLong,
    FileUnreadable,
    MarketMissing,
    MarketPriceOutOfBounds,
    PriceTypeUnknown,
)
from core.insights.rules import mean
from core.money import CENT, round2
from core.words import plain, tidy

MOST_ROWS = 20_000
LONGEST_NAME = 60
TYPES = ("retail", "wholesale")
EARLIEST = date(2000, 1, 1)
LEAST, MOST = CENT, Decimal(1_000_000)
# What one of a published unit is in kg, litres or pieces: "90 KG", "500 ML", "Unit".
_UNIT = re.compile(r"(?:(\d+(?:\.\d+)?) ?)?(KG|G|L|ML|UNIT)")
_BASE = {
    "KG": ("kg", Decimal(1)),
    "G": ("kg", Decimal("0.001")),
    "L": ("litre", Decimal(1)),
    "ML": ("litre", Decimal("0.001")),
    "UNIT": ("piece", Decimal(1)),
}
# Old districts under which WFP still lists markets, and the county of today.
OLD_DISTRICTS = {
    "meru south": "Tharaka-Nithi",
    "meru north": "Meru",
    "moyale": "Marsabit",
    "ijara": "Garissa",
}


@dataclass(frozen=True)
class Figure:
    """A price as it is to be kept: KES for one published `unit`, and for one kg, litre or piece."""

    product_id: int
    market: str
    county_code: int
    price_type: str
    day: date
    unit: str
    price: Decimal
    base_unit: str
    per_base_unit: Decimal
    latitude: float | None = None
    longitude: float | None = None

    @property
    def key(self) -> tuple[int, str, str, date]:
        """One price a product, market, type and day (DR-505)."""
        return self.product_id, self.market, self.price_type, self.day


@dataclass(frozen=True)
class Fault:
    """A row that cannot be used: its number (the header is 1), and the error as code and values."""

    row: int
    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What is known while reading: products by commodity, counties by name, markets' counties, today."""

    products: Mapping[str, int]
    counties: Mapping[str, int]
    markets: Mapping[str, int]
    today: date


@dataclass(frozen=True)
class PriceList:
    """What a file holds; `left_out` rows are of commodities that we do not sell, or forecasts."""

    rows: int
    figures: tuple[Figure, ...]
    faults: tuple[Fault, ...]
    left_out: int


@dataclass(frozen=True)
class _Columns:
    """Where a layout has what; `county` finds a row's county."""

    price_type: str
    latitude: str
    longitude: str
    flag: str
    county: Callable[[Mapping[str, str], Known], int | None]


def _county_of_ours(row: Mapping[str, str], known: Known) -> int | None:
    code = row["county_code"].strip()
    return int(code) if code.isdecimal() and int(code) in known.counties.values() else None


def _county_of_hdx(row: Mapping[str, str], known: Known) -> int | None:
    """A market we know is where it is; else by the district, of today or of old."""
    district = plain(row["admin2"])
    today = plain(OLD_DISTRICTS.get(district, district))
    return known.markets.get(_name(row["market"])) or known.counties.get(today)


_ALWAYS = {"date", "market", "commodity", "unit", "price", "currency"}
LAYOUTS = (
    _Columns("price_type", "market_lat", "market_lon", "price_flag", _county_of_ours),
    _Columns("pricetype", "latitude", "longitude", "priceflag", _county_of_hdx),
)
_OWN_COLUMNS = ({"price_type", "county_code"}, {"pricetype", "admin2"})


def read(text: str, known: Known) -> PriceList:
    """The figures of a CSV text, in either layout; raises FileUnreadable, FileTooLong.

    Several rows of one product, market, type and day (five kinds of dry beans; by the kg and by the bag) are
    one figure, averaged by the kg.
    """
    header, rows = _rows(text)
    columns = next(
        (layout for layout, own in zip(LAYOUTS, _OWN_COLUMNS, strict=True) if (_ALWAYS | own) <= header), None
    )
    if columns is None:
        raise FileUnreadable
    figures: list[Figure] = []
    faults: list[Fault] = []
    left_out = 0
    for number, row in rows:
        try:
            figures.append(_figure(row, columns, known))
        except CommodityUnknown:
            left_out += 1
        except DomainError as error:
            faults.append(Fault(number, error.code, error.values))
    return PriceList(len(rows), merged(figures), tuple(faults), left_out)


def merged(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """One figure for each key, in the order in which the keys first come."""
    together: dict[Any, list[Figure]] = defaultdict(list)
    for figure in figures:
        together[figure.key].append(figure)
    return tuple(_merged(alike) for alike in together.values())


def base_of(unit: str) -> tuple[str, Decimal]:
    """A published unit as (kg, litre or piece, how many of it); raises UnknownUnit."""
    found = _UNIT.fullmatch(unit.strip().upper())
    if found is None or (found[1] and not Decimal(found[1])):
        raise UnknownUnit(unit=unit[:16])
    base, factor = _BASE[found[2]]
    return base, Decimal(found[1] or 1) * factor


def check_day(day: object, today: date) -> date:
    """`day` if a price can be of it; raises DateWrong."""
    if not isinstance(day, date) or not EARLIEST <= day <= today:
        raise DateWrong
    return day


def _rows(text: str) -> tuple[set[str], list[tuple[int, dict[str, str]]]]:
    """The names of the columns, and the rows with their numbers; a row of HXL tags is no row."""
    try:
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restkey="", restval="")
        header = set(reader.fieldnames or ())
        numbered = [(number, row) for number, row in enumerate(reader, start=2)]
    except csv.Error:
        raise FileUnreadable from None
    if len(numbered) > MOST_ROWS:
        raise FileTooLong(limit=MOST_ROWS)
    return header, [(number, row) for number, row in numbered if not row.get("date", "").startswith("#")]


def _figure(row: Mapping[str, str], columns: _Columns, known: Known) -> Figure:
    product_id = known.products.get(plain(row["commodity"]))
    if product_id is None or "forecast" in row.get(columns.flag, ""):
        raise CommodityUnknown
    if row["currency"].strip() != "KES":
        raise CurrencyUnknown
    price_type = row[columns.price_type].strip().lower()
    if price_type not in TYPES:
        raise PriceTypeUnknown
    market = _name(row["market"])
    county_code = columns.county(row, known)
    if county_code is None:
        raise CountyUnknown
    price = _price(row["price"])
    base_unit, times = base_of(row["unit"])
    per_base_unit = round2(price / times)
    if per_base_unit < LEAST:
        raise MarketPriceOutOfBounds(minimum=str(LEAST), maximum=str(MOST))
    return Figure(
        product_id=product_id,
        market=market,
        county_code=county_code,
        price_type=price_type,
        day=check_day(_day(row["date"]), known.today),
        unit=row["unit"].strip(),
        price=price,
        base_unit=base_unit,
        per_base_unit=per_base_unit,
        latitude=_degrees(row.get(columns.latitude, "")),
        longitude=_degrees(row.get(columns.longitude, "")),
    )


def _merged(alike: list[Figure]) -> Figure:
    first = alike[0]
    per_base_unit = mean(figure.per_base_unit for figure in alike)
    price = mean(figure.price for figure in alike)
    assert per_base_unit is not None and price is not None, "there is at least one"  # noqa: PT018
    if {figure.unit for figure in alike} == {first.unit}:
        return replace(first, price=price, per_base_unit=per_base_unit)
    return replace(first, unit=first.base_unit, price=per_base_unit, per_base_unit=per_base_unit)


def _name(text: str) -> str:
    name = tidy(text, LONGEST_NAME + 1)
    if not name or len(name) > LONGEST_NAME:
        raise MarketMissing
    return name


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text.strip())
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite() or not LEAST <= price <= MOST:
        raise MarketPriceOutOfBounds(minimum=str(LEAST), maximum=str(MOST))
    return round2(price)


def _degrees(text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError:
        return None
