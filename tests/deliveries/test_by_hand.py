"""Admins give deliveries away, riders give them back (D2, D3)."""

import pytest

from core.deliveries import assignment, duty, errors
from core.deliveries.models import RiderDuty
from core.errors import NotAllowed, WrongState
from tests.deliveries.road import Road
from tests.proving import proves


def give(road: Road, order_id: int, rider_id: int) -> None:
    road.act(assignment.assign_by_hand, road.cast.admin, order_id=order_id, rider_id=rider_id)


@proves("D2", "DR-1105")
def test_an_admin_gives_it_to_a_rider_who_is_off_duty_and_the_open_offer_is_withdrawn(road: Road) -> None:
    road.publish()
    order = road.ready(road.paid_order())
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X", on=False)
    give(road, order.order_id, mutua.id)
    give(road, order.order_id, mutua.id)  # again changes nothing
    delivery = road.delivery(order)
    assert (delivery.delivery_status, delivery.rider_id) == ("assigned", mutua.id)
    assert delivery.rider_earning >= 40
    assert road.offers() == [(road.cast.rider.id, "withdrawn")]
    assert road.question(road.cast.rider) is None
    assert road.audited().count("delivery.assign") == 1
    assert "rider_and_code" in road.texts(road.cast.customer)
    assert "pickup" in road.texts(mutua)


@proves("D2", "D3")
def test_an_admin_takes_it_from_one_rider_for_another_and_the_code_stays(road: Road) -> None:
    road.publish()
    order = road.assigned()
    code = road.code(order)
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X", on=False)
    give(road, order.order_id, mutua.id)
    assert road.delivery(order).rider_id == mutua.id
    assert road.code(order) == code
    assert [line for line in road.history(order) if line.startswith(("D2", "D3"))] == [
        "D2 delivery pending>assigned",
        "D3 delivery assigned>pending",
        "D2 delivery pending>assigned",
    ]


@proves("DR-1206")
@pytest.mark.parametrize("who", ["customer", "farmer", "nobody", "bicycle"])
def test_whom_an_admin_cannot_give_it_to(road: Road, who: str) -> None:
    road.publish()
    order = road.ready(road.paid_order("25"))
    rider_id = {
        "customer": road.cast.customer.id,
        "farmer": road.cast.farmer.id,
        "nobody": 99_999,
        "bicycle": road.rider("+254712000333", "Uthiru", "", "bicycle").id if who == "bicycle" else 0,
    }[who]
    with pytest.raises(errors.RiderUnfit):
        give(road, order.order_id, rider_id)
    assert road.delivery(order).delivery_status == "pending"


def test_only_an_admin_assigns_by_hand(road: Road) -> None:
    road.publish()
    order = road.ready(road.paid_order())
    for person in (road.cast.customer, road.cast.farmer):
        with pytest.raises(NotAllowed):
            road.act(assignment.assign_by_hand, person, order_id=order.order_id, rider_id=road.cast.rider.id)


@pytest.mark.parametrize("status", ["in_transit", "delivered"])
def test_what_is_on_the_way_or_there_is_not_given_away_any_more(road: Road, status: str) -> None:
    road.publish()
    order = road.on_the_way()
    if status == "delivered":
        road.hand_over(order)
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    with pytest.raises(WrongState):
        give(road, order.order_id, mutua.id)


@proves("D3")
def test_a_rider_gives_it_back_before_he_has_collected_and_is_not_asked_again(road: Road) -> None:
    road.publish()
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    order = road.assigned()
    code = road.code(order)
    for _ in range(2):  # again changes nothing
        road.act(assignment.drop_out, road.cast.rider, order_id=order.order_id, reason="puncture")
    road.sweep()
    assert road.offers() == [(road.cast.rider.id, "accepted"), (mutua.id, "open")]
    with road.db.read() as tx:
        assert tx.session.get_one(RiderDuty, road.cast.rider.id).drops == 1
    offer = road.offer()
    assert offer is not None
    road.answer(offer, rider=mutua)
    assert road.code(order) == code, "DR-1205: kept after D3"


@proves("D3")
def test_an_admin_takes_it_away_and_the_rider_is_told(road: Road) -> None:
    road.publish()
    order = road.assigned()
    road.act(assignment.drop_out, road.cast.admin, order_id=order.order_id, reason="unwell")
    assert road.delivery(order).delivery_status == "pending"
    assert road.texts(road.cast.rider)[-1] == "offer_withdrawn"
    assert road.audited()[-1] == "delivery.take_away"
    road.later(minutes=16)
    assert road.offer() is None, "he is excluded, and there is nobody else"


@proves("D3")
def test_whoever_was_given_it_by_hand_is_excluded_as_well(road: Road) -> None:
    road.publish()
    road.act(duty.set_duty, road.cast.rider, on=False)
    order = road.ready(road.paid_order())
    give(road, order.order_id, road.cast.rider.id)
    road.act(duty.set_duty, road.cast.rider, on=True)
    road.act(assignment.drop_out, road.cast.rider, order_id=order.order_id)
    road.later(minutes=16)
    assert road.offers() == []


def test_a_foreign_rider_a_customer_and_a_finished_delivery_are_refused(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    with pytest.raises(errors.NoSuchJob):
        road.act(assignment.drop_out, mutua, order_id=order.order_id)
    with pytest.raises(errors.NoSuchJob):
        road.act(assignment.drop_out, road.cast.rider, order_id=99_999)
    with pytest.raises(NotAllowed):
        road.act(assignment.drop_out, road.cast.customer, order_id=order.order_id)
    with pytest.raises(WrongState):
        road.act(assignment.drop_out, road.cast.rider, order_id=order.order_id)
