"""Arithmetic of listings: bounds, whole packs, what the farmer gets (DR-105, DR-404, DR-1107)."""

from datetime import date, timedelta
from decimal import Decimal

from core.listings.errors import HarvestDateWrong, PriceOutOfBounds, QuantityOutOfBounds, WholeNumbersOnly
from core.money import CENT, round2

LEAST = Decimal("0.01")
MOST = Decimal("99999999.99")  # DECIMAL(10,2)
# Weighed and measured; everything else is counted.
DIVISIBLE_UNITS = frozenset({"kg", "g", "litre", "tonne"})


def check_price(price: Decimal, lowest: Decimal, highest: Decimal) -> Decimal:
    """`price` with two decimals, inside the hard bounds of DR-404 (KES); raises PriceOutOfBounds."""
    if not price.is_finite() or not lowest <= price <= highest or price != price.quantize(CENT):
        raise PriceOutOfBounds(minimum=str(lowest), maximum=str(highest))
    return price.quantize(CENT)


def check_quantity(quantity: Decimal, unit: str) -> Decimal:
    """`quantity` with two decimals, above zero; packs, pieces and dozens only whole (DR-105).

    Raises QuantityOutOfBounds, WholeNumbersOnly.
    """
    if not quantity.is_finite() or not LEAST <= quantity <= MOST:
        raise QuantityOutOfBounds(minimum=str(LEAST), maximum=str(MOST))
    if unit not in DIVISIBLE_UNITS and quantity != quantity.to_integral_value():
        raise WholeNumbersOnly(unit=unit)
    if quantity != quantity.quantize(CENT):
        raise QuantityOutOfBounds(minimum=str(LEAST), maximum=str(MOST))
    return quantity.quantize(CENT)


def check_harvest(today: date, harvested: date | None, expected: date | None, longest_days: int) -> None:
    """L1: harvested up to today. L2: expected later, within `longest_days`. Raises HarvestDateWrong."""
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
