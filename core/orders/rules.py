"""The arithmetic of an order: totals, delivery fee, dates, order numbers. Plain Python, no session."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import TypeVar

from core.clock import NAIROBI, nairobi
from core.money import SHILLING, ZERO, round2

P = TypeVar("P")

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1 (DR-109)
TAIL = re.compile(r"[A-Z0-9]{4}")
QUANTITY = re.compile(r"[0-9]+[A-Z]+")
# `KG25`, `SH42`, `BAG5`, `X300`, `G6KG`: so people text what they have and what it costs.
AMOUNT = re.compile(
    r"(?:AT|DZ|GM|KG|KL|LT|PC|SH)\d.|(?:BAG|GMS|KES|KGM|KGS|KGZ|KLS|KSH|KWA|LTR|LTS|NET|PCS|SHS)\d|X\d{3}"
    r"|[GLX]\d(?:DZ|GM|KG|KL|LT|PC)|[GLX]\d\d[GL]"
)
NUMBER = re.compile(r"(?:TUN)?(\d{6}[A-Z0-9]{4})")


@dataclass(frozen=True)
class Tariff:
    """The settings of DR-1102 and DR-1104, in KES, km and kg."""

    base: Decimal
    per_km: Decimal
    included_km: Decimal
    per_kg: Decimal
    included_kg: Decimal
    per_extra_farm: Decimal
    minimum: Decimal
    maximum: Decimal
    free_threshold: Decimal


@dataclass(frozen=True)
class Totals:
    """What an order costs, in KES (DR-701); `waived` is the fee that free delivery forgave (DR-1104)."""

    subtotal: Decimal
    fee: Decimal
    waived: Decimal
    total: Decimal


def line_total(quantity: Decimal, price: Decimal) -> Decimal:
    """The price of a line, rounded once (DR-102)."""
    return round2(quantity * price)


def delivery_fee(tariff: Tariff, *, km: Decimal, kg: Decimal, farms: int) -> Decimal:
    """The fee before any waiver, in whole shillings (DR-1102)."""
    fee = (
        tariff.base
        + tariff.per_km * max(ZERO, km - tariff.included_km)
        + tariff.per_kg * max(ZERO, kg - tariff.included_kg)
        + tariff.per_extra_farm * (farms - 1)
    )
    clamped = min(max(fee, tariff.minimum), tariff.maximum)
    return clamped.quantize(SHILLING, ROUND_HALF_UP).quantize(Decimal("0.01"))


def totals(tariff: Tariff, lines: Iterable[Decimal], *, km: Decimal, kg: Decimal, farms: int) -> Totals:
    """Subtotal, fee and total of rounded lines; free delivery from the threshold on (DR-701, DR-1104)."""
    subtotal = sum(lines, ZERO)
    fee = delivery_fee(tariff, km=km, kg=kg, farms=farms)
    waived = fee if subtotal >= tariff.free_threshold else ZERO
    return Totals(subtotal, fee - waived, waived, total(subtotal, fee - waived))


def total(subtotal: Decimal, fee: Decimal, discount: Decimal = ZERO) -> Decimal:
    """What an order comes to (DR-701)."""
    return subtotal + fee - discount


def blocked_until(
    strikes: Sequence[datetime], *, most: int, window: timedelta, block: timedelta
) -> datetime | None:
    """Until when somebody must pay before: `block` after the last of `most` strikes within `window` (DR-906).

    strikes  in order of time
    """
    ends = [
        last + block
        for first, last in zip(strikes, strikes[most - 1 :], strict=False)
        if last - first <= window
    ]
    return max(ends, default=None)


def nearest_first(stops: Sequence[P], drop: P, between: Callable[[P, P], float]) -> list[P]:
    """The farms in the order a rider passes them: the one farthest from the door first, then always the
    nearest that is left (DR-1103)."""
    left = sorted(stops, key=lambda stop: -between(stop, drop))
    route = left[:1]
    left = left[1:]
    while left:
        at = min(range(len(left)), key=lambda i: between(route[-1], left[i]))
        route.append(left.pop(at))
    return route


def route_km(route: Sequence[P], drop: P, between: Callable[[P, P], float], road_factor: Decimal) -> Decimal:
    """Road km from the first farm over the others to the door (DR-1103), to two decimals."""
    straight = sum((between(a, b) for a, b in pairwise([*route, drop])), 0.0)
    return round2(Decimal(str(straight)) * road_factor)


def delivery_day(placed: datetime, cutoff: time) -> date:
    """The promised day in Nairobi: tomorrow before the cut-off, else the day after (DR-705)."""
    local = nairobi(placed)
    return local.date() + timedelta(days=1 if local.time() < cutoff else 2)


def slots(setting: str) -> dict[str, time]:
    """When each slot of `morning 06-11, midday 11-15, any` opens; one without hours is the whole day."""
    pairs = [part.split() for part in setting.split(",")]
    opens = {name: time.fromisoformat(hours[0].partition("-")[0]) for name, *hours in pairs if hours}
    first = min(opens.values())
    return {name: opens.get(name, first) for name, *_ in pairs}


def slot_start(opens: Mapping[str, time], day: date, slot: str) -> datetime:
    """When the slot opens on `day`, aware; a slot that is no longer offered is the whole day."""
    return datetime.combine(day, opens.get(slot, min(opens.values())), NAIROBI)


def payday(delivered: datetime, hold_hours: int, run: time) -> datetime:
    """The first payout run after the hold, aware, Nairobi (DR-1301, DR-1302)."""
    free = nairobi(delivered + timedelta(hours=hold_hours))
    at = datetime.combine(free.date(), run, NAIROBI)
    return at if at >= free else at + timedelta(days=1)


def number(placed: datetime, tail: str) -> str:
    """The order number of an order placed at `placed` (DR-109)."""
    return f"TUN{nairobi(placed):%y%m%d}{tail}"


def good_tail(tail: str) -> bool:
    """Whether four characters may end an order number (DR-109): a letter, a digit, no command.

    No keyword of a command holds a digit (a test reads them all), but `5BAG` and `25KG` are quantities:
    digits followed by letters only are refused as well, and what begins like an amount or a price.
    """
    mixed = any(c.isalpha() for c in tail) and any(c.isdigit() for c in tail)
    return mixed and set(tail) <= set(ALPHABET) and not (QUANTITY.fullmatch(tail) or AMOUNT.fullmatch(tail))


def spelled(text: str) -> str:
    """An order number or tail as typed, without case, spaces and dashes (DR-110)."""
    return re.sub(r"[\s\-‐-―]+", "", text).upper()


def whole_number(text: str) -> str | None:
    """`text` as a whole order number, with or without TUN (DR-110, DR-111), or None."""
    found = NUMBER.fullmatch(spelled(text))
    return f"TUN{found[1]}" if found else None


def reference(order_number: str) -> str:
    """M-Pesa's account reference: the order number without TUN, 10 characters (DR-111)."""
    return order_number.removeprefix("TUN")
