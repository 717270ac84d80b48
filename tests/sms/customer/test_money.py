"""How an order is paid by text: another phone, cash, bank, by hand; and a forwarded M-Pesa message."""

from datetime import timedelta
from typing import Any

import pytest

from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.payments.models import PaymentTransaction, Refund
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.sms.customer.kit import (
    OTHER,
    RECEIPT,
    STRANGER,
    asked,
    delivered,
    newest,
    ordered,
    paid,
    pay,
    person,
    set_to,
)

PHONE = "+254722111222"
CONFIRMED = (
    "{receipt} Confirmed. Ksh499.00 sent to TUNDA LTD for account 250624A3B7 on 24/6/25 at 9:41 AM "
    "New M-PESA balance is Ksh1,000.00. Transaction cost, Ksh7.00."
)


def state(desk: Desk) -> tuple[str, str]:
    order = newest(desk)
    return order.order_status, order.payment_method


@proves("DR-905")
@pytest.mark.parametrize("text", ["CASH", "pay cash", "taslimu"])
def test_cash_to_a_quote_places_it_to_be_paid_at_the_door(market: Desk, text: str) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    reply = market.text(CUSTOMER, text)
    assert "KSh 499" in reply
    assert reply.count("\n") == 0, "one text, not two"
    assert state(market) == ("confirmed", "cash_on_delivery")
    assert market.look(PaymentTransaction) == []


def test_in_the_quiet_hours_the_answer_to_cash_comes_all_the_same(market: Desk) -> None:
    """DR-1508: what the core would hold till morning is said at once, for she has asked."""
    market.clock.advance(hours=13)
    market.text(CUSTOMER, "5kg tomatoes")
    assert "Have KSh 499 ready in cash" in market.text(CUSTOMER, "CASH")


@proves("DR-905")
def test_what_is_too_much_for_cash_stays_a_quote_that_mpesa_pays(market: Desk) -> None:
    set_to(market, "cod.max_order_total", "300.00")
    market.text(CUSTOMER, "5kg tomatoes")
    assert market.text(CUSTOMER, "CASH") == (
        "Cash is taken up to KSh 300; this comes to KSh 499. Reply PAY for M-Pesa."
    )
    assert (market.look(Order), asked(market)) == ([], "quote")
    assert market.text(CUSTOMER, "PAY") == ""
    assert state(market) == ("pending_payment", "mpesa")


@proves("DR-905")
def test_a_second_cash_order_of_a_newcomer_waits_for_the_first(market: Desk, cast: Cast) -> None:
    sell(market.db, cast, "onions", "40", "100")
    market.text(CUSTOMER, "5kg tomatoes")
    market.text(CUSTOMER, "CASH")
    market.text(CUSTOMER, "5kg onions")
    assert market.text(CUSTOMER, "CASH").startswith("First receive the cash order that you have open.")
    assert len(market.look(Order)) == 1


@proves("DR-905")
def test_an_unpaid_order_may_be_paid_in_cash_after_all(market: Desk) -> None:
    order = ordered(market)
    assert "KSh 499" in market.text(CUSTOMER, f"PAY {order.tail} cash")
    assert state(market) == ("confirmed", "cash_on_delivery")
    assert "KSh 499 ready in cash" in market.text(CUSTOMER, "CASH"), "again changes nothing"
    market.clock.advance(minutes=40)
    market.work()
    assert newest(market).order_status == "confirmed", "no deadline is left"


def test_money_that_comes_after_she_chose_cash_is_not_asked_for_at_the_door(market: Desk) -> None:
    order = ordered(market)
    pushed = market.look(PaymentTransaction)[0]
    assert pushed.status == "created"
    market.text(CUSTOMER, "CASH")
    assert market.look(PaymentTransaction)[0].status == "failed", "what was not sent is withdrawn"
    market.text(CUSTOMER, f"PAY {order.tail}")
    pay(market, order)
    assert "status" not in market.text(CUSTOMER, "STATUS")
    assert "ready in cash" not in market.text(CUSTOMER, "STATUS")


