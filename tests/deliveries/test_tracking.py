"""Where a delivery is, and who may know (DR-1208)."""

import pytest
from sqlalchemy import func, select

from core.deliveries import errors, tracking
from core.deliveries.models import RiderPosition
from core.errors import NotAllowed
from core.locations.errors import NotInKenya
from core.locations.places import Point
from core.orders.models import Order
from tests.deliveries.road import Road
from tests.helpers import Person
from tests.proving import proves

WESTLANDS = Point(-1.2676, 36.8108)


def report(road: Road, order: Order, checkpoint: str = "", point: Point | None = None) -> None:
    road.act(tracking.report, road.cast.rider, order_id=order.order_id, checkpoint=checkpoint, point=point)


def seen(road: Road, order: Order, who: Person) -> tracking.TrackView:
    with road.db.read() as tx:
        return tracking.last_known(tx, who.actor, order_id=order.order_id)


@proves("DR-1208", "D4", "D5")
def test_checkpoints_move_the_machine_and_are_the_position_without_gps(road: Road) -> None:
    road.set({"delivery.auto_start": "false"})
    road.publish()
    order = road.assigned()
    assert seen(road, order, road.cast.customer).checkpoint == "assigned"
    for checkpoint, status in (
        ("picked_up", "picked_up"),
        ("on_the_way", "in_transit"),
        ("arrived", "in_transit"),
    ):
        for _ in range(2):  # a repeat changes nothing
            report(road, order, checkpoint)
        assert road.delivery(order).delivery_status == status
        view = seen(road, order, road.cast.customer)
        assert (view.checkpoint, view.latitude) == (checkpoint, None)
        assert view.checkpoint_at is not None


@proves("DR-1208")
def test_a_position_is_kept_with_its_time(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    report(road, order, "arrived", WESTLANDS)
    view = seen(road, order, road.cast.admin)
    assert (view.latitude, view.longitude, view.checkpoint) == (*WESTLANDS, "arrived")
    assert view.at == road.db.parts.clock.now()
    road.later(minutes=5)
    report(road, order, point=Point(-1.27, 36.81))
    moved = seen(road, order, road.cast.customer)
    assert (moved.latitude, moved.checkpoint) == (-1.27, "arrived")


@proves("DR-1208", "DR-211")
def test_only_the_customer_of_that_order_and_admins_see_it(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    stranger = road.person("+254712000777", "customer", "Kangemi", "Otieno")
    for person in (stranger, road.cast.farmer, road.cast.rider):
        with pytest.raises(errors.NoSuchJob):
            seen(road, order, person)
    seen(road, order, road.cast.customer)
    seen(road, order, road.cast.admin)


@pytest.mark.parametrize(
    ("checkpoint", "point", "refusal"),
    [
        ("", None, errors.PositionInvalid),
        ("flying", None, errors.PositionInvalid),
        ("arrived", Point(51.5, 0.1), NotInKenya),
        ("", Point(0.0, 90.0), NotInKenya),
    ],
)
def test_what_is_no_report(
    road: Road, checkpoint: str, point: Point | None, refusal: type[Exception]
) -> None:
    road.publish()
    order = road.on_the_way()
    with pytest.raises(refusal):
        report(road, order, checkpoint, point)


def test_only_his_open_delivery_is_reported_on(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    with pytest.raises(errors.NoSuchJob):
        road.act(tracking.report, mutua, order_id=order.order_id, checkpoint="arrived")
    with pytest.raises(NotAllowed):
        road.act(tracking.report, road.cast.customer, order_id=order.order_id, checkpoint="arrived")
    road.hand_over(order)
    with pytest.raises(errors.NoSuchJob):
        report(road, order, "arrived")


@proves("DR-1208", "DR-1903")
def test_after_thirty_days_it_is_forgotten(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    report(road, order, "arrived", WESTLANDS)

    def left() -> int:
        with road.db.read() as tx:
            return tx.session.scalar(select(func.count()).select_from(RiderPosition)) or 0

    assert left() == 2
    road.db.parts.clock.advance(days=30)  # type: ignore[attr-defined]
    assert road.db.run(tracking.forget_old) == 0
    road.db.parts.clock.advance(minutes=1)  # type: ignore[attr-defined]
    assert road.db.run(tracking.forget_old) == 2
    assert left() == 0
