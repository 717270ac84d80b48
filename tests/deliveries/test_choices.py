"""Nobody brings it and the slot is nearly over: wait, collect, or refund (DR-1212, DR-1203)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.alarms.models import Alarm
from core.deliveries import choices, duty, errors, farmside
from core.orders.models import Order
from tests.deliveries.road import Road
from tests.helpers import DEMO_MOMENT
from tests.proving import proves

TODAY = DEMO_MOMENT.date()


@pytest.fixture
def lonely(road: Road) -> Road:
    """No rider is on duty."""
    road.publish("200")
    road.act(duty.set_duty, road.cast.rider, on=False)
    return road


def late(road: Road, key: str = "sms-1") -> Order:
    """Ready, promised for tomorrow (any slot: till 18:00), and now it is tomorrow, 16:00."""
    order = road.ready(road.paid_order(key=key))
    road.later(hours=30, minutes=29)
    assert road.question(road.cast.customer) is None
    road.later(minutes=1)
    return order


def choose(road: Road, order: Order, choice: str) -> None:
    road.act(choices.choose, road.cast.customer, order_id=order.order_id, choice=choice)


def no_rider_alarms(road: Road) -> list[int]:
    """How often each open alarm was raised."""
    with road.db.read() as tx:
        query = select(Alarm.count).where(Alarm.kind == "no_rider", Alarm.open_for.is_not(None))
        return list(tx.session.scalars(query))


@proves("DR-1203")
def test_admins_are_alarmed_once_and_it_is_over_when_somebody_has_it(lonely: Road) -> None:
    lonely.ready(lonely.paid_order())
    lonely.later(minutes=15)
    lonely.later(minutes=15)
    assert no_rider_alarms(lonely) == [3]
    lonely.act(duty.set_duty, lonely.cast.rider, on=True)
    lonely.later(minutes=15)
    offer = lonely.offer()
    assert offer is not None
    lonely.answer(offer)
    assert no_rider_alarms(lonely) == []


@proves("DR-1212")
def test_two_hours_before_the_slot_ends_the_customer_is_asked(lonely: Road) -> None:
    order = late(lonely)
    question = lonely.question(lonely.cast.customer)
    assert question is not None
    assert (question.kind, question.about) == ("no_rider", {"order_id": order.order_id})
    assert [choice["value"] for choice in question.choices] == ["wait", "collect", "refund"]
    assert "no_rider_choice" in lonely.texts(lonely.cast.customer)


@proves("DR-1212")
def test_she_waits_till_the_next_day_and_is_asked_again_then(lonely: Road) -> None:
    order = late(lonely)
    choose(lonely, order, "wait")
    promised = lonely.fresh(order)
    assert promised.estimated_delivery_date == TODAY + timedelta(days=2)
    assert lonely.delivery(order).delivery_status == "pending"
    lonely.later(hours=24)
    assert lonely.texts(lonely.cast.customer).count("no_rider_choice") == 2


@proves("DR-1212")
def test_she_collects_it_while_a_rider_is_still_asked(lonely: Road) -> None:
    order = late(lonely)
    lonely.act(duty.set_duty, lonely.cast.rider, on=True)
    lonely.later(minutes=15)
    assert lonely.offer() is not None
    choose(lonely, order, "collect")
    assert lonely.offer() is None
    assert lonely.delivery(order).rider_id == lonely.cast.farmer.id
    assert lonely.fresh(order).delivery_fee == 0


@proves("DR-1212", "DR-1210", "D2", "D6")
def test_she_collects_it_without_a_fee_and_the_farmer_hands_over(lonely: Road) -> None:
    order = late(lonely)
    before = lonely.fresh(order)
    choose(lonely, order, "collect")
    after = lonely.fresh(order)
    delivery = lonely.delivery(order)
    assert (delivery.way, delivery.rider_id, delivery.delivery_status) == (
        "collect",
        lonely.cast.farmer.id,
        "assigned",
    )
    assert (after.delivery_fee, after.total_amount) == (Decimal(0), before.total_amount - before.delivery_fee)
    assert "collect_code" in lonely.texts(lonely.cast.customer)
    assert "hand_out" in lonely.texts(lonely.cast.farmer)
    with pytest.raises(errors.NoSuchJob):
        lonely.hand_over(order, who=lonely.cast.admin)
    lonely.hand_over(order, who=lonely.cast.farmer)
    assert lonely.statuses(order)[0] == "delivered"
    assert "rider_earning" not in lonely.entries()


@proves("DR-1212")
def test_or_she_has_all_her_money_back(lonely: Road) -> None:
    order = late(lonely)
    choose(lonely, order, "refund")
    assert lonely.statuses(order)[0] == "cancelled"
    assert lonely.fresh(order).amount_asked == 0
    assert lonely.delivery(order).delivery_status == "cancelled"
    assert lonely.balance(f"order_funds:{order.order_id}") == "0.00"


@pytest.mark.parametrize("choice", ["", "fly", "WAIT", None])
def test_nothing_else_can_be_chosen(lonely: Road, choice: str) -> None:
    order = late(lonely)
    with pytest.raises(errors.ChoiceNotOpen):
        choose(lonely, order, choice)


def test_only_she_chooses_only_when_asked_and_only_once(lonely: Road) -> None:
    early = lonely.ready(lonely.paid_order(key="early"))
    with pytest.raises(errors.ChoiceNotOpen):
        choose(lonely, early, "refund")
    order = late(lonely, "late")
    stranger = lonely.person("+254712000777", "customer", "Kangemi", "Otieno")
    for person in (stranger, lonely.cast.farmer, lonely.cast.admin):
        with pytest.raises(errors.ChoiceNotOpen):
            lonely.act(choices.choose, person, order_id=order.order_id, choice="refund")
    with pytest.raises(errors.ChoiceNotOpen):
        lonely.act(choices.choose, lonely.cast.customer, order_id=99_999, choice="wait")
    choose(lonely, order, "wait")
    with pytest.raises(errors.ChoiceNotOpen):
        choose(lonely, order, "refund")


@proves("DR-1212")
def test_whoever_has_a_rider_is_not_asked(road: Road) -> None:
    road.publish()
    order = road.assigned()
    road.later(hours=20)  # before the slot: he still has it
    assert road.delivery(order).delivery_status == "assigned"
    road.pick_up(order)
    road.later(hours=12)
    assert "no_rider_choice" not in road.texts(road.cast.customer)


def test_an_order_of_several_farms_cannot_be_collected_at_one(lonely: Road) -> None:
    from core.orders.quotes import Line

    other = lonely.person("+254712000888", "farmer", "Kinoo", "Muthoni")
    lonely.publish(slug="kale", unit="kg", farmer=other)
    quote = lonely.quote_lines(
        Line(lonely.product(), Decimal(5), "kg"),
        Line(lonely.product("kale"), Decimal(5), "kg"),
    )
    order = lonely.accept(quote)
    lonely.pay(order)
    with lonely.db.read() as tx:
        assert choices.open_to(tx, lonely.fresh(order)) == ["wait", "refund"]


@proves("DR-1210", "D2")
def test_the_farmer_sees_who_fetches_what_she_made_ready(road: Road) -> None:
    road.publish("200")
    order = road.ready(road.paid_order())

    def seen() -> tuple[str, str, bool]:
        (one,) = road.act(farmside.made_ready, road.cast.farmer)
        assert (one.tail, one.you_get) == (order.tail, Decimal("360.00"))
        return one.step, one.person, bool(one.phone)

    assert road.act(farmside.made_ready, road.cast.rider) == []
    assert seen() == ("wait", "", False)
    offer = road.offer()
    assert offer is not None
    road.answer(offer)
    step, person, phone = seen()
    assert (step, phone) == ("fetch", True)
    assert person
    road.pick_up(order)
    assert seen()[0] == "road"
    road.deliver(road.code(order), order)
    assert road.act(farmside.made_ready, road.cast.farmer) == []


@proves("DR-1210", "D2")
def test_what_is_collected_at_her_farm_she_hands_over_herself(lonely: Road) -> None:
    order = lonely.ready(lonely.cash_order())
    lonely.later(hours=30, minutes=30)
    choose(lonely, order, "collect")
    (one,) = lonely.act(farmside.made_ready, lonely.cast.farmer)
    assert (one.step, one.phone) == ("hand_over", "0712000202")
