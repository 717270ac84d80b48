"""At a closed door: the reasons, another attempt, the goods' way back (D7 to D9, DR-1105)."""

from datetime import date, timedelta

import pytest

from core.deliveries import errors, failing, service
from core.errors import BadInput, NotAllowed, NotFound, WrongState
from core.orders import service as orders
from core.orders.models import Order
from tests.deliveries.road import Road
from tests.helpers import DEMO_MOMENT
from tests.proving import proves

TODAY = DEMO_MOMENT.date()


def retry(road: Road, order: Order, *, day: date | None = None, slot: str = "morning") -> None:
    road.act(
        failing.retry,
        road.cast.admin,
        order_id=order.order_id,
        day=day or TODAY + timedelta(days=2),
        slot=slot,
    )


def status(road: Road, order: Order) -> tuple[str, str]:
    """The delivery's and the order's."""
    return road.delivery(order).delivery_status, road.statuses(order)[0]


@proves("D7", "DR-1105")
@pytest.mark.parametrize("reason", ["absent", "wrong_place", "other"])
def test_the_first_attempt_that_fails_is_tried_again_and_half_is_earned(road: Road, reason: str) -> None:
    road.publish()
    order = road.on_the_way()
    earning = road.delivery(order).rider_earning
    for _ in range(2):  # saying it again changes nothing
        delivery = road.fail(order, reason)
    assert (delivery.attempts, delivery.failed_reason, delivery.goods_at) == (1, reason, "rider")
    assert status(road, order) == ("failed", "ready_for_delivery")
    assert road.entries().count("failed_attempt") == 1
    assert road.balance(f"rider_due:{road.cast.rider.id}") == str(-(earning / 2))
    assert road.texts(road.cast.customer)[-1] == "delivery_failed"
    assert road.fresh(order).estimated_delivery_date == TODAY + timedelta(days=1)


@proves("D7")
@pytest.mark.parametrize("reason", ["absent", "wrong_place", "other"])
def test_a_rider_calls_before_he_gives_up(road: Road, reason: str) -> None:
    road.publish()
    order = road.on_the_way()
    with pytest.raises(errors.CallFirst):
        road.fail(order, reason, called=False)
    assert status(road, order) == ("in_transit", "out_for_delivery")


@proves("D7")
@pytest.mark.parametrize("reason", ["", "bored", "REFUSED", None])
def test_no_other_reasons(road: Road, reason: str) -> None:
    road.publish()
    order = road.on_the_way()
    with pytest.raises(errors.FailReasonUnknown):
        road.fail(order, reason)


@proves("D7", "DR-1105")
@pytest.mark.parametrize(
    ("reason", "cancelled_for", "earns"), [("refused", "refused", True), ("damaged", "undeliverable", False)]
)
def test_refused_and_damaged_end_the_order_at_once(
    road: Road, reason: str, cancelled_for: str, earns: bool
) -> None:
    road.publish()
    order = road.on_the_way()
    road.fail(order, reason, called=False)
    assert status(road, order) == ("failed", "cancelled")
    assert road.fresh(order).cancel_reason == cancelled_for
    assert ("failed_attempt" in road.entries()) is earns


