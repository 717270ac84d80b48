"""A rider's way: the stops of all his open deliveries in the order in which to do them (DR-1207, DR-1211)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import bindparam, literal, null, select, union_all

from core.actor import Actor
from core.db import Tx
from core.deliveries import rules, waiting
from core.deliveries.models import RiderPosition
from core.deliveries.tracking import SEEN_LATELY
from core.deliveries.waiting import AtFarm, Goods, Job
from core.locations import service as locations
from core.locations.models import Location
from core.locations.places import Point, km_between
from core.money import ZERO, round2
from core.users import service as users


@dataclass(frozen=True)
class StopView:
    """One stop of a route; `number` counts from 1, `km` by road from the stop before.

    kind     pickup or drop
    person   whom he meets, `phone` as people write it
    goods    what he takes along or hands over; `ready` whether it is packed
    collect  KES to take at the door (DR-901); 0.00 at a pickup
    """

    number: int
    kind: str
    delivery_id: int
    order_id: int
    order_number: str
    farm_id: int | None
    person: str
    phone: str
    place: str
    landmark: str
    goods: tuple[Goods, ...]
    ready: bool
    kg: Decimal
    collect: Decimal
    latitude: float
    longitude: float
    km: Decimal

    @property
    def tail(self) -> str:
        """The last four characters, by which people name an order (DR-110)."""
        return self.order_number[-4:]


@dataclass(frozen=True)
class _Errand(rules.Errand[Point]):
    view: StopView


_SEEN = (
    select(RiderPosition.latitude, RiderPosition.longitude)
    .where(
        RiderPosition.rider_id == bindparam("rider_id"),
        RiderPosition.latitude.is_not(None),
        RiderPosition.at > bindparam("lately"),
    )
    .order_by(RiderPosition.position_id.desc())
    .limit(1)
    .subquery("seen")
)
_START = union_all(
    select(literal(0).label("rank"), _SEEN.c.latitude, _SEEN.c.longitude, null().label("ward_code")),
    select(literal(1), Location.latitude, Location.longitude, Location.ward_code).where(
        Location.default_of == bindparam("rider_id")
    ),
)


def of_rider(tx: Tx, actor: Actor, *, rider_id: int | None = None) -> list[StopView]:
    """The route of a rider, his own if None: what is still to be done, every pickup before its drop.

    Of a run the drops are in the order of the run's stops. Raises NotFound for another's, NotAllowed.
    """
    own = rider_id in (None, actor.user_id)
    user = users.may(tx, actor, "read", "routes", own=own)
    whose = user.user_id if rider_id is None else rider_id
    return of_jobs(tx, whose, waiting.jobs(tx, whose))


def of_jobs(tx: Tx, rider_id: int, jobs: Sequence[Job]) -> list[StopView]:
    """The way through those of the `jobs` that this rider has in hand; one statement more, if any."""
    his = [job for job in jobs if job.in_hand and job.mine]
    errands = [errand for job in his for errand in _errands(job)]
    if not errands:
        return []
    start = _start(tx, rider_id) or errands[0].point
    way = rules.route(start, errands, km_between)
    runs = {job.delivery_id: job.run_stop for job in his if job.way == "run"}
    if runs:
        way.sort(key=lambda errand: _rank(errand, runs))  # the run's own order; what is equal keeps its place
    factor = tx.setting("delivery.road_factor")
    points = [start, *(errand.point for errand in way)]
    kms = [round2(Decimal(str(km_between(a, b))) * factor) for a, b in pairwise(points)]
    return [
        _numbered(errand, number, km) for number, (errand, km) in enumerate(zip(way, kms, strict=True), 1)
    ]


def _errands(job: Job) -> list[_Errand]:
    """What is left of one job: the farms that are not done, then the door."""
    to_collect = job.farms if job.status == "assigned" and job.way != "collect" else ()
    pickups = [_pickup(job, farm) for farm in to_collect if not farm.done]
    return [*pickups, _drop(job)]


def _pickup(job: Job, farm: AtFarm) -> _Errand:
    view = StopView(
        number=0,
        kind="pickup",
        delivery_id=job.delivery_id,
        order_id=job.order_id,
        order_number=job.order_number,
        farm_id=farm.farm_id,
        person=farm.person,
        phone=farm.phone,
        place=farm.place,
        landmark=farm.landmark,
        goods=farm.goods,
        ready=farm.ready,
        kg=farm.kg,
        collect=ZERO,
        latitude=farm.point.lat,
        longitude=farm.point.lon,
        km=ZERO,
    )
    return _Errand(job.delivery_id, "pickup", farm.point, view)


def _drop(job: Job) -> _Errand:
    view = StopView(
        number=0,
        kind="drop",
        delivery_id=job.delivery_id,
        order_id=job.order_id,
        order_number=job.order_number,
        farm_id=None,
        person=job.person,
        phone=job.phone,
        place=job.place,
        landmark=job.landmark,
        goods=tuple(goods for farm in job.farms for goods in farm.goods),
        ready=all(farm.ready for farm in job.farms),
        kg=job.kg,
        collect=job.collect,
        latitude=job.point.lat,
        longitude=job.point.lon,
        km=ZERO,
    )
    return _Errand(job.delivery_id, "drop", job.point, view)


def _rank(errand: rules.Errand[Point], runs: dict[int, int]) -> int:
    return runs.get(errand.delivery_id, 0) if errand.kind == "drop" else 0


def _start(tx: Tx, rider_id: int) -> Point | None:
    """Where he was seen last, else his place; None if he has none."""
    lately = tx.now - SEEN_LATELY
    rows = sorted(tx.look(_START, rider_id=rider_id, lately=lately), key=lambda row: row.rank)
    if not rows:
        return None
    return locations.point_at(tx, rows[0].latitude, rows[0].longitude, rows[0].ward_code)


def _numbered(errand: rules.Errand[Point], number: int, km: Decimal) -> StopView:
    assert isinstance(errand, _Errand), "made here"
    return StopView(**{**vars(errand.view), "number": number, "km": km})
