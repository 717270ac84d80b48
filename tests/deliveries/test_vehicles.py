"""Vehicles and duty: one per rider, approved by an admin before use (DR-1209, DR-1201)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.deliveries import duty, errors, vehicles
from core.deliveries.models import Vehicle
from core.errors import NotAllowed, NotFound, WrongState
from tests.deliveries.road import Road
from tests.helpers import Person
from tests.orders.shop import Shop
from tests.proving import proves


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


def put_away(shop: Shop, vehicle_id: int, who: Person) -> Vehicle:
    return shop.db.run(lambda tx: vehicles.deactivate(tx, who.actor, vehicle_id=vehicle_id))


@proves("DR-1209", "DR-212")
def test_a_vehicle_is_put_away_by_its_rider_who_is_then_off_duty(shop: Shop, mutua: Person) -> None:
    vehicle = register(shop, mutua)
    decide(shop, vehicle, approve=True)
    set_duty(shop, mutua, on=True)
    for _ in range(2):  # again changes nothing
        assert put_away(shop, vehicle.vehicle_id, mutua).vehicle_status == "inactive"
    with shop.db.read() as tx:
        assert not duty.state(tx, mutua.id).on_duty
        assert [view.vehicle_status for view in vehicles.listed(tx, mutua.actor)] == ["inactive"]
    with pytest.raises(errors.NoApprovedVehicle):
        set_duty(shop, mutua, on=True)
    assert register(shop, mutua, "KMDB 888Y").vehicle_status == "pending", "another takes its place"


@proves("DR-1209")
@pytest.mark.parametrize("until", ["assigned", "in_transit", "failed"])
def test_with_an_open_delivery_it_stays(road: Road, until: str) -> None:
    road.publish()
    order = road.assigned()
    if until != "assigned":
        road.pick_up(order)
    if until == "failed":
        road.fail(order)
    with road.db.read() as tx:
        (mine,) = vehicles.listed(tx, road.cast.rider.actor)
    for person in (road.cast.rider, road.cast.admin):
        with pytest.raises(errors.VehicleInUse):
            put_away(road, mine.vehicle_id, person)


def test_an_admin_puts_it_away_on_record_and_sees_all(shop: Shop, mutua: Person) -> None:
    """DR-1801."""
    vehicle = register(shop, mutua)
    with shop.db.read() as tx:
        assert len(vehicles.listed(tx, shop.cast.admin.actor)) == 2
        assert [v.plate for v in vehicles.listed(tx, shop.cast.admin.actor, status="pending")] == [
            "KMDA 777X"
        ]
        assert vehicles.one(tx, shop.cast.admin.actor, vehicle_id=vehicle.vehicle_id).rider_id == mutua.id
    put_away(shop, vehicle.vehicle_id, shop.cast.admin)
    with shop.db.read() as tx:
        rows = tx.session.scalars(select(AuditRow.what).where(AuditRow.what == "vehicle.deactivate")).all()
    assert rows == ["vehicle.deactivate"]


@proves("DR-211")
def test_a_foreign_vehicle_does_not_exist(shop: Shop, mutua: Person) -> None:
    vehicle = register(shop, mutua)
    with shop.db.read() as tx:
        assert [v.rider_id for v in vehicles.listed(tx, shop.cast.rider.actor)] == [shop.cast.rider.id]
        for vehicle_id in (vehicle.vehicle_id, 99_999):
            with pytest.raises(NotFound):
                vehicles.one(tx, shop.cast.rider.actor, vehicle_id=vehicle_id)
        with pytest.raises(NotAllowed):
            vehicles.listed(tx, shop.cast.customer.actor)
    for vehicle_id in (vehicle.vehicle_id, 99_999):
        with pytest.raises(NotFound):
            put_away(shop, vehicle_id, shop.cast.rider)
    with pytest.raises(NotAllowed):
        put_away(shop, vehicle.vehicle_id, shop.cast.customer)
