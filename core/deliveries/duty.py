"""Riders on and off duty, and who of them could carry what (DR-1201, DR-1212)."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from core import events
from core.actor import Actor
from core.cash import limits as cash
from core.cash import rules as cash_rules
from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.deliveries import locks, rules
from core.deliveries.errors import NoApprovedVehicle
from core.deliveries.machine import IN_HAND, NOT_OVER
from core.deliveries.models import Delivery, DeliveryOffer, RiderDuty, Vehicle
from core.locations import service as locations
from core.locations.models import Location
from core.locations.places import Point, km_between
from core.money import round2
from core.orders.models import Order
from core.users import service as users
from core.users.models import User

# A rider's own place may lie so far from the middle of his ward.
WARD_KM = 10.0
# So many free riders are enough to choose the best of; wards are asked by so many at once.
COMPARED = 12
WARDS_AT_ONCE = 12


@dataclass(frozen=True)
class RiderState:
    """A rider as the menu shows him: his vehicle in any state but refused, his deliveries in hand, oldest
    first, each with its order."""

    on_duty: bool
    vehicle: Vehicle | None
    open_deliveries: tuple[Delivery, ...]


def set_duty(tx: Tx, actor: Actor, *, on: bool) -> RiderState:
    """Go on or off duty; deliveries in hand stay. Raises NoApprovedVehicle, NotAllowed."""
    rider_id = users.acting(tx, actor, "rider").user_id
    vehicle = _vehicle(tx, rider_id)
    if on and (vehicle is None or vehicle.vehicle_status != "approved"):
        raise NoApprovedVehicle
    if on and vehicle is not None:
        settle_home(tx, vehicle)
    row = locks.duty(tx, rider_id)
    if row is None:
        row = RiderDuty(rider_id=rider_id, on_duty=False, since=tx.now, idle_since=tx.now)
        tx.session.add(row)
    if row.on_duty != on:
        row.on_duty = on
        row.since = tx.now
        if on:
            row.idle_since, row.timeouts_in_row = tx.now, 0
        tx.note(f"rider:{rider_id}", "on duty" if on else "off duty")
    tx.flush()
    return state(tx, rider_id)


def state(tx: Tx, rider_id: int) -> RiderState:
    """How a rider stands now."""
    row = tx.session.get(RiderDuty, rider_id)
    vehicle = _vehicle(tx, rider_id)
    return RiderState(row is not None and row.on_duty, vehicle, tuple(in_hand(tx, rider_id)))


def in_hand(tx: Tx, rider_id: int) -> list[Delivery]:
    """The rider's open deliveries with their orders, oldest first."""
    query = select(Delivery).where(Delivery.rider_id == rider_id, Delivery.delivery_status.in_(IN_HAND))
    loaded = query.options(selectinload(Delivery.order)).order_by(Delivery.assigned_at, Delivery.delivery_id)
    return list(tx.session.scalars(loaded))


def in_reach(
    tx: Tx,
    *,
    pickup: Point,
    subcounty: tuple[str, str],
    kg: Decimal,
    customer_id: int,
    on_duty: bool = False,
    wards: Sequence[int] | None = None,
) -> dict[int, Decimal]:
    """Road km to `pickup` by rider id, for every rider who could carry `kg` from there (DR-1201).

    Active, verified, with an approved vehicle of the capacity, near enough; a rider without a position of his
    own also counts in his whole sub-county, since his ward's middle is only a guess. With `on_duty`, only
    those who are on duty now; with `wards`, only those who live there. Only riders whose home ward lies near
    are looked at, however many there are.
    """
    factor, farthest = tx.setting("delivery.road_factor"), tx.setting("rider.max_pickup_km")
    if wards is None:
        wards = _wards_around(tx, pickup, subcounty)
    query = (
        select(User.user_id, Location)
        .join(Vehicle, Vehicle.active_for == User.user_id)
        .join(Location, Location.default_of == User.user_id)
        .where(
            Vehicle.vehicle_status == "approved",
            Vehicle.home_ward.in_(wards),
            Vehicle.capacity_kg >= kg,
            User.user_role == "rider",
            User.is_active,
            User.is_verified,
            User.user_id != customer_id,
        )
    )
    if on_duty:
        query = query.join(RiderDuty, RiderDuty.rider_id == User.user_id).where(RiderDuty.on_duty)
    found = {}
    for rider_id, place in tx.session.execute(query):
        km = round2(Decimal(str(km_between(locations.point_of(tx, place), pickup))) * factor)
        guessed = place.latitude is None and (place.county, place.subcounty) == subcounty
        if km <= farthest or guessed:
            found[rider_id] = km
    return found


