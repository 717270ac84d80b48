"""Arithmetic of market prices: which one to show, what it is in another unit, their mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.money import round2

# A farmer sells to the market, so its wholesale price tells her most; it is never mixed with retail (DR-507).
PREFERRED_TYPES = ("wholesale", "retail")


@dataclass(frozen=True)
class Published:
    """A published price: KES for one base unit (kg, litre, piece) on a market in a month."""

    market: str
    county_code: int
    price_type: str
    per_base_unit: Decimal
    base_unit: str
    month: date


def of_one_type(prices: Iterable[Published]) -> list[Published]:
    """The wholesale ones if there are any, else the retail ones (DR-507)."""
    listed = list(prices)
    for wanted in PREFERRED_TYPES:
        found = [price for price in listed if price.price_type == wanted]
        if found:
            return found
    return []


def nearest_latest(
    prices: Iterable[Published], county_code: int, km_to: Mapping[int, float]
) -> Published | None:
    """The one to show in a county: its own latest, else the nation's latest from the nearest county.

    km_to  county code -> km from the county asked about
    """
    listed = list(prices)
    own = [price for price in listed if price.county_code == county_code]
    ranked = sorted(
        own or listed,
        key=lambda p: (-p.month.toordinal(), km_to.get(p.county_code, float("inf")), p.market),
    )
    return ranked[0] if ranked else None


def in_unit(
    per_base_unit: Decimal, base_unit: str, unit: str, kg_of: Mapping[str, Decimal]
) -> Decimal | None:
    """A price for one `unit`, through the packs' weights; None where one of them is not known (DR-112).

    kg_of  unit -> kg in one; kg itself need not be listed
    """
    if unit == base_unit:
        return round2(per_base_unit)
    weights = {"kg": Decimal(1), **kg_of}
    if unit not in weights or base_unit not in weights:
        return None
    return round2(per_base_unit * weights[unit] / weights[base_unit])


def mean(values: Iterable[Decimal]) -> Decimal | None:
    """The mean to the cent, None of nothing."""
    listed = list(values)
    return round2(sum(listed, Decimal(0)) / len(listed)) if listed else None
