"""The arithmetic of deliveries: what a rider earns, who is asked first, plates. Plain Python, no session."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from core.money import ZERO, round2

P = TypeVar("P")

# K + two letters + three digits + a letter (older ones without); motorcycles KM.., three-wheelers KTW..
PLATE = re.compile(r"(K[A-Z]{2,3})(\d{3}[A-Z]?)")
HUNDRED = Decimal(100)
UNRATED = Decimal(0)


@dataclass(frozen=True)
class Pay:
    """The settings of DR-1105, in percent, KES and km."""

    share_percent: Decimal
    per_pickup_km: Decimal
    pickup_included_km: Decimal
    minimum: Decimal


@dataclass(frozen=True)
class Candidate:
    """A rider who may be asked: km by road to the first pickup, how busy he is, his stars (0 if none)."""

    rider_id: int
    pickup_km: Decimal
    open_deliveries: int
    offers_today: int
    idle_since: datetime
    rating: Decimal = UNRATED


def earning(pay: Pay, *, fee: Decimal, pickup_km: Decimal) -> Decimal:
    """What a rider earns, in KES: his share of the fee before any waiver, and the way to the first pickup
    beyond what is included (DR-1105, DR-1104)."""
    share = round2(fee * pay.share_percent / HUNDRED)
    way = round2(pay.per_pickup_km * max(ZERO, pickup_km - pay.pickup_included_km))
    return max(share + way, pay.minimum)


def failed_earning(earned: Decimal, percent: Decimal) -> Decimal:
    """What an attempt that failed through no fault of the rider's earns, in KES (DR-1105)."""
    return round2(earned * percent / HUNDRED)


def score(candidate: Candidate) -> Decimal:
    """Lowest is asked first (DR-1202)."""
    busy = 2 * candidate.open_deliveries + Decimal("0.5") * candidate.offers_today
    return candidate.pickup_km + busy - candidate.rating


def best(candidates: Collection[Candidate]) -> Candidate | None:
    """Whom to ask: lowest score, then longest idle, then lowest id (DR-1202)."""
    return min(candidates, key=lambda c: (score(c), c.idle_since, c.rider_id), default=None)


@dataclass(frozen=True)
class Errand(Generic[P]):
    """A stop of somebody's way: a pickup or a drop of one delivery, and where it is."""

    delivery_id: int
    kind: str
    point: P


def route(start: P, errands: Sequence[Errand[P]], between: Callable[[P, P], float]) -> list[Errand[P]]:
    """All errands in the order in which to do them: always the nearest next, but no drop before every pickup
    of its delivery (DR-1207). What is equally near keeps its order."""
    left, at = list(errands), start
    way: list[Errand[P]] = []
    while left:
        to_collect = {errand.delivery_id for errand in left if errand.kind == "pickup"}
        free = [e for e in left if e.kind == "pickup" or e.delivery_id not in to_collect]
        chosen = min(free, key=lambda errand: between(at, errand.point))
        left.remove(chosen)
        way.append(chosen)
        at = chosen.point
    return way


def capacities(setting: str) -> dict[str, Decimal]:
    """`bicycle 20, motorcycle 60` as kg per vehicle type (DR-1201)."""
    pairs = (part.split() for part in setting.split(","))
    return {name: Decimal(kg) for name, kg in pairs}


def plate(text: str) -> str | None:
    """A number plate in one spelling (`KMFB 123C`), or None if it is none."""
    found = PLATE.fullmatch(re.sub(r"[\s\-.]+", "", text).upper())
    return f"{found[1]} {found[2]}" if found else None