@proves("D7", "D8")
def test_the_last_attempt_that_fails_ends_the_order(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    road.fail(order)
    retry(road, order)
    road.act(service.start, road.cast.rider, order_id=order.order_id)
    road.fail(order)
    assert status(road, order) == ("failed", "cancelled")
    assert road.fresh(order).cancel_reason == "no_show"
    assert road.entries().count("failed_attempt") == 2
    with pytest.raises(errors.OrderOver):
        retry(road, order)


@proves("D8", "DR-1205")
def test_with_the_goods_at_the_rider_it_goes_on_from_there_with_a_new_code(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    old = road.code(order)
    road.fail(order)
    retry(road, order, slot="afternoon")
    assert status(road, order) == ("picked_up", "ready_for_delivery")
    assert road.code(order) != old
    promised = road.fresh(order)
    assert (promised.estimated_delivery_date, promised.delivery_time_slot) == (
        TODAY + timedelta(days=2),
        "afternoon",
    )
    assert road.texts(road.cast.customer)[-1] == "code_again"
    with pytest.raises(errors.WrongCode):
        road.hand_over(order, code=old)
    road.hand_over(order)
    assert status(road, order) == ("delivered", "delivered")


@proves("D8")
def test_with_the_goods_at_the_farm_it_begins_there_again(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    road.fail(order)
    for _ in range(2):
        road.act(failing.give_back, road.cast.rider, order_id=order.order_id)
    assert road.items(order)[0].item_status == "ready"
    assert road.stops(order) == [("pickup", True), ("drop", False)]
    retry(road, order)
    assert status(road, order) == ("assigned", "ready_for_delivery")
    assert road.stops(order) == [("pickup", False), ("drop", False)]
    road.pick_up(order)
    assert status(road, order) == ("in_transit", "out_for_delivery")
    road.hand_over(order)


@proves("D8")
def test_without_an_admin_the_next_attempt_begins_twelve_hours_before_its_slot(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    road.fail(order)  # 09:30; the next slot begins tomorrow at 06:00
    road.later(hours=8)
    assert status(road, order)[0] == "failed"
    road.later(hours=1)
    assert status(road, order)[0] == "picked_up"
    assert road.texts(road.cast.customer).count("code_again") == 1


@proves("D8")
@pytest.mark.parametrize(
    ("day", "slot"),
    [(TODAY - timedelta(days=1), "morning"), (TODAY + timedelta(days=1), "night"), ("tomorrow", "any")],
)
def test_another_attempt_needs_a_slot_that_is_to_come(road: Road, day: date, slot: str) -> None:
    road.publish()
    order = road.on_the_way()
    road.fail(order)
    with pytest.raises(BadInput):
        retry(road, order, day=day, slot=slot)
    assert status(road, order)[0] == "failed"


def test_only_an_admin_has_it_tried_again_and_only_what_failed(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    with pytest.raises(WrongState):
        retry(road, order)
    road.fail(order)
    with pytest.raises(NotAllowed):
        road.act(
            failing.retry,
            road.cast.customer,
            order_id=order.order_id,
            day=TODAY + timedelta(days=1),
            slot="any",
        )


@proves("D9")
@pytest.mark.parametrize("who", ["rider", "admin"])
def test_after_the_end_the_goods_go_back_to_the_farm(road: Road, who: str) -> None:
    road.publish()
    order = road.on_the_way()
    road.fail(order, "refused")
    for _ in range(2):
        road.act(failing.give_back, getattr(road.cast, who), order_id=order.order_id)
    delivery = road.delivery(order)
    assert (delivery.delivery_status, delivery.goods_at) == ("returned", "farm")
    assert [line for line in road.history(order) if line.startswith("D9")] == ["D9 delivery failed>returned"]


@proves("DR-1206")
def test_another_rider_says_nothing_about_it(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    mutua = road.rider("+254712000333", "Uthiru", "KMDA 777X")
    with pytest.raises(errors.NoSuchJob):
        road.act(failing.fail, mutua, order_id=order.order_id, reason="refused")
    road.fail(order)
    with pytest.raises(errors.NoSuchJob):
        road.act(failing.give_back, mutua, order_id=order.order_id)
    for person in (road.cast.customer, road.cast.farmer):
        with pytest.raises(NotAllowed):
            road.act(failing.fail, person, order_id=order.order_id, reason="refused")


def test_what_was_never_collected_neither_fails_nor_comes_back(road: Road) -> None:
    road.publish()
    order = road.assigned()
    with pytest.raises(WrongState):
        road.fail(order, "refused")
    with pytest.raises(WrongState):
        road.act(failing.give_back, road.cast.rider, order_id=order.order_id)


@proves("D10")
def test_a_cancelled_order_takes_its_rider_along_and_he_is_told(road: Road) -> None:

    road.publish()
    order = road.assigned()
    road.act(orders.cancel, road.cast.admin, order_id=order.order_id, reason="flood")
    assert status(road, order) == ("cancelled", "cancelled")
    assert road.texts(road.cast.rider)[-1] == "offer_withdrawn"
    with pytest.raises(NotFound):
        road.hand_over(order)
