"""Vehicles: a rider registers one, an admin approves or refuses it, either puts it away (DR-1209)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core import events, pages
from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.deliveries import duty, locks, rules
from core.deliveries.errors import (
    HasVehicle,
    PlateInvalid,
    PlateTaken,
    VehicleInUse,
    VehicleTypeUnknown,
    VehicleUnknown,
)
from core.deliveries.machine import NOT_OVER, VEHICLE
from core.deliveries.models import Delivery, Vehicle
from core.machine import NEW, Step
from core.users import service as users

GIVEN_UP = ("refused", "inactive")


@dataclass(frozen=True)
class VehicleView:
    """A vehicle as its rider and admins see it; `capacity_kg` in kg."""

    vehicle_id: int
    rider_id: int
    vehicle_type: str
    plate: str
    capacity_kg: Decimal
    vehicle_status: str
    created_at: datetime


def register(tx: Tx, actor: Actor, *, vehicle_type: str, plate: str) -> Vehicle:
    """Register the rider's one vehicle; it waits for an admin. Its capacity is the type's (DR-1201).

    plate  any spelling; a bicycle has none and may come with ""

    A refused vehicle may be registered again. Raises VehicleTypeUnknown, PlateInvalid, PlateTaken,
    HasVehicle, NotAllowed.
    """
    rider_id = users.acting(tx, actor, "rider").user_id
    users.may(tx, actor, "create", "vehicles", own=True)
    if not isinstance(vehicle_type, str) or not isinstance(plate, str):
        raise PlateInvalid(plate=str(plate)[:12])
    capacity = rules.capacities(tx.setting("rider.capacity_kg"))
    if vehicle_type not in capacity:
        raise VehicleTypeUnknown(types=list(capacity))
    spelled = f"BIKE {rider_id}" if vehicle_type == "bicycle" and not plate.strip() else rules.plate(plate)
    if spelled is None:
        raise PlateInvalid(plate=plate[:12])
    active = tx.session.scalar(select(Vehicle).where(Vehicle.active_for == rider_id))
    if active is not None:
        raise HasVehicle(plate=active.plate)
    vehicle = tx.session.scalar(select(Vehicle).where(Vehicle.plate == spelled).with_for_update())
    if vehicle is not None and vehicle.vehicle_status not in GIVEN_UP:
        raise PlateTaken(plate=spelled)
    if vehicle is None:
        vehicle = Vehicle(plate=spelled, vehicle_status=NEW, created_at=tx.now)
        tx.session.add(vehicle)
    vehicle.rider_id = vehicle.active_for = rider_id
    vehicle.vehicle_type = vehicle_type
    vehicle.capacity_kg = capacity[vehicle_type]
    step = _move(vehicle, "register", actor.role)
    duty.settle_home(tx, vehicle)
    tx.flush()
    tx.note(f"vehicle:{vehicle.vehicle_id}", f"{step.source.strip('()')} -> {step.target}")
    return vehicle


def pending(tx: Tx, actor: Actor) -> list[Vehicle]:
    """The vehicles that wait for an admin, oldest first, with their riders."""
    users.acting(tx, actor, "admin")
    users.may(tx, actor, "read", "vehicles", own=False)
    query = select(Vehicle).where(Vehicle.vehicle_status == "pending").order_by(Vehicle.vehicle_id)
    return list(tx.session.scalars(query.options(selectinload(Vehicle.rider))))


def decide(tx: Tx, actor: Actor, *, vehicle_id: int, approve: bool) -> Vehicle:
    """Approve or refuse a vehicle; audited (DR-1801). The same decision again changes nothing.

    Raises VehicleUnknown, WrongState, NotAllowed. Emits VehicleDecided.
    """
    users.acting(tx, actor, "admin")
    admin = users.may(tx, actor, "update", "vehicles", own=False)
    vehicle = locks.vehicle(tx, vehicle_id)
    if vehicle is None:
        raise VehicleUnknown(vehicle_id=vehicle_id)
    event, result = ("approve", "approved") if approve else ("refuse", "refused")
    if vehicle.vehicle_status == result:
        return vehicle
    step = _move(vehicle, event, actor.role)
    vehicle.decided_by, vehicle.decided_at = admin.user_id, tx.now
    if not approve:
        vehicle.active_for = None
    record = f"vehicle:{vehicle_id}"
    audit.record(tx, actor, what="vehicle.decide", record=record, changes={"status": [step.source, result]})
    tx.note(record, f"{step.source} -> {result}")
    tx.emit(events.VehicleDecided(vehicle_id=vehicle_id, approved=approve, actor=actor))
    return vehicle


def listed(tx: Tx, actor: Actor, *, status: str = "", page: int = 1) -> list[VehicleView]:
    """A rider's own vehicles, given up ones too, or for an admin everybody's; newest first, in pages.

    Raises NotAllowed, BadPage.
    """
    user = users.may(tx, actor, "read", "vehicles", own=True)
    query = select(Vehicle).order_by(Vehicle.vehicle_id.desc())
    if user.user_role != "admin":
        query = query.where(Vehicle.rider_id == user.user_id)
    if status:
        query = query.where(Vehicle.vehicle_status == status)
    return [view(vehicle) for vehicle in tx.session.scalars(pages.cut(tx, query, page))]


def one(tx: Tx, actor: Actor, *, vehicle_id: int) -> VehicleView:
    """One vehicle, the rider's own or for an admin anybody's; raises NotFound, VehicleUnknown, NotAllowed."""
    vehicle = tx.session.get(Vehicle, vehicle_id)
    users.may(tx, actor, "read", "vehicles", own=vehicle is not None and vehicle.rider_id == actor.user_id)
    if vehicle is None:
        raise VehicleUnknown(vehicle_id=vehicle_id)
    return view(vehicle)


def deactivate(tx: Tx, actor: Actor, *, vehicle_id: int) -> Vehicle:
    """The rider puts his vehicle away, or an admin does (audited); he is then off duty (DR-1209, DR-212).

    A vehicle that is given up already stays so. Raises VehicleInUse with open deliveries, NotFound for
    another's, VehicleUnknown, NotAllowed. Emits RiderPutOff where an admin did it.
    """
    vehicle = locks.vehicle(tx, vehicle_id)
    own = vehicle is not None and vehicle.rider_id == actor.user_id
    user = users.may(tx, actor, "delete", "vehicles", own=own, vehicle_id=vehicle_id)
    if vehicle is None:
        raise VehicleUnknown(vehicle_id=vehicle_id)
    if vehicle.vehicle_status in GIVEN_UP:
        return vehicle
    busy = select(Delivery.delivery_id).where(
        Delivery.rider_id == vehicle.rider_id, Delivery.delivery_status.in_(NOT_OVER)
    )
    if tx.session.scalar(busy.limit(1)) is not None:
        raise VehicleInUse(plate=vehicle.plate)
    step = _move(vehicle, "deactivate", user.user_role)
    vehicle.active_for = None
    row = locks.duty(tx, vehicle.rider_id)
    if row is not None and row.on_duty:
        row.on_duty, row.since = False, tx.now
        if user.user_role == "admin":
            tx.emit(events.RiderPutOff(rider_id=vehicle.rider_id, why="vehicle", actor=actor))
    record = f"vehicle:{vehicle_id}"
    if user.user_role == "admin":
        changes = {"status": [step.source, step.target]}
        audit.record(tx, actor, what="vehicle.deactivate", record=record, changes=changes)
    tx.note(record, f"{step.source} -> {step.target}")
    return vehicle


def _move(vehicle: Vehicle, event: str, role: str) -> Step:
    step = VEHICLE.step(vehicle.vehicle_status, event, role)
    vehicle.vehicle_status = step.target
    return step


def view(vehicle: Vehicle) -> VehicleView:
    """The vehicle as it is shown."""
    return VehicleView(
        vehicle_id=vehicle.vehicle_id,
        rider_id=vehicle.rider_id,
        vehicle_type=vehicle.vehicle_type,
        plate=vehicle.plate,
        capacity_kg=vehicle.capacity_kg,
        vehicle_status=vehicle.vehicle_status,
        created_at=vehicle.created_at,
    )
