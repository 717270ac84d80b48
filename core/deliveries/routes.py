"""A rider's way: the stops of all his open deliveries in the order in which to do them (DR-1207, DR-1211)."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.actor import Actor
from core.cash import collecting
from core.db import Tx
from core.deliveries import rules, stops, tracking
from core.deliveries.hands import to_hand_over
from core.deliveries.models import Delivery
from core.locations import service as locations
from core.locations.places import Point, km_between
from core.money import ZERO, round2
from core.msisdn import national
from core.orders.models import Order
from core.users import service as users
from core.ways.models import CollectionPoint, RunStop


@dataclass(frozen=True)
class StopView:
    """One stop of a route; `number` counts from 1, `km` by road from the stop before.

    kind     pickup or drop
    person   whom he meets, `phone` as people write it
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


def of_rider(tx: Tx, actor: Actor, *, rider_id: int | None = None) -> list[StopView]:
    """The route of a rider, his own if None: what is still to be done, every pickup before its drop.

    Of a run the drops are in the order of the run's stops. Raises NotFound for another's, NotAllowed.
    """
    own = rider_id in (None, actor.user_id)
    user = users.may(tx, actor, "read", "routes", own=own)
    whose = user.user_id if rider_id is None else rider_id
    errands, runs = _errands(tx, whose)
    start = tracking.position_of(tx, whose) or _home(tx, whose) or (errands[0].point if errands else None)
    if start is None:
        return []
    way = rules.route(start, errands, km_between)
    if runs:
        way.sort(key=lambda errand: _rank(errand, runs))  # the run's own order; what is equal keeps its place
    factor = tx.setting("delivery.road_factor")
    points = [start, *(errand.point for errand in way)]
    kms = [round2(Decimal(str(km_between(a, b))) * factor) for a, b in pairwise(points)]
    return [
        _numbered(errand, number, km) for number, (errand, km) in enumerate(zip(way, kms, strict=True), 1)
    ]


def _errands(tx: Tx, rider_id: int) -> tuple[list[_Errand], dict[int, int]]:
    """What he has to do, and of runs' deliveries at which stop of the run they end."""
    errands: list[_Errand] = []
    runs: dict[int, int] = {}
    for delivery in to_hand_over(tx, rider_id):
        if delivery.rider_id != rider_id:
            continue
        order = _with_customer(tx, delivery.order_id)
        errands += _pickups(tx, delivery, order)
        errands.append(_drop(tx, delivery, order))
        if delivery.way == "run" and order.run_id is not None:
            runs[delivery.delivery_id] = _position(tx, order)
    return errands, runs


def _pickups(tx: Tx, delivery: Delivery, order: Order) -> list[_Errand]:
    if delivery.delivery_status != "assigned" or delivery.way == "collect":
        return []
    done = {row.place for row in stops.of(tx, delivery) if row.done_at is not None}
    return [
        _Errand(
            delivery.delivery_id,
            "pickup",
            stop.point,
            StopView(
                number=0,
                kind="pickup",
                delivery_id=delivery.delivery_id,
                order_id=order.order_id,
                order_number=order.order_number,
                farm_id=stop.farm_id,
                person=stop.farmer.first_name or stop.farm,
                phone=national(stop.farmer.phone_number),
                place=stop.location.ward,
                landmark=stop.location.landmark,
                kg=stop.kg,
                collect=ZERO,
                latitude=stop.point.lat,
                longitude=stop.point.lon,
                km=ZERO,
            ),
        )
        for stop in stops.pickups(tx, order)
        if stop.place not in done
    ]


def _drop(tx: Tx, delivery: Delivery, order: Order) -> _Errand:
    point, place = Point(order.drop["lat"], order.drop["lon"]), order.drop["ward"]
    landmark = order.drop.get("landmark", "")
    if order.way == "run" and order.collection_point_id is not None:
        goal = tx.session.get_one(CollectionPoint, order.collection_point_id)
        point = tx.parts.places.get(goal.ward_code).point
        place, landmark = goal.name, goal.landmark
    return _Errand(
        delivery.delivery_id,
        "drop",
        point,
        StopView(
            number=0,
            kind="drop",
            delivery_id=delivery.delivery_id,
            order_id=order.order_id,
            order_number=order.order_number,
            farm_id=None,
            person=order.customer.first_name,
            phone=national(order.customer.phone_number),
            place=place,
            landmark=landmark,
            kg=delivery.kg,
            collect=collecting.to_collect(tx, order),
            latitude=point.lat,
            longitude=point.lon,
            km=ZERO,
        ),
    )


def _with_customer(tx: Tx, order_id: int) -> Order:
    query = select(Order).where(Order.order_id == order_id).options(selectinload(Order.customer))
    return tx.session.scalars(query).one()


def _rank(errand: rules.Errand[Point], runs: dict[int, int]) -> int:
    return runs.get(errand.delivery_id, 0) if errand.kind == "drop" else 0


def _position(tx: Tx, order: Order) -> int:
    query = select(RunStop.position).where(
        RunStop.run_id == order.run_id, RunStop.collection_point_id == order.collection_point_id
    )
    return tx.session.scalar(query) or 0


def _home(tx: Tx, rider_id: int) -> Point | None:
    place = locations.default_of(tx, rider_id)
    return locations.point_of(tx, place) if place is not None else None


def _numbered(errand: rules.Errand[Point], number: int, km: Decimal) -> StopView:
    assert isinstance(errand, _Errand), "made here"
    return StopView(**{**vars(errand.view), "number": number, "km": km})
