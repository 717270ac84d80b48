"""Two at once on the road: one wins, the other gets a clear answer (R18, DR-1204)."""

import pytest

from core.deliveries import assignment, service
from core.orders import service as orders
from tests.deliveries.road import Road
from tests.helpers import FixedClock
from tests.orders.test_races import at_once
from tests.proving import proves


@proves("DR-1204", "INV-7")
def test_the_same_offer_answered_by_its_rider_and_given_away_by_an_admin_at_once(
    road: Road, clock: FixedClock
) -> None:
    road.publish("200")
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    for number in range(3):
        order = road.ready(road.paid_order(key=f"sms-{number}"))
        offer = road.offer()
        assert offer is not None
        first = road.cast.rider if offer.rider_id == road.cast.rider.id else mutua
        other = mutua if first is road.cast.rider else road.cast.rider
        outcomes = at_once(
            lambda: road.answer(offer, rider=first),  # noqa: B023
            lambda: road.act(
                assignment.assign_by_hand,
                road.cast.admin,
                order_id=order.order_id,  # noqa: B023
                rider_id=other.id,  # noqa: B023
            ),
        )
        assert outcomes in (["deliveries.offer_gone", "ok"], ["ok", "ok"])
        delivery = road.delivery(order)
        assert delivery.delivery_status == "assigned"
        assert delivery.rider_id == other.id, "the admin's word stands, first or last"
        road.pick_up(order, other)
        service.deliver(
            road.db, other.actor, order_ref=order.tail, code=road.code(order), once_key=f"race:{number}"
        )


@proves("D3", "INV-7")
def test_the_farmer_marks_ready_while_the_rider_drops_out(road: Road) -> None:
    road.publish()
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    order = road.paid_order()
    road.mark(order, "accept")
    road.later(hours=9)
    offer = road.offer()
    assert offer is not None
    assert offer.rider_id == road.cast.rider.id
    road.answer(offer)
    (item,) = road.items(order)
    outcomes = at_once(
        lambda: road.act(orders.mark, road.cast.farmer, order_item_id=item.order_item_id, event="ready"),
        lambda: road.act(assignment.drop_out, road.cast.rider, order_id=order.order_id),
    )
    assert outcomes == ["ok", "ok"]
    road.sweep()
    assert road.statuses(order)[0] == "ready_for_delivery"
    assert road.offers() == [(road.cast.rider.id, "accepted"), (mutua.id, "open")]
    assert road.delivery(order).delivery_status == "pending"


@pytest.mark.parametrize("twice", [True, False])
def test_the_rider_drops_out_while_he_picks_up_or_twice(road: Road, twice: bool) -> None:
    """He either has the goods or has lost the job, never both."""
    road.publish()
    order = road.assigned()
    second = (
        (lambda: road.act(assignment.drop_out, road.cast.rider, order_id=order.order_id))
        if twice
        else (lambda: road.pick_up(order))
    )
    at_once(lambda: road.act(assignment.drop_out, road.cast.rider, order_id=order.order_id), second)
    delivery = road.delivery(order)
    if delivery.rider_id is None:
        assert (delivery.delivery_status, road.statuses(order)[1]) == ("pending", "ready")
    else:
        assert (delivery.delivery_status, road.statuses(order)[1]) == ("in_transit", "picked_up")
