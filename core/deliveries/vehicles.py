"""Vehicles: a rider registers one, an admin approves or refuses it (DR-1209)."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core import events
from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.deliveries import locks, rules
from core.deliveries.errors import HasVehicle, PlateInvalid, PlateTaken, VehicleTypeUnknown, VehicleUnknown
from core.deliveries.machine import VEHICLE
from core.deliveries.models import Vehicle
from core.machine import NEW
from core.users import service as users

GIVEN_UP = ("refused", "inactive")


def register(tx: Tx, actor: Actor, *, vehicle_type: str, plate: str) -> Vehicle:
    """Register the rider's one vehicle; it waits for an admin. Its capacity is the type's (DR-1201).

    plate  any spelling; a bicycle has none and may come with ""

    A refused vehicle may be registered again. Raises VehicleTypeUnknown, PlateInvalid, PlateTaken,
    HasVehicle, NotAllowed.
    """
    rider_id = users.acting(tx, actor, "rider").user_id
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
        vehicle = Vehicle(plate=spelled, created_at=tx.now)
        tx.session.add(vehicle)
        step = VEHICLE.step(NEW, "register", actor.role)
    else:
        step = VEHICLE.step(vehicle.vehicle_status, "register", actor.role)
    vehicle.rider_id = vehicle.active_for = rider_id
    vehicle.vehicle_type = vehicle_type
    vehicle.capacity_kg = capacity[vehicle_type]
    vehicle.vehicle_status = step.target
    tx.flush()
    tx.note(f"vehicle:{vehicle.vehicle_id}", f"{step.source.strip('()')} -> {step.target}")
    return vehicle


def pending(tx: Tx, actor: Actor) -> list[Vehicle]:
    """The vehicles that wait for an admin, oldest first, with their riders."""
    users.acting(tx, actor, "admin")
    query = select(Vehicle).where(Vehicle.vehicle_status == "pending").order_by(Vehicle.vehicle_id)
    return list(tx.session.scalars(query.options(selectinload(Vehicle.rider))))


def decide(tx: Tx, actor: Actor, *, vehicle_id: int, approve: bool) -> Vehicle:
    """Approve or refuse a vehicle; audited (DR-1801). The same decision again changes nothing.

    Raises VehicleUnknown, WrongState, NotAllowed. Emits VehicleDecided.
    """
    admin = users.acting(tx, actor, "admin")
    vehicle = locks.vehicle(tx, vehicle_id)
    if vehicle is None:
        raise VehicleUnknown(vehicle_id=vehicle_id)
    event, result = ("approve", "approved") if approve else ("refuse", "refused")
    if vehicle.vehicle_status == result:
        return vehicle
    step = VEHICLE.step(vehicle.vehicle_status, event, actor.role)
    vehicle.vehicle_status = step.target
    vehicle.decided_by, vehicle.decided_at = admin.user_id, tx.now
    if not approve:
        vehicle.active_for = None
    record = f"vehicle:{vehicle_id}"
    audit.record(tx, actor, what="vehicle.decide", record=record, changes={"status": [step.source, result]})
    tx.note(record, f"{step.source} -> {result}")
    tx.emit(events.VehicleDecided(vehicle_id=vehicle_id, approved=approve, actor=actor))
    return vehicle