def free_near(
    tx: Tx,
    *,
    pickup: Point,
    subcounty: tuple[str, str],
    kg: Decimal,
    customer_id: int,
    cash_order: bool = False,
    but: Set[int] = frozenset(),
) -> list[rules.Candidate]:
    """Riders on duty who may be asked now, without those in `but`: from the nearest wards outwards, until
    there are `COMPARED` to choose from or nobody else is in reach (DR-1201, DR-1202)."""
    wards = _wards_around(tx, pickup, subcounty)
    found: list[rules.Candidate] = []
    for start in range(0, len(wards), WARDS_AT_ONCE):
        reach = in_reach(
            tx,
            pickup=pickup,
            subcounty=subcounty,
            kg=kg,
            customer_id=customer_id,
            on_duty=True,
            wards=wards[start : start + WARDS_AT_ONCE],
        )
        found += [one for one in candidates(tx, reach, cash_order=cash_order) if one.rider_id not in but]
        if len(found) >= COMPARED:
            break
    return found


def candidates(tx: Tx, reach: Mapping[int, Decimal], *, cash_order: bool = False) -> list[rules.Candidate]:
    """Those of the riders in reach who may be asked now: a hand free, no other offer open, and not too much
    cash with them, least of all for an order paid at the door (DR-1201, DR-903)."""
    if not reach:
        return []
    midnight = datetime.combine(nairobi_date(tx.now), datetime.min.time(), NAIROBI)
    rows = tx.session.scalars(select(RiderDuty).where(RiderDuty.rider_id.in_(reach)))
    idle = {row.rider_id: row.idle_since for row in rows}
    busy = _counted(tx, Delivery.rider_id, Delivery.delivery_status.in_(IN_HAND), reach)
    today = _counted(tx, DeliveryOffer.rider_id, DeliveryOffer.offered_at >= midnight, reach)
    asked = _counted(tx, DeliveryOffer.rider_id, DeliveryOffer.open_delivery.is_not(None), reach)
    with_cash = _too_much_cash(tx, reach, cash_order=cash_order)
    sought = events.RatingSought(about="rider", ids=tuple(reach))
    tx.emit(sought)
    most = tx.setting("rider.max_open")
    return [
        rules.Candidate(
            rider_id=rider_id,
            pickup_km=km,
            open_deliveries=busy.get(rider_id, 0),
            offers_today=today.get(rider_id, 0),
            idle_since=idle.get(rider_id, tx.now),
            rating=sought.ratings.get(rider_id, rules.UNRATED),
        )
        for rider_id, km in reach.items()
        if busy.get(rider_id, 0) < most and rider_id not in asked and rider_id not in with_cash
    ]


def _wards_around(tx: Tx, pickup: Point, subcounty: tuple[str, str]) -> list[int]:
    """The wards in which a rider may live who collects at `pickup`, the nearest first."""
    places = tx.parts.places
    straight = float(tx.setting("rider.max_pickup_km") / tx.setting("delivery.road_factor"))
    wards = places.wards_near(pickup, straight + WARD_KM, subcounty)
    return sorted(wards, key=lambda code: km_between(places.get(code).point, pickup))


