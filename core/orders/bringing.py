"""How goods reach a buyer: a rider to the door, a run to a collection point, or she fetches them (DR-1210).

`Bringing` is made for one plan or one round of planning; it asks for riders, runs and points once each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core import events
from core.db import Tx
from core.listings.models import Listing
from core.locations import service as locations
from core.locations.models import Location
from core.locations.places import Point, km_between
from core.money import ZERO
from core.orders import rules
from core.orders.errors import DayGone, NoRiderThere, OutOfReach
from core.ways import service as ways
from core.ways.models import CollectionPoint
from core.ways.trips import Trip

RIDER, COLLECT, RUN = "rider", "collect", "run"


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
class Choice:
    """A way that works for these goods, in short; amounts KES, `km` the buyer's own way, or the rider's."""

    way: str
    fee: Decimal
    total: Decimal
    day: date
    km: Decimal
    place: str
    collection_point_id: int | None
    run_id: int | None

    def as_json(self) -> dict[str, Any]:
        """As a quote keeps it."""
        return {name: None if value is None else str(value) for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Choice":
        """As a quote kept it."""
        point, run = kept["collection_point_id"], kept["run_id"]
        return cls(
            way=kept["way"],
            fee=Decimal(kept["fee"]),
            total=Decimal(kept["total"]),
            day=date.fromisoformat(kept["day"]),
            km=Decimal(kept["km"]),
            place=kept["place"],
            collection_point_id=None if point is None else int(point),
            run_id=None if run is None else int(run),
        )


@dataclass(frozen=True)
class Plan:
    """A way to supply and bring all lines, with what it costs.

    route  the farms as a rider passes them
    km     by road: the rider's way, or the buyer's to where she collects
    place  the collection point, else the (first) farm
    """

    picks: tuple[Pick, ...]
    route: tuple[Location, ...]
    km: Decimal
    kg: Decimal
    totals: rules.Totals
    day: date
    way: str
    place: str
    collection_point_id: int | None = None
    run_id: int | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def choice(self) -> Choice:
        """This plan as one of the choices."""
        return Choice(
            way=self.way,
            fee=self.totals.fee,
            total=self.totals.total,
            day=self.day,
            km=self.km,
            place=self.place,
            collection_point_id=self.collection_point_id,
            run_id=self.run_id,
        )

    def fits(self, way: str | None, collection_point_id: int | None, run_id: int | None) -> bool:
        """Whether this is the way that was chosen; None is any."""
        return way in (None, self.way) and (
            way is None or (collection_point_id, run_id) == (self.collection_point_id, self.run_id)
        )


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


@dataclass
class Bringing:
    """The ways from farms to one place of one customer, on the day she wants or the first one."""

    tx: Tx
    customer_id: int
    drop: Location
    wanted_day: date | None = None
    _riders: dict[tuple[int, Decimal], bool] = field(default_factory=dict)
    _points: dict[frozenset[int], CollectionPoint | None] = field(default_factory=dict)
    _trips: dict[tuple[frozenset[int], Decimal, date], list[Trip]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the settings once."""
        self.tariff = tariff(self.tx)
        self.usual_day = rules.delivery_day(self.tx.now, self.tx.setting("order.cutoff_local"))
        self._factor = self.tx.setting("delivery.road_factor")
        self._max_km = self.tx.setting("delivery.max_km")
        self.door = locations.point_of(self.tx, self.drop)

    def to_door(self, picks: tuple[Pick, ...]) -> Plan:
        """As a rider would bring it; whether there is one, `check_rider` says."""
        farms = {pick.listing.farm_id: pick.listing.farm.location for pick in picks}
        route = rules.nearest_first(list(farms.values()), self.drop, self._between)
        km, kg = self.km(route), sum((pick.kg for pick in picks), ZERO)
        return Plan(
            picks=picks,
            route=tuple(route),
            km=km,
            kg=kg,
            totals=rules.totals(self.tariff, [p.total for p in picks], km=km, kg=kg, farms=len(farms)),
            day=max(self.first_day(picks), self.wanted_day or date.min),
            way=RIDER,
            place=route[0].ward,
        )

    def check_rider(self, plan: Plan) -> None:
        """Raises OutOfReach (DR-1106) or NoRiderThere (DR-1212): on duty or not, for duty changes by the hour
        and the delivery is tomorrow's."""
        if plan.km > self._max_km:
            raise OutOfReach(km=plan.km, max_km=self._max_km)
        first = plan.route[0]
        asked = (first.location_id, plan.kg)
        if asked not in self._riders:
            sought = events.RiderSought(
                pickup=locations.point_of(self.tx, first),
                subcounty=(first.county, first.subcounty),
                kg=plan.kg,
                customer_id=self.customer_id,
            )
            self.tx.emit(sought)
            self._riders[asked] = bool(sought.found)
        if not self._riders[asked]:
            raise NoRiderThere(place=first.ward)

    def works(self, plan: Plan) -> bool:
        """Whether a rider could bring it."""
        try:
            self.check_rider(plan)
        except (OutOfReach, NoRiderThere):
            return False
        return True

    def fetched(self, door: Plan) -> list[Plan]:
        """The ways to have the same goods by fetching them, free or from a run; the best for the buyer first.

        Fetching costs her a trip, so her own kilometres count as a rider's would (section 23).
        """
        wards = frozenset(place.ward_code for place in door.route)
        found = []
        asked = (wards, door.kg, self._run_day(door))
        if asked not in self._trips:
            self._trips[asked] = ways.trips(
                self.tx, farm_wards=wards, near=self.door, kg=door.kg, earliest=asked[2]
            )
        for trip in self._trips[asked]:
            there = self.tx.parts.places.get(trip.point.ward_code).point
            found.append(
                self._instead(
                    door,
                    RUN,
                    there,
                    trip.point.name,
                    fee=trip.fee,
                    day=trip.day,
                    collection_point_id=trip.point.collection_point_id,
                    run_id=trip.run.run_id,
                )
            )
        if wards not in self._points:
            self._points[wards] = ways.collection_for(self.tx, farm_wards=wards, near=self.door)
        if (point := self._points[wards]) is not None:
            there = self.tx.parts.places.get(point.ward_code).point
            found.append(
                self._instead(door, COLLECT, there, point.name, collection_point_id=point.collection_point_id)
            )
        if len(door.route) == 1:
            farm = door.picks[0].listing.farm
            there = locations.point_of(self.tx, farm.location)
            found.append(self._instead(door, COLLECT, there, farm.farm_name))
        return sorted(found, key=self.cost)

    def cost(self, plan: Plan) -> tuple[bool, int, Decimal, Decimal]:
        """What ways and plans are compared by: harvested before to be harvested, then the fewest farms, then
        the total with the buyer's own trip, then the road."""
        own_trip = ZERO if plan.way == RIDER else self.tariff.per_km * plan.km
        return (
            self._to_be_harvested(plan.picks),
            len(plan.route),
            plan.totals.total + own_trip,
            plan.km,
        )

    def fetching_cost(self, door: Plan) -> tuple[bool, int, Decimal]:
        """What a plan costs a buyer who fetches it at the farms; to choose which are worth a closer look."""
        own_trip = self.tariff.per_km * door.km
        return self._to_be_harvested(door.picks), len(door.route), door.totals.subtotal + own_trip

    def first_day(self, picks: Sequence[Pick]) -> date:
        """The promised day: the usual one, or the day after the last expected harvest (DR-406, DR-705)."""
        return _first_day(self.usual_day, [pick.listing for pick in picks])

    def check_day(self, plan: Plan) -> None:
        """Raises DayGone for a wanted day before the first, or too far behind it; a run has its own."""
        if self.wanted_day is None or plan.way == RUN:
            return
        last = self.first_day(plan.picks) + timedelta(days=self.tx.setting("order.days_ahead"))
        if not plan.day == self.wanted_day <= last:
            raise DayGone(day=self.wanted_day)

    def km(self, route: Sequence[Location]) -> Decimal:
        """Road km over these farms to the door (DR-1103)."""
        return rules.route_km(route, self.drop, self._between, self._factor)

    def _instead(self, door: Plan, way: str, there: Point, place: str, **differs: Any) -> Plan:
        fee = differs.pop("fee", ZERO)
        km = rules.route_km([there], self.door, km_between, self._factor)
        subtotal = door.totals.subtotal
        totals = rules.Totals(subtotal, fee, ZERO, rules.total(subtotal, fee))
        values = {**vars(door), "km": km, "totals": totals, "way": way, "place": place, **differs}
        return Plan(**values)

    def _run_day(self, door: Plan) -> date:
        """Ready goods go with the next run that its cut-off allows; others after their harvest."""
        return self.first_day(door.picks) if self._to_be_harvested(door.picks) else date.min

    def _to_be_harvested(self, picks: Sequence[Pick]) -> bool:
        return self.first_day(picks) > self.usual_day

    def _between(self, a: Location, b: Location) -> float:
        return km_between(locations.point_of(self.tx, a), locations.point_of(self.tx, b))


def days(tx: Tx, listings: Sequence[Listing], *, way: str, day: date) -> tuple[date, ...]:
    """The days among which a customer may choose for these goods, the first one first (DR-705).

    way, day  of the plan: a run goes on its own day alone
    """
    if way == RUN:
        return (day,)
    usual = rules.delivery_day(tx.now, tx.setting("order.cutoff_local"))
    first = _first_day(usual, listings)
    return tuple(first + timedelta(days=n) for n in range(tx.setting("order.days_ahead") + 1))


def _first_day(usual: date, listings: Sequence[Listing]) -> date:
    return max(usual, *(_harvested(listing) or usual for listing in listings))


def _harvested(listing: Listing) -> date | None:
    """The day after the expected harvest of what is not harvested yet (DR-406)."""
    if listing.expected_harvest_date is None or listing.harvest_date is not None:
        return None
    return listing.expected_harvest_date + timedelta(days=1)
