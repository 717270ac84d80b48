"""The code: distinct, sent again, shown once, replaced by her YES or an admin's word (DR-1205)."""

from dataclasses import replace
from typing import Any

import pytest

from core.db import Tx
from core.deliveries import codes, duty, errors, received, service, stops
from core.deliveries.models import Delivery
from core.errors import NotAllowed
from core.orders.models import Order
from core.parts import SystemChance
from core.users import service as users
from tests.deliveries.road import Road
from tests.helpers import Person
from tests.proving import proves


def on(person: Person, channel: str) -> Person:
    """The same person on another channel."""
    return Person(person.user, users.actor_for(person.user, channel))


@proves("DR-1205")
def test_the_code_has_four_digits_is_sealed_and_unlike_the_riders_others(road: Road) -> None:
    road.publish("200")
    jobs = [road.assigned(f"sms-{number}") for number in range(3)]
    found = {road.code(job) for job in jobs}
    assert len(found) == 3
    assert all(len(code) == 4 and code.isdigit() for code in found)
    for job in jobs:
        sealed = road.delivery(job).code_sealed
        assert sealed is not None
        assert road.code(job) not in sealed


@proves("DR-1205")
def test_a_new_code_is_unlike_all_of_the_riders_others(road: Road) -> None:
    """The chance may draw a taken one: it is drawn again."""

    class Stubborn(SystemChance):
        def __init__(self) -> None:
            self.drawn = iter(["1111", "1111", "2222", "3333"])

        def digits(self, count: int) -> str:
            return next(self.drawn)

    road.publish()
    order = road.assigned()

    def work(tx: Tx) -> str:
        delivery = tx.session.get_one(Delivery, road.delivery(order).delivery_id)
        rigged = replace(tx, parts=replace(tx.parts, chance=Stubborn()))
        codes.make(rigged, delivery, {"1111", "2222"})
        return codes.code_of(tx, delivery)

    assert road.db.run(work) == "3333"


@proves("DR-1205")
def test_the_customer_has_it_sent_three_times_and_it_stays_the_same(road: Road) -> None:
    road.publish()
    order = road.assigned()
    code = road.code(order)
    assert [road.resend(order) for _ in range(3)] == [2, 1, 0]
    with pytest.raises(errors.CodeResendsUsed) as refused:
        road.resend(order)
    assert refused.value.values == {"limit": 3}
    assert road.code(order) == code
    assert road.texts(road.cast.customer).count("code_again") == 3
    assert "code_again" not in road.texts(road.cast.rider)


@proves("DR-1205", "DR-211")
def test_nobody_else_has_it_sent_or_shown(road: Road) -> None:
    road.publish()
    order = road.assigned()
    stranger = road.person("+254712000777", "customer", "Kangemi", "Otieno")
    for person in (stranger, road.cast.rider, road.cast.farmer, road.cast.admin):
        for verb in (codes.resend, codes.show_once):
            with pytest.raises(errors.NoSuchJob):
                road.act(verb, person, order_id=order.order_id)


def test_before_a_rider_has_it_there_is_no_code(road: Road) -> None:
    road.publish()
    order = road.paid_order()
    with pytest.raises(errors.CodeNotOpen):
        road.resend(order)


@proves("DR-1205")
@pytest.mark.parametrize("word", ["undelivered", "failed", "expired"])
def test_a_code_whose_sms_was_lost_is_shown_once_over_ussd(road: Road, word: str) -> None:
    road.publish()
    order = road.assigned()
    dialling = on(road.cast.customer, "ussd")
    with pytest.raises(errors.CodeNotOpen):
        road.act(codes.show_once, dialling, order_id=order.order_id)
    road.report_sms(order, "rider_and_code", word)
    with pytest.raises(errors.CodeNotOpen):
        road.act(codes.show_once, on(road.cast.customer, "sms"), order_id=order.order_id)
    assert road.act(codes.show_once, dialling, order_id=order.order_id) == road.code(order)
    with pytest.raises(errors.CodeNotOpen):
        road.act(codes.show_once, dialling, order_id=order.order_id)


def test_a_code_that_arrived_when_sent_again_is_not_shown(road: Road) -> None:
    road.publish()
    order = road.assigned()
    road.report_sms(order, "rider_and_code", "undelivered")
    road.resend(order)
    road.report_sms(order, "code_again", "delivered")
    with pytest.raises(errors.CodeNotOpen):
        road.act(codes.show_once, on(road.cast.customer, "ussd"), order_id=order.order_id)


