"""Choosing who supplies an order: the cheapest listings, delivery included, that a rider can serve."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product as combinations
from typing import TypeVar

from core import events
from core.db import Tx
from core.listings import service as listings
from core.listings.errors import NotEnoughStock
from core.listings.models import Listing
from core.listings.rules import check_quantity
from core.locations import service as locations
from core.locations.models import Location
from core.locations.places import km_between
from core.money import ZERO, round2
from core.orders import rules
from core.orders.errors import (
    AboveMaximum,
    BelowMinimum,
    NoRiderThere,
    NothingForSale,
    OutOfReach,
    QuantityTooSmall,
    UnitUnclear,
)

T = TypeVar("T")
# How many ways of combining farms are compared for one quote.
MOST_COMBINATIONS = 400


@dataclass(frozen=True)
class Line:
    """What a customer wants: so much of a product, in a unit (None: as it is sold)."""

    product_id: int
    quantity: Decimal
    unit: str | None = None


@dataclass(frozen=True)
class Pick:
    """A listing that supplies a line; `price` KES per unit, `total` of the line."""

    listing: Listing
    quantity: Decimal
    price: Decimal
    total: Decimal
    kg: Decimal

    @property
    def product_id(self) -> int:
        """What it is."""
        return self.listing.product_id

    @property
    def unit(self) -> str:
        """In what `quantity` is."""
        return self.listing.unit


@dataclass(frozen=True)
class Plan:
    """A way to supply all lines, with what it costs; `km` by road, `route` the farms as they are passed."""

    picks: tuple[Pick, ...]
    route: tuple[Location, ...]
    km: Decimal
    kg: Decimal
    totals: rules.Totals
    day: date
    way: str = "rider"
    collection_point_id: int | None = None
    run_id: int | None = None


def tariff(tx: Tx) -> rules.Tariff:
    """The delivery tariff of this moment (DR-1102)."""
    return rules.Tariff(
        base=tx.setting("delivery.base_fee"),
        per_km=tx.setting("delivery.fee_per_km"),
        included_km=Decimal(tx.setting("delivery.included_km")),
        per_kg=tx.setting("delivery.fee_per_kg"),
        included_kg=Decimal(tx.setting("delivery.included_kg")),
        per_extra_farm=tx.setting("delivery.fee_per_extra_farm"),
        minimum=tx.setting("delivery.min_fee"),
        maximum=tx.setting("delivery.max_fee"),
        free_threshold=tx.setting("delivery.free_threshold"),
    )


def cheapest(
    tx: Tx, *, customer_id: int, lines: Sequence[Line], drop: Location, only: Set[int] | None = None
) -> Plan:
    """The cheapest plan for `lines` at `drop`; with `only`, from those listings alone.

    Ties go to the shorter road, then to the older listings. Raises the refusals that `quotes.quote` names.
    """
    candidates = [_candidates(tx, customer_id, line, drop, only) for line in lines]
    plans = sorted(
        (_plan(tx, picks, drop) for picks in _combined(candidates)),
        key=lambda plan: (plan.totals.total, plan.km, [pick.listing.listing_id for pick in plan.picks]),
    )
    reachable = _within_reach(tx, [(plan.km, plan) for plan in plans])
    served = next((plan for plan in reachable if _has_rider(tx, plan, customer_id)), None)
    if served is None:
        raise NoRiderThere(place=reachable[0].route[0].ward)
    total, minimum, maximum = (
        served.totals.total,
        tx.setting("order.min_total"),
        tx.setting("order.max_total"),
    )
    if total < minimum:
        raise BelowMinimum(minimum=minimum, total=total)
    if total > maximum:
        raise AboveMaximum(maximum=maximum, total=total)
    return served


def _candidates(tx: Tx, customer_id: int, line: Line, drop: Location, only: Set[int] | None) -> list[Pick]:
    """The listings that could supply one line, cheapest at the door first."""
    on_sale = [
        listing
        for listing in listings.buyable(tx, product_id=line.product_id)
        if listing.farmer_id != customer_id and (only is None or listing.listing_id in only)
    ]
    sold_in = sorted({listing.unit for listing in on_sale})
    unit = _unit(tx, line, sold_in)
    offers = [listing for listing in on_sale if listing.unit == unit]
    if not offers:
        raise NothingForSale(product_id=line.product_id, unit=unit, sold_in=sold_in)
    quantity = check_quantity(line.quantity, unit)
    by_road = {listing.listing_id: _km(tx, [listing.farm.location], drop) for listing in offers}
    near = _within_reach(tx, [(by_road[listing.listing_id], listing) for listing in offers])
    if quantity < (minimum := min(listing.min_order_quantity for listing in near)):
        raise QuantityTooSmall(product_id=line.product_id, minimum=minimum, unit=unit)
    left = max(listing.quantity_available for listing in near)
    enough = [o for o in near if o.min_order_quantity <= quantity <= o.quantity_available]
    if not enough:
        raise NotEnoughStock(product_id=line.product_id, left=left, asked=quantity, unit=unit)
    picks = [
        Pick(
            listing=listing,
            quantity=quantity,
            price=listing.current_price,
            total=rules.line_total(quantity, listing.current_price),
            kg=round2(quantity * listing.kg_per_unit),
        )
        for listing in enough
    ]
    per_km = tx.setting("delivery.fee_per_km")
    return sorted(
        picks, key=lambda p: (p.total + per_km * by_road[p.listing.listing_id], p.listing.listing_id)
    )


def _within_reach(tx: Tx, found: Sequence[tuple[Decimal, T]]) -> list[T]:
    """Of things by their km by road those that riders go to; OutOfReach if there are none (DR-1106)."""
    most = tx.setting("delivery.max_km")
    near = [thing for km, thing in found if km <= most]
    if not near:
        raise OutOfReach(km=min(km for km, _ in found), max_km=most)
    return near


def _unit(tx: Tx, line: Line, sold_in: list[str]) -> str:
    """The unit meant: `crate` may be the only crate on sale, nothing the only unit. Nobody guesses between
    kg and crates, or between two sizes of bag."""
    asked = line.unit
    if asked in sold_in:
        return asked
    fitting = [unit for unit in sold_in if asked in (None, unit.split()[0])]
    if len(fitting) > 1:
        raise UnitUnclear(product_id=line.product_id, units=fitting)
    return fitting[0] if fitting else asked or tx.parts.products.entry(line.product_id).unit


def _combined(candidates: Sequence[list[Pick]]) -> Iterator[tuple[Pick, ...]]:
    """Every way to take one candidate a line, from as many of the best of each as stay comparable."""
    keep = max(1, int(MOST_COMBINATIONS ** (1 / len(candidates))))
    return combinations(*(picks[:keep] for picks in candidates))


def _plan(tx: Tx, picks: tuple[Pick, ...], drop: Location) -> Plan:
    farms = {pick.listing.farm_id: pick.listing.farm.location for pick in picks}
    route = _route(tx, list(farms.values()), drop)
    km = _km(tx, route, drop)
    kg = sum((pick.kg for pick in picks), ZERO)
    return Plan(
        picks=picks,
        route=tuple(route),
        km=km,
        kg=kg,
        totals=rules.totals(tariff(tx), [pick.total for pick in picks], km=km, kg=kg, farms=len(farms)),
        day=rules.delivery_day(tx.now, tx.setting("order.cutoff_local")),
    )


def _route(tx: Tx, stops: list[Location], drop: Location) -> list[Location]:
    return rules.nearest_first(stops, drop, lambda a, b: _between(tx, a, b))


def _km(tx: Tx, route: list[Location], drop: Location) -> Decimal:
    factor = tx.setting("delivery.road_factor")
    return rules.route_km(route, drop, lambda a, b: _between(tx, a, b), factor)


def _between(tx: Tx, a: Location, b: Location) -> float:
    return km_between(locations.point_of(tx, a), locations.point_of(tx, b))


def _has_rider(tx: Tx, plan: Plan, customer_id: int) -> bool:
    """Whether a rider near the first farm could carry it, on duty or not: duty changes by the hour, the
    delivery is tomorrow's (DR-1212)."""
    first = plan.route[0]
    sought = events.RiderSought(
        pickup=locations.point_of(tx, first),
        subcounty=(first.county, first.subcounty),
        kg=plan.kg,
        customer_id=customer_id,
    )
    tx.emit(sought)
    return bool(sought.found)
