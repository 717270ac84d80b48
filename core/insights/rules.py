"""Arithmetic of market prices: which one to show, what it is in another unit, mean, comparison."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from core.money import round2

Status = Literal["above_market", "at_market", "below_market"]

# A farmer sells to the market, so its wholesale price tells her most; it is never mixed with retail (DR-507).
PREFERRED_TYPES = ("wholesale", "retail")
# Compared as they are; all else is compared by weight.
COUNTED = ("litre", "piece")


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


def latest_of_each_market(prices: Iterable[Published]) -> list[Published]:
    """The newest price of each market."""
    newest: dict[str, Published] = {}
    for price in sorted(prices, key=lambda price: price.month):
        newest[price.market] = price
    return list(newest.values())


def change(before: Decimal, now: Decimal) -> Decimal:
    """By how many percent a price has moved, two decimals half-up; `before` is above zero."""
    return round2((now - before) * 100 / before)


def in_unit(
    per_base_unit: Decimal, base_unit: str, unit: str, kg_of: Mapping[str, Decimal]
) -> Decimal | None:
    """A price for one `unit`, through the packs' weights, not rounded yet; None where one of them is not
    known (DR-112).

    kg_of  unit -> kg in one; kg itself need not be listed
    """
    if unit == base_unit:
        return per_base_unit
    weights = {"kg": Decimal(1), **kg_of}
    if unit not in weights or base_unit not in weights:
        return None
    return per_base_unit * weights[unit] / weights[base_unit]


def of_peer(
    price: Decimal, peer_unit: str, peer_kg: Decimal, unit: str, kg: Decimal | None
) -> Decimal | None:
    """What another farmer asks for one of her unit, for one `unit` of `kg`: by weight, litres and pieces as
    they are; None where the weight is not known (DR-501)."""
    if peer_unit == unit and unit in COUNTED:
        return price
    return None if kg is None else price * kg / peer_kg


def mean(values: Iterable[Decimal]) -> Decimal | None:
    """The mean to the cent, None of nothing."""
    listed = list(values)
    return round2(sum(listed, Decimal(0)) / len(listed)) if listed else None


def compare(price: Decimal, average: Decimal, tolerance: Decimal) -> tuple[Decimal, Decimal, Status]:
    """Difference (KES) and percentage of a price to the market's average, and how it stands (DR-502, DR-503).

    average    above zero
    tolerance  percent, either way, within which a price is at the market
    """
    difference = round2(price - average)
    percentage = round2((price - average) * 100 / average)
    if percentage > tolerance:
        return difference, percentage, "above_market"
    return difference, percentage, "below_market" if percentage < -tolerance else "at_market"
