"""Collected at the farm or at a point, or brought by a run: who hands over (DR-1206, DR-1210, DR-1211)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from core.deliveries import errors, received, routes, service
from core.deliveries.models import Delivery
from core.errors import NotAllowed, NotFound
from core.orders.models import Order
from core.ways import service as ways
from tests.deliveries.road import Road
from tests.helpers import FixedClock, Person
from tests.payments.till import typed
from tests.payouts.till import payouts
from tests.payouts.till import run as making_run
from tests.proving import proves


def goes(road: Road, order: Order, way: str, **where: int) -> Order:
    """The order as if it had been placed that way."""

    def work(tx: Any) -> None:
        tx.session.execute(update(Order).where(Order.order_id == order.order_id).values(way=way, **where))
        tx.session.execute(update(Delivery).where(Delivery.order_id == order.order_id).values(way=way))

    road.db.run(work)
    return road.ready(order)


@pytest.fixture
def keeper(road: Road) -> Person:
    return road.person("+254712000999", "farmer", "Kangemi", "Baraka")


@pytest.fixture
def point(road: Road, keeper: Person) -> int:
    made = road.act(
        ways.save_point,
        road.cast.admin,
        name="Kangemi market",
        ward_code=road.db.parts.places.starting_with("Kangemi")[0].code,
        keeper_id=keeper.id,
    )
    return made.collection_point_id


@pytest.fixture
def run(road: Road, point: int) -> int:
    made = road.act(
        ways.save_run,
        road.cast.admin,
        name="Kinoo to town",
        start_wards=[road.db.parts.places.starting_with("Kinoo")[0].code],
        stops=[point],
        weekday=2,
        departs="06:00",
        cutoff_hours=12,
        capacity_kg=Decimal(1000),
        fee_per_kg=Decimal(3),
        driver_id=road.cast.rider.id,
    )
    return made.run_id


@proves("DR-1210", "D2", "DR-1206")
def test_at_the_farm_the_farmer_hands_over_once_everything_is_ready(road: Road) -> None:
    road.publish()
    order = road.paid_order()
    assert road.delivery(order).delivery_status == "pending"
    goes(road, order, "collect")
    delivery = road.delivery(order)
    assert (delivery.delivery_status, delivery.rider_id) == ("assigned", road.cast.farmer.id)
    assert road.offers() == [], "nobody is asked to carry it"
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    for person in (mutua, road.cast.rider, road.cast.customer):
        with pytest.raises((errors.NoSuchJob, NotAllowed, NotFound)):
            road.hand_over(order, who=person)
    done = road.hand_over(order, who=road.cast.farmer)
    assert done.earning == 0
    assert road.statuses(order)[0] == "delivered"


@proves("DR-1210", "DR-1206")
def test_at_a_point_its_keeper_hands_over(road: Road, keeper: Person, point: int) -> None:
    road.publish()
    order = goes(road, road.paid_order(), "collect", collection_point_id=point)
    assert road.delivery(order).rider_id == keeper.id
    assert "collect_code" in road.texts(road.cast.customer)
    with pytest.raises(errors.WrongCode):
        road.hand_over(order, who=keeper, code="none")
    road.hand_over(order, who=keeper)
    assert road.statuses(order)[0] == "delivered"


@proves("DR-901", "DR-903")
def test_the_cash_is_the_debt_of_whoever_handed_over(road: Road, keeper: Person, point: int) -> None:
    road.publish()
    order = goes(road, road.cash_order(), "collect", collection_point_id=point)
    road.hand_over(order, who=keeper)
    assert road.balance(f"rider_cash:{keeper.id}") == str(order.amount_asked)


@proves("DR-1211", "DR-1207")
def test_a_run_collects_and_ends_at_its_point_where_each_code_confirms(
    road: Road, keeper: Person, point: int, run: int
) -> None:
    road.publish("200")
    orders = [
        goes(road, road.paid_order(key=f"sms-{n}"), "run", run_id=run, collection_point_id=point)
        for n in range(2)
    ]
    assert road.offers() == []
    with road.db.read() as tx:
        way = routes.of_rider(tx, road.cast.rider.actor)
    assert [stop.kind for stop in way] == ["pickup", "pickup", "drop", "drop"]
    assert {stop.place for stop in way if stop.kind == "drop"} == {"Kangemi market"}
    for order in orders:
        assert road.delivery(order).rider_id == road.cast.rider.id
        road.act(service.pick_up, road.cast.rider, order_id=order.order_id)
    road.hand_over(orders[0])  # the driver meets her
    road.hand_over(orders[1], who=keeper)  # he had left it with the keeper
    assert [road.statuses(order)[0] for order in orders] == ["delivered", "delivered"]
    assert road.entries().count("rider_earning") == 2
    assert f"rider_due:{keeper.id}" not in road.balances()


@proves("DR-1205")
def test_the_keeper_asks_her_when_there_is_no_code(road: Road, keeper: Person, point: int) -> None:
    road.publish()
    order = goes(road, road.paid_order(), "collect", collection_point_id=point)
    road.act(received.ask, keeper, order_id=order.order_id)
    road.act(received.answer, road.cast.customer, order_id=order.order_id, yes=True)
    assert road.statuses(order)[0] == "delivered"


@proves("DR-1211", "DR-1803")
def test_a_run_without_a_driver_is_an_admins_matter(road: Road, point: int, run: int) -> None:
    from core.alarms.models import Alarm
    from core.ways.models import Run

    road.db.run(lambda tx: setattr(tx.session.get_one(Run, run), "driver_id", None))
    road.publish()
    order = goes(road, road.paid_order(), "run", run_id=run, collection_point_id=point)
    assert road.delivery(order).delivery_status == "pending"
    with road.db.read() as tx:
        assert [alarm.kind for alarm in tx.session.query(Alarm)] == ["no_rider"]


@proves("DR-1301", "DR-1210", "DR-904")
def test_a_farmer_who_keeps_the_cash_is_not_paid_out(road: Road, clock: FixedClock) -> None:
    """Collected at her farm and paid to her: until she brings the cash in, nothing more goes to her."""
    road.publish()
    order = goes(road, road.cash_order(), "collect")
    farmer = road.cast.farmer
    road.hand_over(order, who=farmer)
    taken = Decimal(road.balance(f"rider_cash:{farmer.id}"))
    clock.advance(hours=49)
    road.sweep()
    making_run(road)
    assert taken > 0
    assert payouts(road, farmer) == []
    assert typed(road, f"R{farmer.phone}", str(taken), receipt="CASH000001") == "applied"
    assert road.balance(f"rider_cash:{farmer.id}") == "0.00"
    clock.advance(hours=24)
    making_run(road)
    assert [str(payout.amount) for payout in payouts(road, farmer)] == ["360.00"]
