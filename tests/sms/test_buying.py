"""From a stranger's first text to an unpaid order: text in, reply out, state after."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.listings.models import Listing
from core.locations.models import Location
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.payments.models import PaymentTransaction
from core.support.models import TicketEntry
from core.traffic.models import Callback
from core.users import service as users
from core.users.models import Consent, User
from tests.helpers import CUSTOMER, FARMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, later
from tests.sms.customer.kit import STRANGER, TOMATOES, asked

WHERE = "5kg tomatoes: where to? Reply ward and a place near your door, e.g. Kangemi, Total"


def test_a_stranger_is_registered_asked_once_quoted_and_her_yes_is_the_order(market: Desk) -> None:
    """DR-203, DR-303, DR-702, DR-1509: the text, the place, the yes; no reply to a yes but the prompt."""
    assert market.text(STRANGER, "5kg tomatoes") == WHERE
    user = market.user(STRANGER)
    assert user is not None
    assert (user.user_role, user.preferred_language, user.is_verified) == ("customer", "en", True)
    assert market.look(Consent, user_id=user.user_id) == []

    assert market.text(STRANGER, "Kangemi, near the Total station") == TOMATOES
    place = market.look(Location, user_id=user.user_id)[0]
    assert (place.ward, place.landmark, place.default_of) == (
        "Kangemi",
        "near the Total station",
        user.user_id,
    )
    assert asked(market, STRANGER) == "quote"

    assert market.text(STRANGER, "YES") == ""
    order = market.look(Order)[0]
    assert market.look(Callback, provider_id="mo-3")[0].order_id == order.order_id
    attempt = market.look(PaymentTransaction)[0]
    assert (order.order_status, order.total_amount, order.amount_asked) == ("pending_payment", 499, 499)
    assert order.idempotency_key == "sms:mo-3"
    assert (attempt.msisdn, attempt.amount) == (STRANGER, 499)
    assert [c.channel for c in market.look(Consent, user_id=user.user_id)] == ["sms"]
    assert market.look(Listing)[0].quantity_available == Decimal(45)
    assert asked(market, STRANGER) == ""


def test_the_place_may_come_with_the_order(market: Desk) -> None:
    assert market.text(STRANGER, "5kg tomatoes deliver to Kangemi stage") == TOMATOES
    assert market.look(Location, ward="Kangemi")[-1].landmark == "stage"


def test_a_known_customer_is_quoted_at_once(market: Desk) -> None:
    assert market.text(CUSTOMER, "5kg tomatoes") == TOMATOES


@pytest.mark.parametrize("yes", ["YES", "NDIO", "Ndiyo.", "II", "ĩĩ", "ok", "1", "sawa", "yes please"])
def test_each_yes_orders(market: Desk, yes: str) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    assert market.text(CUSTOMER, yes) == ""
    assert len(market.look(Order)) == 1


@pytest.mark.parametrize(
    "no_yes", ["Yes?", "yes but", "👍", "hmm", "2", "no problem", "yesterday", "YES A3B7"]
)
def test_what_is_no_plain_yes_orders_nothing(market: Desk, no_yes: str) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    assert market.text(CUSTOMER, no_yes) != ""
    assert market.look(Order) == []
    assert asked(market, CUSTOMER) == "quote"


def test_no_ends_the_quote(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    assert market.text(CUSTOMER, "hapana").startswith("OK, nothing is ordered.")
    assert market.text(CUSTOMER, "YES").startswith("We have no open question to you.")
    assert market.look(Order) == []


@proves("DR-1510")
def test_yes_but_only_3kg_gets_a_new_quote(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    assert market.text(CUSTOMER, "yes but only 3kg").startswith("3kg tomatoes, Wanjiku: KSh 240 + delivery")
    market.text(CUSTOMER, "yes")
    assert market.look(Order)[0].subtotal == Decimal(240)


def test_a_yes_that_came_twice_orders_once(market: Desk) -> None:
    """DR-704, R26."""
    market.text(CUSTOMER, "5kg tomatoes")
    market.receive(CUSTOMER, "YES", id="mo-yes")
    market.receive(CUSTOMER, "YES", id="mo-yes")
    market.work()
    assert len(market.look(Order)) == 1
    tail = market.look(Order)[0].order_number[-4:]
    assert market.text(CUSTOMER, "YES").startswith(f"Order {tail}, KSh 499: M-Pesa request sent 09:30.")
    assert len(market.look(Order)) == 1


@proves("DR-1510")
def test_a_yes_written_before_the_quote_does_not_answer_it(market: Desk) -> None:
    """DR-1510."""
    earlier = later(market.clock.now())
    market.clock.advance(minutes=2)
    market.text(CUSTOMER, "5kg tomatoes")
    assert market.text(CUSTOMER, "YES", date=earlier).startswith("We have no open question")
    assert market.look(Order) == []


def test_a_yes_after_the_quote_has_lapsed_orders_nothing(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    market.clock.advance(minutes=31)
    assert market.text(CUSTOMER, "YES").startswith("We have no open question")
    assert market.look(Order) == []


def test_a_price_that_has_changed_gets_the_new_quote_and_no_order(market: Desk) -> None:
    """DR-1510."""
    market.text(CUSTOMER, "5kg tomatoes")
    with market.db.transaction() as tx:
        tx.session.scalars(select(Listing)).one().current_price = Decimal(90)
    assert market.text(CUSTOMER, "YES").startswith("Changed: 5kg tomatoes, Wanjiku: KSh 450")
    assert market.look(Order) == []
    assert market.text(CUSTOMER, "YES") == ""
    assert market.look(Order)[0].subtotal == Decimal(450)


def test_more_than_there_is_becomes_an_offer_of_what_there_is(market: Desk) -> None:
    """DR-413, DR-414."""
    assert market.text(CUSTOMER, "80kg tomatoes").startswith(
        "Only 50kg tomatoes left: KSh 4,000 with delivery KSh 0"
    )
    market.text(CUSTOMER, "YES")
    assert market.look(Order)[0].subtotal == Decimal(4000)


def test_another_buyer_was_quicker(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    with market.db.transaction() as tx:
        tx.session.scalars(select(Listing)).one().quantity_available = Decimal(3)
    assert market.text(CUSTOMER, "YES").startswith("Only 3kg tomatoes left")
    market.text(CUSTOMER, "YES")
    assert market.look(Order)[0].subtotal == Decimal(240)


@pytest.mark.parametrize("text", ["hello", "yes", "no", "asante", "many", "0 kg", "Kangemi"])
def test_what_is_no_amount_gets_the_question_again(market: Desk, text: str) -> None:
    """DR-1510: "how much?" waits for an answer, and says what one looks like."""
    assert market.text(CUSTOMER, "nyanya") == "How much tomatoes? From KSh 80 per kg. Reply e.g. 5 kg"
    assert market.text(CUSTOMER, text).startswith("We could not read how much tomatoes. Reply a plain amount")
    assert asked(market, CUSTOMER) == "quantity"
    assert market.text(CUSTOMER, "5") == TOMATOES


def test_a_command_leaves_how_much_open(market: Desk) -> None:
    market.text(CUSTOMER, "nyanya")
    assert market.text(CUSTOMER, "STATUS").startswith("You have no order yet.")
    assert market.text(CUSTOMER, "5kg") == TOMATOES


def test_ordering_the_same_again_within_minutes_is_asked_first(market: Desk) -> None:
    """DR-704."""
    market.text(CUSTOMER, "5kg tomatoes")
    market.text(CUSTOMER, "YES")
    assert market.text(CUSTOMER, "5kg tomatoes").startswith("You ordered this just now. Again?")


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("NUNUA NYANYA 5", "sw", "tulete wapi?"),
        ("Ndenda nyanya 5kg", "kikuyu", "turehe ku?"),
        ("nyanya 5kg", "sw", "tulete wapi?"),
        ("buy tomatoes 5kg", "en", "where to?"),
    ],
)
def test_her_words_choose_her_language_and_lang_changes_it(
    market: Desk, text: str, language: str, words: str
) -> None:
    assert words in market.text(STRANGER, text)
    user = market.user(STRANGER)
    assert user is not None
    assert user.preferred_language == language
    assert market.text(STRANGER, "LANG EN").startswith("OK, we write English from now on.")
    assert market.text(STRANGER, "LUGHA KIKUYU").startswith("Ni wega, turiandikaga Gikuyu")


def test_a_farmer_cannot_buy_with_her_own_number(market: Desk) -> None:
    """DR-201."""
    assert market.text(FARMER, "5kg tomatoes").startswith("Namba ya mkulima huuza tu, hainunui")


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("price tomatoes", "tomatoes: KSh 80 per kg, Wanjiku in Kinoo. Market "),
        ("bei ya nyanya leo?", "tomatoes: KSh 80 per kg"),
        ("price rice", "Nobody sells rice here now. Market "),
        ("price of nothing", "We do not know nothing."),
        ("bei", "Price of what? Text e.g. PRICE tomatoes"),
        ("price njugu", "Which one do you mean? Reply its number:"),
        ("LIST", "Reply e.g. 1 5kg to order\n1 tomatoes 80/kg Tue 24"),
        ("TERMS", "Terms: you pay before delivery"),
        ("status", "You have no order yet."),
        ("pay", "No order of yours waits for payment."),
        ("cancel", "You have no unpaid order to cancel."),
        ("HELP", "Text what you need: 5kg tomatoes. TODAY: what there is."),
        ("rate 5", "There is no delivery to rate."),
        ("SELL maize 20 bags @3500", "This number is not a farmer's. To sell, dial *384*88632#"),
        ("status ZZZ9", "We find no such order of yours."),
        ("PICKED A3B7", "That is for riders."),
        ("ON", "That is for riders."),
    ],
)
def test_what_else_a_customer_texts(market: Desk, text: str, reply: str) -> None:
    assert market.text(CUSTOMER, text).startswith(reply)


def test_the_list_does_not_name_what_nobody_can_buy(market: Desk, cast: Cast) -> None:
    """DR-209: a farmer who was switched off sells nothing."""
    market.db.run(lambda tx: setattr(users.get(tx, cast.farmer.id), "is_active", False))
    assert market.text(CUSTOMER, "LIST").startswith("Nothing is on sale near Kangemi just now")


def test_an_unpaid_order_can_be_asked_about_paid_and_cancelled(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    market.text(CUSTOMER, "YES")
    tail = market.look(Order)[0].order_number[-4:]
    reply = market.text(CUSTOMER, f"status {tail.lower()}")
    assert reply.startswith(f"Order {tail}, KSh 499: M-Pesa request sent 09:30.")
    assert market.text(CUSTOMER, "pay") == reply
    assert market.text(STRANGER, f"status {tail}") .startswith("You have no order yet.")  # fmt: skip
    assert market.text(CUSTOMER, f"cancel {tail}").startswith(f"Order {tail} is cancelled")
    assert market.look(Listing)[0].quantity_available == Decimal(50)
    assert market.text(CUSTOMER, "status").startswith(f"Order {tail}, KSh 499: cancelled.")


def test_what_nobody_understands_is_answered_three_times_an_hour(market: Desk) -> None:
    """DR-1508."""
    replies = [market.text(CUSTOMER, f"lorem ipsum {word}") for word in ("a", "bb", "ccc", "dddd")]
    assert [bool(reply) for reply in replies] == [True, True, True, False]
    market.clock.advance(hours=1)
    assert market.text(CUSTOMER, "lorem").startswith("Sorry, we did not understand.")


@proves("DR-1504")
def test_stop_and_start_are_acknowledged_once_each(market: Desk) -> None:
    """DR-1504."""
    assert market.text(CUSTOMER, "STOP").startswith("OK, no more adverts")
    assert market.text(CUSTOMER, "simamisha") == ""
    assert market.text(CUSTOMER, "START").startswith("OK, adverts and alerts are on again.")
    assert market.text(CUSTOMER, "anza") == ""
    assert market.text(STRANGER, "STOP") != ""
    assert market.text(STRANGER, "STOP") == ""
    user = market.user(CUSTOMER)
    assert user is not None
    assert (user.marketing_notifications, user.price_alerts) == (True, True)
    assert [c.version for c in market.look(Consent, user_id=user.user_id)][1:] == [
        "marketing off",
        "marketing on",
    ]


def test_replies_go_out_from_the_short_code_in_one_piece_at_any_hour(market: Desk) -> None:
    """DR-1508, DR-1509."""
    market.clock.advance(hours=14)  # 23:30
    assert market.text(CUSTOMER, "HELP") != ""
    row: Any = market.look(OutboxMessage, msisdn=CUSTOMER)[-1]
    assert (row.code, row.segments, row.once_key[:6]) == ("help_customer", 1, "reply:")
    assert market.sent[-1]["from"] == "20880"


def test_who_was_switched_off_can_do_nothing(market: Desk) -> None:
    """DR-209."""
    with market.db.transaction() as tx:
        tx.session.scalars(select(User).filter_by(phone_number=CUSTOMER)).one().is_active = False
    assert market.text(CUSTOMER, "5kg tomatoes").startswith("This number is switched off with us.")


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        (["5kg tomatoes"], "applied"),
        (["LANG SW"], "applied"),
        (["tomatoes"], "applied"),  # asked back: how much
        (["5kg tomatoes", "NO"], "applied"),
        (["HELP"], "shown"),
        (["PRICE tomatoes"], "shown"),
        (["STATUS"], "shown"),
        (["5kg dragonfruit"], "rejected"),
        (["500kg tomatoes", "blah"], "rejected"),
        (["YES"], "rejected"),
        (["PAY"], "rejected"),
        (["DONE A3B7 4821"], "rejected"),
        (["qwertz"], "rejected"),
    ],
)
def test_the_log_tells_a_text_that_did_something_from_one_that_was_refused(
    market: Desk, texts: list[str], verdict: str
) -> None:
    """DR-1802: the verdicts that hops have as well."""
    for text in texts:
        market.text(CUSTOMER, text)
    assert market.look(Callback, kind="sms")[-1].verdict == verdict


@proves("DR-1602")
def test_help_and_words_are_a_question_to_our_people(market: Desk) -> None:
    assert market.text(CUSTOMER, "HELP").startswith("Text ") or market.look(OutboxMessage)[-1].code == "help"
    reply = market.text(CUSTOMER, "Help My tomatoes came late")
    assert reply.startswith("We have your question, number ")
    [entry] = market.look(TicketEntry)
    assert entry.text == "My tomatoes came late"
    market.text(STRANGER, "HELP where is my order")
    assert len(market.look(TicketEntry)) == 1, "whom we do not know gets the help"