@proves("DR-1205")
def test_without_the_code_the_ordering_phone_is_asked_and_yes_is_as_good(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    road.ask_receipt(order)
    question = road.question(road.cast.customer)
    assert question is not None
    assert (question.kind, question.about) == ("received", {"order_id": order.order_id})
    assert "received_ask" in road.texts(road.cast.customer)
    done = road.act(received.answer, road.cast.customer, order_id=order.order_id, yes=True)
    assert done is not None
    assert not done.again
    assert road.statuses(order)[0] == "delivered"
    assert road.entries().count("rider_earning") == 1
    again = road.act(received.answer, road.cast.customer, order_id=order.order_id, yes=True)
    assert again is not None
    assert again.again


@proves("DR-1205")
def test_asked_again_and_again_she_gets_one_text_until_some_minutes_have_passed(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    for _hop in range(5):
        road.ask_receipt(order)
        road.later(seconds=20)
    assert road.texts(road.cast.customer).count("received_ask") == 1
    road.later(minutes=5)
    road.ask_receipt(order)
    assert road.texts(road.cast.customer).count("received_ask") == 2


@proves("DR-1205")
def test_her_no_changes_nothing_and_a_yes_needs_another_question(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    road.ask_receipt(order)
    assert road.act(received.answer, road.cast.customer, order_id=order.order_id, yes=False) is None
    assert road.statuses(order)[0] == "out_for_delivery"
    with pytest.raises(errors.NoSuchJob):
        road.act(received.answer, road.cast.customer, order_id=order.order_id, yes=True)
    road.ask_receipt(order)
    road.act(received.answer, road.cast.customer, order_id=order.order_id, yes=True)
    assert road.statuses(order)[0] == "delivered"


@proves("DR-1205", "DR-1206")
def test_nobody_answers_for_her_and_nobody_asks_for_the_rider(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    with pytest.raises(errors.NoSuchJob):  # she was not asked
        road.act(received.answer, road.cast.customer, order_id=order.order_id, yes=True)
    for person in (road.cast.customer, road.cast.farmer, road.cast.admin):
        with pytest.raises(errors.NoSuchJob):
            road.act(received.ask, person, order_id=order.order_id)
    road.ask_receipt(order)
    for person in (road.cast.rider, road.cast.farmer):
        with pytest.raises(errors.NoSuchJob):
            road.act(received.answer, person, order_id=order.order_id, yes=True)


@proves("DR-1205", "DR-902")
def test_her_yes_stands_for_exactly_what_was_to_be_collected(road: Road) -> None:
    road.publish()
    order = road.cash_at_the_door()
    road.ask_receipt(order)
    done = road.act(received.answer, road.cast.customer, order_id=order.order_id, yes=True)
    assert done is not None
    assert done.taken == order.amount_asked
    assert road.balance(f"rider_cash:{road.cast.rider.id}") == str(order.amount_asked)


@proves("DR-1205", "D6")
def test_an_admin_closes_a_locked_one_with_a_reason_on_record(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    wrong = "0000" if road.code(order) != "0000" else "1111"
    for _ in range(5):
        with pytest.raises((errors.WrongCode, errors.CodeLocked)):
            road.hand_over(order, code=wrong)
    with pytest.raises(errors.CodeLocked):
        road.hand_over(order)
    for reason in ("", "   "):
        with pytest.raises(errors.OverrideReasonMissing):
            road.act(service.override, road.cast.admin, order_id=order.order_id, reason=reason)
    done = road.act(service.override, road.cast.admin, order_id=order.order_id, reason="customer called us")
    assert not done.again
    assert road.act(service.override, road.cast.admin, order_id=order.order_id, reason="again").again
    assert road.statuses(order)[0] == "delivered"
    assert road.audited().count("delivery.override") == 1
    assert road.balance(f"rider_due:{road.cast.rider.id}") == str(-done.earning)


def test_nobody_but_an_admin_overrides(road: Road) -> None:
    road.publish()
    order = road.on_the_way()
    for person in (road.cast.customer, road.cast.farmer):
        with pytest.raises(NotAllowed):
            road.act(service.override, person, order_id=order.order_id, reason="trust me")
    with pytest.raises(errors.NoSuchJob):
        road.act(service.override, road.cast.admin, order_id=99_999, reason="which?")


@proves("DR-1206")
def test_a_rider_does_not_bring_his_own_order(road: Road) -> None:
    """Whoever was a customer and rides today is not asked to bring what he ordered himself."""
    road.publish()
    order = road.paid_order()
    road.mark(order, "ready")
    with road.db.read() as tx:
        first = stops.pickups(tx, tx.session.get_one(Order, order.order_id))[0]
        near: Any = {"pickup": first.point, "subcounty": (first.location.county, first.location.subcounty)}
        assert road.cast.rider.id in duty.in_reach(tx, **near, kg=first.kg, customer_id=1)
        reach = duty.in_reach(tx, **near, kg=first.kg, customer_id=road.cast.rider.id)
    assert road.cast.rider.id not in reach
