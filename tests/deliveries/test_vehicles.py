"""Vehicles and duty: one per rider, approved by an admin before use (DR-1209, DR-1201)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.deliveries import duty, errors, vehicles
from core.deliveries.models import Vehicle
from core.errors import NotAllowed, WrongState
from tests.helpers import Person
from tests.orders.shop import Shop


@pytest.fixture
def mutua(shop: Shop) -> Person:
    """A rider who has just registered."""
    return shop.person("+254712000333", "rider", "Kinoo", "Mutua")


def register(shop: Shop, rider: Person, plate: str = "KMDA 777X", kind: str = "motorcycle") -> Vehicle:
    return shop.db.run(lambda tx: vehicles.register(tx, rider.actor, vehicle_type=kind, plate=plate))


def decide(shop: Shop, vehicle: Vehicle, *, approve: bool, who: Person | None = None) -> Vehicle:
    actor = (who or shop.cast.admin).actor
    return shop.db.run(lambda tx: vehicles.decide(tx, actor, vehicle_id=vehicle.vehicle_id, approve=approve))


def set_duty(shop: Shop, rider: Person, *, on: bool) -> duty.RiderState:
    return shop.db.run(lambda tx: duty.set_duty(tx, rider.actor, on=on))


def test_a_vehicle_waits_for_an_admin_and_then_its_rider_may_work(shop: Shop, mutua: Person) -> None:
    vehicle = register(shop, mutua)
    assert (vehicle.vehicle_status, vehicle.capacity_kg) == ("pending", Decimal("60.00"))
    with pytest.raises(errors.NoApprovedVehicle):
        set_duty(shop, mutua, on=True)
    with shop.db.read() as tx:
        assert [row.plate for row in vehicles.pending(tx, shop.cast.admin.actor)] == ["KMDA 777X"]
    decide(shop, vehicle, approve=True)
    assert set_duty(shop, mutua, on=True).on_duty
    assert not set_duty(shop, mutua, on=False).on_duty
    assert shop.texts(mutua) == ["vehicle_approved"]


def test_a_decision_is_audited_told_once_and_final(shop: Shop, mutua: Person) -> None:
    """DR-1801."""
    vehicle = register(shop, mutua)
    for _ in range(2):
        decide(shop, vehicle, approve=True)
    assert shop.texts(mutua) == ["vehicle_approved"]
    with pytest.raises(WrongState):
        decide(shop, vehicle, approve=False)
    with shop.db.read() as tx:
        rows = tx.session.scalars(
            select(AuditRow).where(AuditRow.record == f"vehicle:{vehicle.vehicle_id}")
        ).all()
    assert [(row.what, row.user_id) for row in rows] == [("vehicle.decide", shop.cast.admin.id)]


def test_only_an_admin_decides(shop: Shop, mutua: Person) -> None:
    vehicle = register(shop, mutua)
    with pytest.raises(NotAllowed):
        decide(shop, vehicle, approve=True, who=mutua)
    with shop.db.read() as tx, pytest.raises(NotAllowed):
        vehicles.pending(tx, mutua.actor)


def test_a_refused_vehicle_may_be_registered_again(shop: Shop, mutua: Person) -> None:
    vehicle = register(shop, mutua)
    decide(shop, vehicle, approve=False)
    again = register(shop, mutua)
    assert (again.vehicle_id, again.vehicle_status) == (vehicle.vehicle_id, "pending")
    decide(shop, again, approve=True)
    assert shop.texts(mutua) == ["vehicle_refused", "vehicle_approved"]


@pytest.mark.parametrize(
    ("kind", "plate", "refusal"),
    [
        ("rocket", "KMDA 777X", errors.VehicleTypeUnknown),
        ("motorcycle", "no plate", errors.PlateInvalid),
        ("motorcycle", "", errors.PlateInvalid),
        ("motorcycle", "kmfb123c", errors.PlateTaken),  # Kamau's, in another spelling
    ],
)
def test_what_cannot_be_registered(
    shop: Shop, mutua: Person, kind: str, plate: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        register(shop, mutua, plate, kind)


def test_one_vehicle_per_rider(shop: Shop) -> None:
    with pytest.raises(errors.HasVehicle):
        register(shop, shop.cast.rider, "KMDA 777X")


def test_a_bicycle_needs_no_plate(shop: Shop, mutua: Person) -> None:
    assert register(shop, mutua, "", "bicycle").capacity_kg == Decimal("20.00")


def test_a_farmer_registers_no_vehicle(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        register(shop, shop.cast.farmer, "KMDA 777X")
