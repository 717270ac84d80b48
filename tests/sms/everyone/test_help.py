"""HELP by role and by what is open; strangers' how-to; no machine is fed for ever (DR-1508, DR-1602)."""

import pytest

from core.questions.models import Question
from core.support.models import Ticket
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.sms.farmer.test_working import bought, pay

STRANGER = "+254712000909"
LORRY = "+254712000888"


@pytest.fixture
def market(desk: Desk, cast: Cast) -> Desk:
    """50kg tomatoes on sale; everybody reads English here."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    for phone in (FARMER, RIDER):
        desk.text(phone, "LANG EN")
    return desk


@pytest.mark.parametrize(
    ("phone", "text", "reply"),
    [
        (CUSTOMER, "HELP", "Text what you need: 5kg tomatoes."),
        (FARMER, "msaada tafadhali", "SELL tomatoes 20kg @80."),
        (RIDER, "?", "ON, OFF, YES, NO, PICKED A3B7"),
        (STRANGER, "HELP", "Text what you need, e.g. 5kg tomatoes."),
        (CUSTOMER, "HELP PAY", "PAY A3B7: the M-Pesa request again."),
        (CUSTOMER, "msaada lipa", "PAY A3B7: the M-Pesa request again."),
        (FARMER, "HELP SELL", "SELL tomatoes 20kg @80: what, how much"),
        (FARMER, "HELP PRICE", "PRICE tomatoes 90: your new price."),
        (CUSTOMER, "HELP PRICE", "PRICE tomatoes: what it costs now"),
        (FARMER, "HELP READY", "HARVESTED, PACKED, READY A3B7: one order."),
        (RIDER, "HELP DONE", "DONE A3B7 1234: her code."),
        (RIDER, "HELP ACCEPT", "YES or ACCEPT A3B7 takes the job"),
        (FARMER, "HELP ACCEPT", "YES A3B7 or ACCEPT A3B7: you have it."),
        (CUSTOMER, "HELP STOP", "STOP ends adverts and alerts."),
    ],
)
def test_help_by_role_and_for_a_command(market: Desk, phone: str, text: str, reply: str) -> None:
    assert market.text(phone, text).startswith(reply)
    assert market.look(Ticket) == []


def test_help_says_what_is_open_for_this_person_now(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    assert market.text(CUSTOMER, "HELP").startswith("Our price waits for your YES")
    market.text(CUSTOMER, "YES")
    assert "waits for KSh" in market.text(CUSTOMER, "HELP")
    pay(market, CUSTOMER)
    assert " comes Wed 25: STATUS " in market.text(CUSTOMER, "HELP")
    assert market.text(FARMER, "HELP").startswith("Orders that wait for your answer: 1. First ")
    market.text(FARMER, "YES")
    assert market.text(FARMER, "HELP").startswith("Orders to prepare: 1, see ORDERS.")
    market.text(FARMER, "SELL kale 20 bunches")
    assert market.text(FARMER, "HELP").startswith("We wait for a figure")
    market.text(FARMER, "READY")
    market.work()
    assert market.text(RIDER, "HELP").startswith("A job waits for you: YES takes it")
    market.text(RIDER, "YES")
    assert market.text(RIDER, "HELP").startswith("Your job ")


@proves("DR-1602")
def test_help_and_words_go_to_our_people_and_on_with_the_ticket_that_waits(market: Desk) -> None:
    said = market.text(CUSTOMER, "HELP my payment did not arrive")
    assert said.startswith("We have your question, number ")
    (ticket,) = market.look(Ticket)
    assert market.text(CUSTOMER, "HELP").startswith("Text what you need")
    with market.db.transaction() as tx:
        tx.session.get_one(Ticket, ticket.ticket_id).ticket_status = "waiting_user"
    assert market.text(CUSTOMER, "HELP").startswith(f"We have answered your question {ticket.ticket_id}.")
    market.text(CUSTOMER, "HELP the payment was of 499")
    assert [one.ticket_id for one in market.look(Ticket)] == [ticket.ticket_id]


@pytest.mark.parametrize("text", ["hello", "Habari yako", "lorem ipsum", "Happy birthday my dear, God bless"])
def test_a_strangers_first_words_get_the_how_to_once_a_day(market: Desk, text: str) -> None:
    assert market.text(STRANGER, text) != ""
    assert [market.text(STRANGER, f"{text} {more}") for more in ("a", "bb", "ccc")] == ["", "", ""]
    assert market.user(STRANGER) is None
    market.clock.advance(hours=25)
    assert market.text(STRANGER, text) != ""


@proves("DR-1508")
def test_two_machines_do_not_answer_each_other_for_ever(market: Desk) -> None:
    """An answering machine sends our own words back, whatever they are."""
    said, answered = "HELP", 0
    for _turn in range(60):
        reply = market.text(CUSTOMER, said)
        if not reply:
            break
        answered, said = answered + 1, "STATUS"
    assert answered <= 30
    assert market.text(CUSTOMER, "5kg tomatoes") != ""  # what does something is still heard


@proves("DR-1504")
@pytest.mark.parametrize(("off", "on"), [("STOP", "START"), ("SIMAMISHA", "ANZA"), ("tiga", "START")])
def test_stop_and_start_once_each(market: Desk, off: str, on: str) -> None:
    assert [bool(market.text(CUSTOMER, text)) for text in (off, off, on, on)] == [True, False, True, False]
    person = market.user(CUSTOMER)
    assert person is not None
    assert person.marketing_notifications


@pytest.mark.parametrize("text", ["stopping by tomorrow", "stop sending the rice one"])
def test_what_only_looks_like_stop_stops_nothing(market: Desk, text: str) -> None:
    person = market.user(CUSTOMER)
    market.text(CUSTOMER, text)
    after = market.user(CUSTOMER)
    assert person is not None
    assert after is not None
    assert after.marketing_notifications == person.marketing_notifications


@proves("DR-1504")
def test_stop_with_more_words_is_put_back_and_a_clear_stop_opts_out(market: Desk) -> None:
    """A stop word counts only as the whole message (data/README.md): she may mean one kind of them."""

    def wants_news() -> bool:
        person = market.user(CUSTOMER)
        assert person is not None
        return bool(person.marketing_notifications)

    market.text(CUSTOMER, "START")
    for more in ("stop sending me messages", "usitume tena msg"):
        assert market.text(CUSTOMER, more).startswith("Do you mean STOP?")
        assert wants_news(), "nothing is done before her answer"
        assert market.text(CUSTOMER, "NO") != ""
        assert wants_news()
    market.text(CUSTOMER, "stop sending me messages")
    assert market.text(CUSTOMER, "YES").startswith("OK")
    assert not wants_news()
    market.text(CUSTOMER, "START")
    market.text(CUSTOMER, "STOP")
    assert not wants_news()


def test_a_yes_with_an_orders_number_answers_no_other_question(market: Desk) -> None:
    """DR-1510: what it names is meant."""
    order = bought(market, CUSTOMER, "5kg tomatoes")
    market.text(FARMER, "SELL onions 10kg @900")
    assert market.look(Question, open_for=FARMER)[0].kind == "price_confirm"
    assert market.text(FARMER, f"YES {order}").startswith(f"Accepted {order}")