def fit(tx: Tx, rider_id: int, kg: Decimal) -> bool:
    """Whether an admin may hand him a delivery of `kg`: active, verified, with an approved vehicle for it."""
    query = (
        select(User.user_id)
        .join(Vehicle, Vehicle.active_for == User.user_id)
        .where(
            User.user_id == rider_id,
            User.user_role == "rider",
            User.is_active,
            User.is_verified,
            Vehicle.vehicle_status == "approved",
            Vehicle.capacity_kg >= kg,
        )
    )
    return tx.session.scalar(query) is not None


def earning(tx: Tx, order: Order, pickup_km: Decimal) -> Decimal:
    """What bringing the order earns, in KES, from so many km to the first pickup (DR-1105)."""
    pay = rules.Pay(
        share_percent=tx.setting("rider.share_percent"),
        per_pickup_km=tx.setting("rider.pickup_per_km"),
        pickup_included_km=tx.setting("rider.pickup_included_km"),
        minimum=tx.setting("rider.min_earning"),
    )
    return rules.earning(pay, fee=order.delivery_fee + order.delivery_fee_waived, pickup_km=pickup_km)


def way_to(tx: Tx, rider_id: int, point: Point) -> Decimal:
    """Road km from the rider's place to `point`; 0 for one who has no place."""
    place = locations.default_of(tx, rider_id)
    if place is None:
        return Decimal("0.00")
    return round2(
        Decimal(str(km_between(locations.point_of(tx, place), point))) * tx.setting("delivery.road_factor")
    )


def settle_home(tx: Tx, vehicle: Vehicle) -> None:
    """Keep the ward of the rider's default place on his vehicle, by which he is found."""
    place = locations.default_of(tx, vehicle.rider_id)
    vehicle.home_ward = place.ward_code if place is not None else None


def account_off(tx: Tx, happened: events.UserDeactivated) -> None:
    """Reaction: who may no longer act is off duty. Emits RiderPutOff."""
    row = locks.duty(tx, happened.user_id)
    if row is not None and row.on_duty:
        row.on_duty, row.since = False, tx.now
        tx.note(f"rider:{happened.user_id}", "off duty")
        tx.emit(events.RiderPutOff(rider_id=happened.user_id, why="account", actor=happened.actor))


def home_moved(tx: Tx, happened: events.DefaultPlaceChanged | events.PlaceMoved) -> None:
    """Reaction: a rider is found where he lives now."""
    vehicle = _vehicle(tx, happened.user_id)
    if vehicle is not None:
        settle_home(tx, vehicle)


def rider_sought(tx: Tx, sought: events.RiderSought) -> None:
    """Reaction: a quote asks whether anybody could carry it; on duty or not, that is tomorrow's matter."""
    reach = in_reach(
        tx, pickup=sought.pickup, subcounty=sought.subcounty, kg=sought.kg, customer_id=sought.customer_id
    )
    sought.found.extend(sorted(reach))


def jobs_sought(tx: Tx, sought: events.JobsSought) -> None:
    """Reaction: the orders that a rider has in hand, has delivered or taken back."""
    his = (*NOT_OVER, "delivered", "returned")
    query = select(Delivery.order_id).where(
        Delivery.rider_id == sought.rider_id, Delivery.delivery_status.in_(his)
    )
    sought.order_ids.extend(tx.session.scalars(query))


def _vehicle(tx: Tx, rider_id: int) -> Vehicle | None:
    return tx.session.scalar(select(Vehicle).where(Vehicle.active_for == rider_id))


def _too_much_cash(tx: Tx, reach: Mapping[int, Decimal], *, cash_order: bool) -> set[int]:
    standings, most = cash.standings(tx, reach.keys()), cash.settings(tx)
    return {
        rider_id
        for rider_id, standing in standings.items()
        if cash_rules.blocked(standing, most)
        or (cash_order and not cash_rules.may_carry_cash(standing, most, tx.now))
    }


def _counted(
    tx: Tx,
    whose: InstrumentedAttribute[Any],
    condition: ColumnElement[bool],
    riders: Mapping[int, Decimal],
) -> dict[int, int]:
    query = select(whose, func.count().label("n")).where(condition, whose.in_(riders)).group_by(whose)
    return {row[0]: row.n for row in tx.session.execute(query)}
