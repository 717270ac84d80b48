"""Riders on and off duty, and who of them could carry what (DR-1201, DR-1212)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from core import events
from core.actor import Actor
from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.deliveries import locks, rules
from core.deliveries.errors import NoApprovedVehicle
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery, DeliveryOffer, RiderDuty, Vehicle
from core.locations import service as locations
from core.locations.models import Location
from core.locations.places import Point, km_between
from core.money import round2
from core.users import service as users
from core.users.models import User


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
    if on and not _has_vehicle(tx, rider_id):
        raise NoApprovedVehicle
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
    vehicle = tx.session.scalar(select(Vehicle).where(Vehicle.active_for == rider_id))
    return RiderState(row is not None and row.on_duty, vehicle, tuple(in_hand(tx, rider_id)))


def in_hand(tx: Tx, rider_id: int) -> list[Delivery]:
    """The rider's open deliveries with their orders, oldest first."""
    query = select(Delivery).where(Delivery.rider_id == rider_id, Delivery.delivery_status.in_(IN_HAND))
    loaded = query.options(selectinload(Delivery.order)).order_by(Delivery.assigned_at, Delivery.delivery_id)
    return list(tx.session.scalars(loaded))


def in_reach(
    tx: Tx, *, pickup: Point, subcounty: tuple[str, str], kg: Decimal, customer_id: int, on_duty: bool = False
) -> dict[int, Decimal]:
    """Road km to `pickup` by rider id, for every rider who could carry `kg` from there (DR-1201).

    Active, verified, with an approved vehicle of the capacity, near enough; a rider without a position of his
    own also counts in his whole sub-county, since his ward's middle is only a guess. With `on_duty`, only
    those who are on duty now.
    """
    query = (
        select(User.user_id, Location)
        .join(Vehicle, Vehicle.active_for == User.user_id)
        .join(Location, Location.default_of == User.user_id)
        .where(
            User.user_role == "rider",
            User.is_active,
            User.is_verified,
            User.user_id != customer_id,
            Vehicle.vehicle_status == "approved",
            Vehicle.capacity_kg >= kg,
        )
    )
    if on_duty:
        query = query.join(RiderDuty, RiderDuty.rider_id == User.user_id).where(RiderDuty.on_duty)
    factor, farthest = tx.setting("delivery.road_factor"), tx.setting("rider.max_pickup_km")
    found = {}
    for rider_id, place in tx.session.execute(query):
        km = round2(Decimal(str(km_between(locations.point_of(tx, place), pickup))) * factor)
        guessed = place.latitude is None and (place.county, place.subcounty) == subcounty
        if km <= farthest or guessed:
            found[rider_id] = km
    return found


def candidates(tx: Tx, reach: Mapping[int, Decimal]) -> list[rules.Candidate]:
    """Those of the riders in reach who may be asked now: a hand free, and no other offer open (DR-1201)."""
    if not reach:
        return []
    midnight = datetime.combine(nairobi_date(tx.now), datetime.min.time(), NAIROBI)
    rows = tx.session.scalars(select(RiderDuty).where(RiderDuty.rider_id.in_(reach)))
    idle = {row.rider_id: row.idle_since for row in rows}
    busy = _counted(tx, Delivery.rider_id, Delivery.delivery_status.in_(IN_HAND), reach)
    today = _counted(tx, DeliveryOffer.rider_id, DeliveryOffer.offered_at >= midnight, reach)
    asked = _counted(tx, DeliveryOffer.rider_id, DeliveryOffer.open_delivery.is_not(None), reach)
    most = tx.setting("rider.max_open")
    return [
        rules.Candidate(
            rider_id=rider_id,
            pickup_km=km,
            open_deliveries=busy.get(rider_id, 0),
            offers_today=today.get(rider_id, 0),
            idle_since=idle.get(rider_id, tx.now),
        )
        for rider_id, km in reach.items()
        if busy.get(rider_id, 0) < most and rider_id not in asked
    ]


def rider_sought(tx: Tx, sought: events.RiderSought) -> None:
    """Reaction: a quote asks whether anybody could carry it; on duty or not, that is tomorrow's matter."""
    reach = in_reach(
        tx, pickup=sought.pickup, subcounty=sought.subcounty, kg=sought.kg, customer_id=sought.customer_id
    )
    sought.found.extend(sorted(reach))


def jobs_sought(tx: Tx, sought: events.JobsSought) -> None:
    """Reaction: the orders that a rider has in hand or has delivered."""
    query = select(Delivery.order_id).where(
        Delivery.rider_id == sought.rider_id, Delivery.delivery_status.in_((*IN_HAND, "delivered"))
    )
    sought.order_ids.extend(tx.session.scalars(query))


def _has_vehicle(tx: Tx, rider_id: int) -> bool:
    query = select(Vehicle.vehicle_id).where(
        Vehicle.active_for == rider_id, Vehicle.vehicle_status == "approved"
    )
    return tx.session.scalar(query) is not None


def _counted(
    tx: Tx,
    whose: InstrumentedAttribute[Any],
    condition: ColumnElement[bool],
    riders: Mapping[int, Decimal],
) -> dict[int, int]:
    query = select(whose, func.count().label("n")).where(condition, whose.in_(riders)).group_by(whose)
    return {row[0]: row.n for row in tx.session.execute(query)}