@proves("DR-813")
def test_bank_to_a_quote_and_to_an_unpaid_order_names_account_and_reference(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    assert market.text(CUSTOMER, "BANK").startswith("We take no bank transfers now.")
    assert market.look(Order) == []
    set_to(market, "bank.account", "Equity 0180291234567, Tunda Ltd")
    reply = market.text(CUSTOMER, "BANK")
    order = newest(market)
    assert reply.startswith(
        f"Order {order.tail}: send KSh 499 to Equity 0180291234567, Tunda Ltd, reference "
    )
    assert state(market) == ("pending_payment", "bank_transfer")
    assert market.text(CUSTOMER, "BANK").startswith(f"Order {order.tail}: we wait for KSh 499 from your bank")


@proves("DR-808")
def test_an_unpaid_order_that_is_paid_by_bank_after_all_has_a_banks_time(market: Desk) -> None:
    set_to(market, "bank.account", "Equity 0180291234567, Tunda Ltd")
    order = ordered(market)
    assert market.text(CUSTOMER, "pay by bank").startswith(f"Order {order.tail}: send KSh 499 to Equity")
    market.clock.advance(hours=2)
    market.work()
    assert state(market) == ("pending_payment", "bank_transfer")
    market.clock.advance(hours=23)
    market.work()
    assert newest(market).order_status == "cancelled"


@proves("DR-807")
def test_another_phone_pays_a_quote_and_an_unpaid_order(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    reply = market.text(CUSTOMER, "PAY 0722111222")
    order = newest(market)
    assert reply.startswith(f"Order {order.tail}: M-Pesa asks 0722111222 for KSh 499 now.")
    assert [attempt.msisdn for attempt in market.look(PaymentTransaction)] == [PHONE]
    assert market.text(CUSTOMER, "PAY") == "", "and then her own"
    assert [attempt.msisdn for attempt in market.look(PaymentTransaction)] == [PHONE, CUSTOMER]


def test_when_no_more_requests_may_be_sent_she_is_told_how_to_pay_by_hand(market: Desk) -> None:
    """P4: three of them."""
    order = ordered(market)
    for _again in range(2):
        market.clock.advance(minutes=4)
        assert market.text(CUSTOMER, "PAY") == ""
    market.clock.advance(minutes=4)
    reply = market.text(CUSTOMER, "PAY")
    assert reply.startswith(f"Order {order.tail}: pay KSh 499 at M-Pesa paybill ")
    assert ", account 250624" in reply


def test_of_two_unpaid_orders_it_is_asked_which_is_meant(market: Desk, cast: Cast) -> None:
    sell(market.db, cast, "onions", "40", "100")
    first = ordered(market)
    market.clock.advance(minutes=4)
    second = ordered(market, "5kg onions")
    market.clock.advance(minutes=4)
    assert market.text(CUSTOMER, "CASH") == (
        f"Which order? Reply its number:\n1 {second.tail} KSh 599\n2 {first.tail} KSh 499"
    )
    market.text(CUSTOMER, "2")
    assert [order.payment_method for order in market.look(Order)] == ["cash_on_delivery", "mpesa"]


@proves("DR-803")
def test_a_forwarded_confirmation_proves_nothing_and_is_answered_honestly(market: Desk) -> None:
    order = ordered(market)
    text = CONFIRMED.format(receipt=RECEIPT)
    assert market.text(CUSTOMER, text).startswith(
        f"We have not seen {RECEIPT} yet. M-Pesa itself must tell us"
    )
    assert newest(market).order_status == "pending_payment"
    pay(market, order)
    assert market.text(CUSTOMER, text) == (
        f"We have receipt {RECEIPT}: KSh 499 for your order {order.tail}. Text STATUS {order.tail} to see it."
    )


@proves("DR-211")
@pytest.mark.parametrize("phone", [OTHER, STRANGER, FARMER, RIDER])
def test_of_somebody_elses_receipt_nothing_is_told(market: Desk, phone: str) -> None:
    person(market, OTHER, "customer", "Amina", "Kangemi")
    paid(market)
    market.text(phone, CONFIRMED.format(receipt=RECEIPT))
    assert market.look(OutboxMessage, msisdn=phone)[-1].code == "receipt_not_seen"


@pytest.mark.parametrize("text", ["PAY", "CASH", "BANK", "PAY 0722111222"])
def test_nothing_to_pay_is_said_so(market: Desk, text: str) -> None:
    assert market.text(CUSTOMER, text).startswith("No order of yours waits for payment.")


def test_a_late_cash_to_a_lapsed_quote_places_nothing(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    market.clock.advance(minutes=31)
    assert market.text(CUSTOMER, "CASH").startswith("No order of yours waits for payment.")
    assert market.look(Order) == []


def test_cash_counts_the_orders_of_both_ways_in(market: Desk) -> None:
    """The limit of DR-905 holds for an order turned to cash as for one placed so."""
    market.text(CUSTOMER, "5kg tomatoes")
    market.text(CUSTOMER, "CASH")
    market.clock.advance(minutes=11)
    order = ordered(market)
    reply: Any = market.text(CUSTOMER, f"PAY {order.tail} cash")
    assert reply.startswith("First receive the cash order that you have open.")
    assert newest(market).payment_method == "mpesa"
    assert newest(market).created_at + timedelta(minutes=1) > market.clock.now()


@pytest.mark.parametrize(
    "text", ["Refund my money", "nirudishie pesa", "njokeria mbeca", "i want my money back"]
)
def test_who_asks_for_her_money_is_told_where_it_is_and_nothing_happens(market: Desk, text: str) -> None:
    """What comes back comes by itself (8.3): the answer only says so, or what to text."""
    assert market.text(CUSTOMER, text).startswith("We have no money of yours to give back.")
    ordered(market)
    tail = newest(market).tail
    assert market.text(CUSTOMER, text).startswith(f"Order {tail}: we have no money of yours to give back.")
    paid(market)
    before = state(market)
    reply = market.text(CUSTOMER, text)
    assert reply.startswith(f"You paid KSh 499 for order {tail}. To let it go text CANCEL {tail}")
    assert (state(market), market.look(Refund)) == (before, [])
    market.text(CUSTOMER, f"CANCEL {tail}")
    market.text(CUSTOMER, "YES")
    assert market.text(CUSTOMER, text).startswith(f"KSh 499 of order {tail} comes back to you")
    assert len(market.look(Refund)) == 1


def test_money_for_bad_goods_is_asked_back_by_a_complaint(market: Desk, cast: Cast) -> None:
    delivered(market, cast, paid(market))
    tail = newest(market).tail
    assert market.text(CUSTOMER, "refund").startswith(f"Order {tail} has come. Was something wrong?")
    reply = market.text(CUSTOMER, "refund my money, the tomatoes were rotten")
    assert reply.startswith("Do you mean COMPLAIN the tomatoes were rotten?")


@pytest.mark.parametrize("phone", [FARMER, RIDER, STRANGER])
def test_nobody_else_learns_of_her_money(market: Desk, phone: str) -> None:
    ordered(market)
    paid(market)
    reply = market.text(phone, f"REFUND {newest(market).tail}")
    assert "499" not in reply
    assert market.look(Refund) == []
