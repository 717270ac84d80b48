"""One pickup per farm, then the door: partly collected, short, on the way (D1, D4, D5)."""

from decimal import Decimal

import pytest

from core.deliveries import assignment, errors, routes, service, stops
from core.errors import NotAllowed
from core.orders.models import Order
from core.orders.quotes import Line
from tests.deliveries.road import Road
from tests.helpers import Person
from tests.proving import proves


@pytest.fixture
def muthoni(road: Road) -> Person:
    """A second farmer, in the next ward."""
    return road.person("+254712000888", "farmer", "Kinoo", "Muthoni")


def of_two_farms(road: Road, muthoni: Person) -> Order:
    """Tomatoes from Wanjiku and kale from Muthoni, ready and taken by the rider."""
    road.publish()
    road.publish(slug="kale", farmer=muthoni)
    lines = (
        Line(road.product(), Decimal(5), "kg"),
        Line(road.product("kale"), Decimal(5), "kg"),
    )
    order = road.accept(road.quote_lines(*lines))
    road.pay(order)
    return order


def ready(road: Road, order: Order, muthoni: Person) -> None:
    for item in road.items(order):
        farmer = muthoni if item.farmer_id == muthoni.id else road.cast.farmer
        road.mark_item(item, "ready", farmer.actor)
    road.sweep()
    offer = road.offer()
    assert offer is not None
    road.answer(offer)


def farms(road: Road, order: Order) -> dict[int, int]:
    """Farmer -> farm, of the order's stops."""
    with road.db.read() as tx:
        return {stop.farmer.user_id: stop.farm_id for stop in stops.pickups(tx, tx.session.merge(order))}


@proves("D1")
def test_a_confirmed_order_has_a_pickup_per_farm_and_one_drop(road: Road, muthoni: Person) -> None:
    order = of_two_farms(road, muthoni)
    assert road.stops(order) == [("pickup", False), ("pickup", False), ("drop", False)]
    assert road.delivery(order).delivery_status == "pending"


@proves("D4", "I8")
def test_only_with_the_last_farm_the_goods_are_picked_up(road: Road, muthoni: Person) -> None:
    order = of_two_farms(road, muthoni)
    ready(road, order, muthoni)
    there = farms(road, order)

    def collect(farmer: Person) -> str:
        return road.act(
            service.pick_up, road.cast.rider, order_id=order.order_id, farm_id=there[farmer.id]
        ).delivery_status

    for _ in range(2):  # the same farm again changes nothing
        assert collect(muthoni) == "assigned"
    assert sorted(road.stops(order)) == [("drop", False), ("pickup", False), ("pickup", True)]
    assert road.statuses(order)[:2] == ("ready_for_delivery", "ready")
    with pytest.raises(errors.GoodsInHand):
        road.act(assignment.drop_out, road.cast.rider, order_id=order.order_id)
    with road.db.read() as tx:
        way = routes.of_rider(tx, road.cast.rider.actor)
    assert [(stop.kind, stop.farm_id) for stop in way] == [
        ("pickup", there[road.cast.farmer.id]),
        ("drop", None),
    ]
    assert collect(road.cast.farmer) == "in_transit"
    assert road.statuses(order)[:2] == ("out_for_delivery", "picked_up")
    road.hand_over(order)
    assert all(done for _, done in road.stops(order))


@proves("D3")
def test_who_holds_goods_of_one_farm_is_not_timed_out(road: Road, muthoni: Person) -> None:
    order = of_two_farms(road, muthoni)
    ready(road, order, muthoni)
    there = farms(road, order)
    road.act(service.pick_up, road.cast.rider, order_id=order.order_id, farm_id=there[muthoni.id])
    road.later(hours=22)
    assert road.delivery(order).rider_id == road.cast.rider.id


def test_goods_of_a_farm_that_is_not_ready_are_not_collected(road: Road, muthoni: Person) -> None:
    order = of_two_farms(road, muthoni)
    for item in road.items(order):
        farmer = muthoni if item.farmer_id == muthoni.id else road.cast.farmer
        road.mark_item(item, "ready" if farmer is muthoni else "accept", farmer.actor)
    road.act(assignment.assign_by_hand, road.cast.admin, order_id=order.order_id, rider_id=road.cast.rider.id)
    there = farms(road, order)
    road.act(service.pick_up, road.cast.rider, order_id=order.order_id, farm_id=there[muthoni.id])
    for farm_id in (None, there[road.cast.farmer.id]):
        with pytest.raises(errors.GoodsNotReady):
            road.act(service.pick_up, road.cast.rider, order_id=order.order_id, farm_id=farm_id)
    with pytest.raises(errors.StopUnknown):
        road.act(service.pick_up, road.cast.rider, order_id=order.order_id, farm_id=99_999)


@proves("I8")
def test_what_he_counts_short_is_passed_on(road: Road) -> None:
    road.publish()
    order = road.assigned()
    (item,) = road.items(order)
    road.act(
        service.pick_up, road.cast.rider, order_id=order.order_id, counted={item.order_item_id: Decimal(4)}
    )
    (item,) = road.items(order)
    assert item.counted_quantity == 4
    assert road.statuses(order)[0] == "out_for_delivery"


@pytest.mark.parametrize("counted", [Decimal(-1), Decimal(6), "much", Decimal("NaN"), None])
def test_a_count_that_cannot_be(road: Road, counted: Decimal) -> None:
    road.publish()
    order = road.assigned()
    (item,) = road.items(order)
    with pytest.raises(errors.MiscountedItem):
        road.act(
            service.pick_up, road.cast.rider, order_id=order.order_id, counted={item.order_item_id: counted}
        )
    with pytest.raises(errors.MiscountedItem):
        road.act(service.pick_up, road.cast.rider, order_id=order.order_id, counted={99_999: Decimal(1)})


@proves("D5")
def test_without_auto_start_he_says_when_he_leaves(road: Road) -> None:
    road.set({"delivery.auto_start": "false"})
    road.publish()
    order = road.assigned()
    assert road.pick_up(order).delivery_status == "picked_up"
    for _ in range(2):
        assert (
            road.act(service.start, road.cast.rider, order_id=order.order_id).delivery_status == "in_transit"
        )
    assert road.statuses(order)[0] == "out_for_delivery"


def test_who_has_nothing_in_hand_does_not_leave(road: Road) -> None:
    from core.errors import WrongState

    road.publish()
    order = road.assigned()
    with pytest.raises(WrongState):
        road.act(service.start, road.cast.rider, order_id=order.order_id)
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    with pytest.raises(errors.NoSuchJob):
        road.act(service.start, mutua, order_id=order.order_id)
    with pytest.raises(NotAllowed):
        road.act(service.start, road.cast.customer, order_id=order.order_id)
