"""Every text of a customer's, from others, about her order: nothing moves, nothing is told (S3, S8)."""

from typing import Any

import pytest

from core.orders.models import CancelRequest, Claim, Order
from core.payments.models import PaymentTransaction
from core.reviews.models import Review
from tests.helpers import ADMIN, CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk
from tests.sms.customer.kit import OTHER, STRANGER, ordered, paid, person

COMMANDS = (
    "STATUS {tail}",
    "PAY {tail}",
    "PAY {tail} cash",
    "PAY {tail} 0722111222",
    "CANCEL {tail}",
    "COLLECT {tail}",
    "CODE {tail}",
    "RATE {tail} 5",
    "COMPLAIN {tail} all rotten",
)


def picture(desk: Desk) -> list[Any]:
    """All that such a text could change."""
    orders = [(o.order_status, o.payment_method, o.way, o.amount_asked) for o in desk.look(Order)]
    rows = [len(desk.look(table)) for table in (PaymentTransaction, CancelRequest, Claim, Review)]
    return [orders, rows]


@proves("DR-211")
@pytest.mark.parametrize("phone", [OTHER, STRANGER, FARMER, RIDER, ADMIN])
def test_nobody_acts_on_an_order_of_somebody_elses(market: Desk, cast: Cast, phone: str) -> None:
    """Whole number and tail, in one story; the sender's number is the only actor."""
    person(market, OTHER, "customer", "Amina", "Kangemi")
    unpaid = ordered(market)
    before = picture(market)
    hers = len([m for m in market.sent if m["to"] == CUSTOMER])
    for command in COMMANDS:
        for number in (unpaid.tail, unpaid.order_number):
            reply = market.text(phone, command.format(tail=number))
            assert "499" not in reply, (command, reply)
            assert "tomatoes" not in reply or "e.g." in reply or "mfano" in reply or "ta " in reply
            market.text(phone, "YES")
    assert picture(market) == before
    assert len([m for m in market.sent if m["to"] == CUSTOMER]) == hers


@proves("DR-211")
def test_a_foreign_order_and_one_that_is_not_there_are_answered_alike(market: Desk) -> None:
    person(market, OTHER, "customer", "Amina", "Kangemi")
    order = paid(market)
    for command in COMMANDS:
        foreign = market.text(OTHER, command.format(tail=order.tail)).replace(order.tail, "X")
        missing = market.text(OTHER, command.format(tail="ZZ9Z")).replace("ZZ9Z", "X")
        assert foreign == missing, command


@pytest.mark.parametrize("text", ["MORE", "SAME", "CLEAR", "MY ORDERS", "CODE", "CANCEL", "PAY", "RATE 5"])
@pytest.mark.parametrize("phone", [STRANGER, FARMER, RIDER])
def test_whoever_is_no_customer_gets_an_answer_and_no_effect(market: Desk, phone: str, text: str) -> None:
    before = picture(market)
    assert market.text(phone, text) != ""
    assert picture(market) == before
    assert (market.user(phone) is None) == (phone == STRANGER)
