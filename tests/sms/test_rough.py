"""Rough weather: whatever a phone, a network or a machine sends harms nobody (S4, S7, DR-1508)."""

import logging
from collections.abc import Callable

import pytest

from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.questions.models import Question
from core.support.models import TicketEntry
from core.traffic.models import Callback
from core.users import login
from core.users.models import User
from locales.gsm import is_basic, measure
from tests.databases import Store
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.web.conftest import EMAIL, PASSWORD, PHONE, Browser, app_of

STRANGER = "+254712000909"
PAYLOADS = {
    "sql": "'; DROP TABLE users; -- \" OR 1=1",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "format": "{0} {dial} %s %(name)s ${7*7} {{7*7}} #{7*7}",
    "csv": '=HYPERLINK("http://x","y")',
    "plus": "@SUM(1+1)*cmd|' /C calc'!A0",
    "log": 'x\r\n{"level": "ERROR", "message": "forged"}',
    "control": "a\x00b\x08c\x1b[31md\x7f",
    "bidi": "5kg \u202eseotamot\u202c \u2066x\u2069 \u200b\u200f\ufeff",
    "emoji": "🍅🍅🍅 👍🏾 👨‍👩‍👧",
    "blank": "   \t \n ",
    "nothing": "\u200b\u200b",
    "long": "nyanya " * 228 + "xxxx",
    "digits": "9" * 1600,
    "combining": "ĩ" + "\u0301" * 400,
    "path": "../../etc/passwd\x00.txt",
    "json": '{"intent": "cancel", "slots": {}}',
    "surrogate": "\ud83c tomatoes".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
}
CARRIERS = {
    "alone": "{}",
    "order": "5kg tomatoes to {}",
    "help": "HELP {}",
    "complaint": "COMPLAIN {}",
    "message": "MSG {}",
    "price": "PRICE {}",
    "failed": "FAILED A3B7 {}",
    "place": "PLACE {}",
    "vehicle": "VEHICLE {}",
    "sell": "SELL {} 20kg @80",
}


@pytest.fixture
def store(open_store: Callable[[str], Store], request: pytest.FixtureRequest) -> Store:
    """What a text may hold is the same to both databases (tests/sms/test_callbacks.py); here it is many."""
    opened = open_store(getattr(request, "param", "sqlite"))
    opened.empty()
    return opened


