"""What waits for a rider in few narrow looks: the same as the verbs say, and never another's."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from core.cash import collecting, held
from core.cash.errors import NotEnoughCash
from core.clock import nairobi_date
from core.deliveries import duty, earnings, outlook, routes, service, standing, waiting
from core.deliveries.errors import FailReasonUnknown, NoSuchJob
from core.deliveries.models import Delivery
from core.orders.models import Order
from core.payments import at_door
from core.payments import service as payments
from core.ways import service as ways
from tests.deliveries.road import Road
from tests.deliveries.test_ways import goes
from tests.helpers import Person
from tests.payments.till import reference, typed
from tests.proving import proves
from tests.ussd.counting import counting


def jobs(road: Road, who: Person) -> list[waiting.Job]:
    with road.db.read() as tx:
        return waiting.jobs(tx, who.id)


def dues(road: Road, *orders: Order) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """What is to be paid for each, in one statement, and one by one."""
    with road.db.read() as tx:
        fresh = [tx.session.get_one(Order, order.order_id) for order in orders]
        asked = {order.order_id: (order.customer_id, order.amount_asked) for order in fresh}
        return (
            at_door.to_pay_each(tx, asked),
            {order.order_id: payments.to_pay(tx, order) for order in fresh},
        )


@proves("DR-901", "DR-902")
def test_what_is_taken_at_several_doors_is_what_each_order_costs(road: Road) -> None:
    road.publish("200")
    road.set({"cod.open_orders_new_customer": "2"})
    first, second = road.cash_order(key="c-1"), road.cash_order("6", key="c-2")
    prepaid = road.paid_order()
    assert road.balance(f"customer_credit:{road.cast.customer.id}") == "0.00"
    each, single = dues(road, first, second, prepaid)
    assert each == single
    assert each[prepaid.order_id] == 0
    assert typed(road, reference(first), "99") == "applied"
    each, single = dues(road, first, second)
    assert each == single
    assert each[first.order_id] == first.amount_asked - 99
    # Six short at the first door: asked at the second, if anything is due there.
    road.taken(first)
    road.pick_up(first)
    road.hand_over(first, cash=str(int(each[first.order_id]) - 6))
    each, single = dues(road, second, prepaid)
    assert each == single
    assert each == {second.order_id: second.amount_asked + 6, prepaid.order_id: 0}


@proves("DR-1207")
def test_three_jobs_of_two_kinds_cost_no_more_looks_than_one(road: Road) -> None:
    road.publish("200")
    road.assigned("sms-1")
    with counting(road.db) as one, road.db.read() as tx:
        routes.of_jobs(tx, road.cast.rider.id, waiting.jobs(tx, road.cast.rider.id))
    road.assigned("sms-2")
    road.taken(road.cash_order(key="cash-3"))
    with counting(road.db) as three, road.db.read() as tx:
        way = routes.of_jobs(tx, road.cast.rider.id, waiting.jobs(tx, road.cast.rider.id))
    assert len(way) == 6
    assert len(one.sql) == 3
    assert len(three.sql) == 4, "and one for the cash"


def test_an_offer_comes_first_and_nobody_elses_job_ever(road: Road) -> None:
    road.publish("200")
    order = road.ready(road.paid_order())
    (offered,) = jobs(road, road.cast.rider)
    assert (offered.order_id, offered.status, offered.mine) == (order.order_id, "pending", True)
    assert offered.offer_id is not None
    assert not offered.in_hand
    assert [farm.place for farm in offered.farms] == ["Kinoo"]
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    assert jobs(road, mutua) == jobs(road, road.cast.customer) == jobs(road, road.cast.farmer) == []
    road.db.parts.clock.advance(minutes=11)  # type: ignore[attr-defined]
    assert jobs(road, road.cast.rider) == [], "an offer that is over is none"


def test_the_second_farm_is_left_when_the_first_is_done(road: Road) -> None:
    road.publish("200")
    order = road.assigned()
    (job,) = jobs(road, road.cast.rider)
    assert [(farm.ready, farm.done) for farm in job.farms] == [(True, False)]
    (goods,) = job.farms[0].goods
    assert (goods.quantity, goods.unit, goods.kg) == (Decimal(5), "kg", Decimal(5))
    road.pick_up(order)
    (job,) = jobs(road, road.cast.rider)
    assert job.status == "in_transit"
    assert job.farms[0].done


@proves("DR-1210")
def test_what_is_collected_waits_for_whoever_hands_it_over(road: Road) -> None:
    road.publish("200")
    order = road.paid_order()
    goes(road, order, "collect")
    (job,) = jobs(road, road.cast.farmer)
    assert (job.order_id, job.way, job.mine, job.in_hand) == (order.order_id, "collect", True, True)
    assert jobs(road, road.cast.rider) == []
    with road.db.read() as tx:
        (stop,) = routes.of_jobs(tx, road.cast.farmer.id, [job])
    assert stop.kind == "drop", "there is nothing to fetch"


def test_goods_of_a_failed_delivery_stay_his_affair(road: Road) -> None:
    road.publish("200")
    order = road.on_the_way()
    road.fail(order, "refused")
    (job,) = jobs(road, road.cast.rider)
    assert (job.status, job.goods_at, job.over, job.in_hand) == ("failed", "rider", True, False)
    assert job.farms, "where they go back to"


@proves("D7", "DR-1105")
@pytest.mark.parametrize("reason", ["absent", "wrong_place", "refused", "damaged", "other"])
def test_the_outlook_is_what_then_happens(road: Road, reason: str) -> None:
    road.publish("200")
    order = road.on_the_way()
    for attempt in range(2):
        with road.db.read() as tx:
            view = outlook.of_failing(tx, road.cast.rider.actor, order_id=order.order_id, reason=reason)
        before = Decimal(road.balance(f"rider_due:{road.cast.rider.id}"))
        road.fail(order, reason)
        assert before - Decimal(road.balance(f"rider_due:{road.cast.rider.id}")) == view.earned
        fresh = road.fresh(order)
        assert (fresh.order_status == "cancelled") is view.final
        if view.final:
            assert attempt == (0 if reason in ("refused", "damaged") else 1)
            return
        assert fresh.estimated_delivery_date == view.next_day
        assert view.call_first
        road.later(days=1)
        road.act(service.start, road.cast.rider, order_id=order.order_id)


def test_no_outlook_for_anothers_job_or_an_unknown_reason(road: Road) -> None:
    road.publish("200")
    order = road.on_the_way()
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    with road.db.read() as tx:
        with pytest.raises(NoSuchJob):
            outlook.of_failing(tx, mutua.actor, order_id=order.order_id, reason="absent")
        with pytest.raises(FailReasonUnknown):
            outlook.of_failing(tx, road.cast.rider.actor, order_id=order.order_id, reason="late")


@proves("DR-1201", "DR-903")
def test_how_a_rider_stands_in_one_look(road: Road) -> None:
    road.publish("200")
    rider = road.cast.rider

    def now() -> standing.StandingView:
        with counting(road.db) as count, road.db.read() as tx:
            view = standing.own(tx, rider.actor)
        assert len(count.sql) == 1
        return view

    view = now()
    assert (view.on_duty, view.plate, view.vehicle_status, view.open_jobs) == (
        True,
        "KMFB 123C",
        "approved",
        0,
    )
    assert view.cash_jobs
    assert view.any_jobs
    road.set({"rider.max_open": "1", "cod.rider_cash_limit": "100.00"})
    order = road.cash_at_the_door()
    assert now().full
    road.hand_over(order)
    view = now()
    assert (view.open_jobs, view.full, view.held) == (0, False, order.amount_asked)
    assert (view.cash_jobs, view.any_jobs) == (False, False), "above the limit, and far above it"
    road.act(duty.set_duty, rider, on=False)
    view = now()
    assert (view.on_duty, view.put_off) == (False, False)
    with road.db.read() as tx:
        nobody = standing.own(tx, road.cast.farmer.actor)
    assert (nobody.vehicle_status, nobody.on_duty, nobody.put_off) == ("", False, False)


@proves("DR-903", "DR-904")
def test_the_cash_he_holds_by_door_and_when_it_is_due(road: Road) -> None:
    road.publish("200")
    rider = road.cast.rider
    order = road.cash_at_the_door()
    with road.db.read() as tx:
        assert held.own(tx, rider.actor).due_at is None
        assert not held.collected(tx, rider.actor)
        assert not held.brought(tx, rider.actor)
    road.hand_over(order)
    with road.db.read() as tx:
        view = held.own(tx, rider.actor)
        (door,) = held.collected(tx, rider.actor)
        assert held.own(tx, road.cast.farmer.actor).held == 0
    assert view.held == order.amount_asked
    assert not view.late
    assert view.due_at == door.collected_at + timedelta(hours=24)
    assert (door.tail, door.left) == (order.tail, order.amount_asked)
    road.later(hours=25)
    with road.db.read() as tx:
        assert held.own(tx, rider.actor).late


def test_the_sum_that_meets_is_the_sum_that_is_taken(road: Road) -> None:
    with road.db.read() as tx:
        assert collecting.meets(tx, due=Decimal(500), taken=Decimal(520)).change == 20
        assert collecting.meets(tx, due=Decimal(500), taken=Decimal(490)).short == 10
        with pytest.raises(NotEnoughCash):
            collecting.meets(tx, due=Decimal(500), taken=Decimal(489))


def test_his_own_figures_are_those_of_the_tally(road: Road) -> None:
    road.publish("200")
    road.hand_over(road.cash_at_the_door())
    with counting(road.db) as count, road.db.read() as tx:
        own = earnings.own(tx, road.cast.rider.actor)
    assert len(count.sql) <= 5
    with road.db.read() as tx:
        today = nairobi_date(tx.now)
        assert own == earnings.tally(tx, road.cast.rider.actor, first=today, last=today)
    assert own.delivered == 1


def test_a_keeper_sees_what_comes_to_his_point_and_not_his_own_order(road: Road) -> None:
    road.publish("200")
    keeper = road.rider("+254712000333", "Uthiru", "KMDA 777X", on=False)
    point = road.act(
        ways.save_point,
        road.cast.admin,
        name="Kangemi market",
        ward_code=road.db.parts.places.starting_with("Kangemi")[0].code,
        keeper_id=keeper.id,
    )
    order = road.paid_order()
    goes(road, order, "run", collection_point_id=point.collection_point_id)
    road.db.run(
        lambda tx: (
            tx.session.execute(
                update(Delivery)
                .where(Delivery.order_id == order.order_id)
                .values(rider_id=road.cast.rider.id, delivery_status="in_transit")
            )
            and None
        )
    )
    (job,) = jobs(road, keeper)
    assert (job.mine, job.in_hand, job.place) == (False, True, "Kangemi market")
    with road.db.read() as tx:
        assert routes.of_jobs(tx, keeper.id, [job]) == [], "he brings nothing"
    (bringing,) = jobs(road, road.cast.rider)
    assert (bringing.mine, bringing.place) == (True, "Kangemi market")