@pytest.fixture
def browser(desk: Desk) -> Browser:
    """Grace of the office, signed in at the console."""
    desk.db.run(
        lambda tx: login.create_admin(tx, msisdn=PHONE, email=EMAIL, password=PASSWORD, one_time=False)
    )
    browser = Browser(app_of(desk.gateway).test_client())
    assert browser.sign_in().status_code == 303
    return browser


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_harmless_wherever_they_appear_again(
    desk: Desk, cast: Cast, browser: Browser, payload: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In replies, the console, log lines and what the core keeps; and nothing is bought, moved or broken."""
    caplog.set_level(logging.INFO)
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.work()
    bad = PAYLOADS[payload]
    for phone in (CUSTOMER, FARMER, RIDER, STRANGER):
        for carrier in CARRIERS.values():
            desk.receive(phone, carrier.replace("{}", bad))
        desk.work()
        with desk.db.transaction() as tx:  # the next one's texts answer nothing
            for question in tx.session.query(Question).filter(Question.open_for.is_not(None)):
                question.open_for = None
    for message in desk.sent:
        assert is_basic(message["message"]), message
        assert measure(message["message"]).segments <= 2, message
        assert not set(message["message"]) & set(map(chr, (*range(10), *range(11, 32), 127)))
    texts = desk.look(Callback, kind="sms")
    assert [row.request for row in texts if row.verdict in ("failed", "stored")] == []
    assert desk.look(Order) == []
    pages = ["/callbacks", "/messages", "/orders", "/missing", "/usage"]
    pages += [f"/callbacks/{row.callback_id}" for row in texts if row.msisdn in (CUSTOMER, STRANGER)]
    pages += [f"/messages/{row.outbox_id}" for row in desk.look(OutboxMessage)[-8:]]
    for page in pages:
        html = browser.get(page).text
        assert "<script>alert" not in html, page
        assert "<img src=x" not in html, page
        assert " onerror=" not in html.replace("&#34;", '"').split("&lt;img")[0], page
    if bad.strip() and len(bad) < 100:  # what people write is in no log line, so no line can be forged by it
        said = [f"{record.getMessage()} {vars(record)}" for record in caplog.records if ours(record)]
        assert [line for line in said if bad in line] == []


BAD_WORDS = "=1+1;<b onclick=x>'; DROP--"


def where_words_come_back(browser: Browser) -> str:
    """The console's pages that show what people wrote."""
    pages = ["/orders", "/messages", "/callbacks", "/missing"]
    return "".join(browser.get(page).text for page in pages)


@pytest.mark.parametrize("store", ["sqlite", "mariadb"], indirect=True)
def test_names_places_and_subjects_come_back_as_words(desk: Desk, cast: Cast, browser: Browser) -> None:
    """A name, a farm's door, a ticket, a place, a review: shown as written, run by nobody (S4)."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    with desk.db.transaction() as tx:
        for phone in (CUSTOMER, FARMER):
            tx.session.query(User).filter_by(phone_number=phone).one().first_name = BAD_WORDS
    for phone, text in (
        (FARMER, f"MSG {BAD_WORDS}"), (CUSTOMER, f"HELP {BAD_WORDS}"),
        (CUSTOMER, f"PLACE Kangemi, {BAD_WORDS}"),
        (CUSTOMER, "5kg tomatoes"), (CUSTOMER, "YES"), (CUSTOMER, "STATUS"), (CUSTOMER, "LIST"),
    ):  # fmt: skip
        desk.text(phone, text)
    assert len(desk.look(Order)) == 1
    assert len(desk.look(User)) >= 4
    assert "<b onclick" not in where_words_come_back(browser)
    for message in desk.sent:
        assert is_basic(message["message"]), message


def ours(record: logging.LogRecord) -> bool:
    """A line of ours, and not of a library that is silent unless it is debugged."""
    return record.name.startswith("tunda")


def test_what_she_asked_for_help_with_is_kept_as_she_wrote_it(desk: Desk, cast: Cast) -> None:
    wrote = "the rider of my order was rude, <b>call</b> me {x} -- %s"
    desk.text(CUSTOMER, f"HELP {wrote}")
    [entry] = desk.look(TicketEntry)
    assert wrote in str(vars(entry))


@pytest.mark.parametrize(
    "text",
    [
        "(2/2) to Kangemi near Total and please be fast",
        "1/2 5kg tomat",
        "toes and 3 bunches of",
        "...continued",
        "and the rest tomorrow",
        "oes",
    ],
)
def test_a_remnant_of_a_longer_text_does_nothing(desk: Desk, cast: Cast, text: str) -> None:
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.text(CUSTOMER, text)
    assert desk.look(Order) == []
    assert desk.text(CUSTOMER, "YES") != ""
    assert desk.look(Order) == []


@proves("DR-1510")
def test_texts_in_the_wrong_order_do_no_more_than_in_the_right_one(desk: Desk, cast: Cast) -> None:
    """A yes that was written before the question, however late it comes, answers nothing."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    early = desk.clock.now().strftime("%Y-%m-%d %H:%M:%S")
    desk.clock.advance(seconds=30)
    desk.text(CUSTOMER, "5kg tomatoes")
    desk.text(CUSTOMER, "YES", date=early)
    desk.text(CUSTOMER, "NDIO", date=early)
    assert desk.look(Order) == []
    desk.text(CUSTOMER, "NO")
    desk.text(CUSTOMER, "YES")
    assert desk.look(Order) == []
    desk.text(CUSTOMER, "5kg tomatoes")
    desk.text(CUSTOMER, "YES")
    desk.text(CUSTOMER, "NO", date=early)
    assert len(desk.look(Order)) == 1


@proves("DR-1508")
def test_a_flood_from_one_number_leaves_others_unharmed(desk: Desk, cast: Cast) -> None:
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.work()
    for number in range(150):
        desk.receive(STRANGER, f"STATUS {number}" if number % 2 else f"what {number}")
    desk.receive(CUSTOMER, "5kg tomatoes")
    desk.work()
    answered = [m for m in desk.sent if m["to"] == STRANGER]
    assert len(answered) <= most_of(desk, "notify.answers_per_hour") + 1
    assert [m["message"] for m in desk.sent if m["to"] == CUSTOMER][-1].startswith("5kg tomatoes, Wanjiku")


def most_of(desk: Desk, name: str) -> int:
    """A number of the house."""
    with desk.db.read() as tx:
        return int(tx.setting(name))


@proves("DR-1508")
@pytest.mark.parametrize("phone", [STRANGER, CUSTOMER, FARMER, RIDER])
def test_two_machines_never_answer_each_other_for_ever(desk: Desk, cast: Cast, phone: str) -> None:
    """A machine that sends back whatever it gets, at once or as "I am away": soon nobody answers it."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.work()
    most = most_of(desk, "notify.answers_per_day")
    for echo in (lambda heard: heard, lambda heard: "I am driving, I call you back"):
        heard, turns = "HELP", 0
        while heard:
            heard = echo(heard)
            heard = desk.text(phone, heard)
            turns += 1
            assert turns <= most + 5, "for ever"
    assert len(desk.look(Order)) == 0


@proves("DR-1510")
def test_questions_that_lapse_cross_and_come_together(desk: Desk, cast: Cast) -> None:
    sell(desk.db, cast, "tomatoes", "50", "80")
    sell(desk.db, cast, "onions", "50", "60")
    desk.text(CUSTOMER, "5kg tomatoes")
    desk.text(CUSTOMER, "4kg onions")  # the newer of two alike takes its place
    desk.text(CUSTOMER, "YES")
    [order] = desk.look(Order)
    assert str(order.subtotal) == "240.00", "the yes was to the last quote"
    desk.text(CUSTOMER, "5kg tomatoes")
    desk.clock.advance(minutes=31)
    desk.text(CUSTOMER, "YES")
    assert len(desk.look(Order)) == 1, "a quote of half an hour ago is none"
    open_now = [question for question in desk.look(Question) if question.open_for == CUSTOMER]
    assert len(open_now) <= 1
