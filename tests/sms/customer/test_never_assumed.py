"""What a customer has not said is asked; what she says again is no new thing (DR-301, DR-1508, DR-1510)."""

import pytest

from core.db import Tx
from core.locations.models import Location
from core.orders.models import Order, Quote
from core.payments.models import PaymentTransaction
from core.questions.models import Question
from core.ways import service as ways
from tests.helpers import CUSTOMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.sms.customer.kit import TOMATOES, asked, newest, ordered, paid, set_to


def usual(desk: Desk) -> str:
    """The ward of her usual place."""
    [place] = [one for one in desk.look(Location) if one.default_of == owner(desk)]
    return str(place.ward)


def owner(desk: Desk) -> int:
    user = desk.user(CUSTOMER)
    assert user is not None
    return user.user_id


@proves("DR-301")
def test_one_orders_place_is_named_in_its_quote_and_her_usual_one_stays(market: Desk) -> None:
    before = usual(market)
    quote = market.text(CUSTOMER, "5kg tomatoes deliver to Kitisuru")
    assert "tomatoes to Kitisuru: KSh 400 + delivery" in quote
    market.text(CUSTOMER, "YES")
    assert newest(market).drop["ward"] == "Kitisuru"
    assert usual(market) == before
    market.clock.advance(hours=1)
    assert market.text(CUSTOMER, "4kg tomatoes").startswith("4kg tomatoes, Wanjiku")


def test_the_place_goes_with_the_wish_through_every_question(market: Desk) -> None:
    assert market.text(CUSTOMER, "tomatoes to Kitisuru").startswith("How much tomatoes?")
    assert "to Kitisuru" in market.text(CUSTOMER, "5")


def test_naming_the_same_place_again_keeps_one_row_of_it(market: Desk) -> None:
    for amount in (5, 6, 7):
        market.text(CUSTOMER, f"{amount}kg tomatoes deliver to Kitisuru")
    assert len([one for one in market.look(Location) if one.ward == "Kitisuru"]) == 1


def test_less_than_wanted_elsewhere_names_that_place_too(market: Desk) -> None:
    said = market.text(CUSTOMER, "80kg tomatoes deliver to Kitisuru")
    assert said.startswith("Only ")
    assert "left, to Kitisuru" in said
    assert "\n2 Change" in said


@proves("DR-1508")
def test_the_same_order_again_is_the_same_quote_and_no_new_row(market: Desk) -> None:
    texts = [market.text(CUSTOMER, "5kg tomatoes") for _ in range(4)]
    assert texts == [TOMATOES] * 4
    assert len(market.look(Quote)) == 1
    assert len(market.look(Question, msisdn=CUSTOMER)) == 1


@proves("DR-1508")
def test_a_machine_that_repeats_an_order_is_soon_answered_no_more(market: Desk) -> None:
    set_to(market, "notify.answers_per_hour", "5")
    texts = [market.text(CUSTOMER, "nyanya kilo 5 tafadhali") for _ in range(12)]
    assert [bool(text) for text in texts] == [True] * 5 + [False] * 7
    assert len(market.look(Quote)) == 1
    market.text(CUSTOMER, "YES")
    assert len(market.look(Order)) == 1


def test_after_the_yes_the_same_order_is_a_new_one_and_asked_about(market: Desk) -> None:
    ordered(market)
    assert market.text(CUSTOMER, "5kg tomatoes").startswith("You ordered this just now. Again?")


@proves("DR-414")
def test_what_nobody_sells_is_said_also_where_the_same_order_is_asked_about(market: Desk) -> None:
    ordered(market)
    asked = market.text(CUSTOMER, "5kg tomatoes and 2kg onions")
    assert asked.startswith("5kg tomatoes, no onions. You ordered this just now. Again?")


WHICH = "Pay which one? Reply its number:\n1 the new one, KSh 339"


@proves("DR-1510")
@pytest.mark.parametrize("text", ["PAY 0722000111", "PAY", "MPESA", "lipa na 0722000111"])
def test_pay_with_a_quote_and_an_older_unpaid_order_asks_which(market: Desk, text: str) -> None:
    old = ordered(market)
    market.text(CUSTOMER, "3kg tomatoes")
    prompts = len(market.look(PaymentTransaction))
    assert market.text(CUSTOMER, text) == f"{WHICH}\n2 {old.tail} KSh 499"
    assert len(market.look(Order)) == 1
    assert len(market.look(PaymentTransaction)) == prompts


@proves("DR-1510")
def test_the_number_says_which_is_paid_and_from_which_phone(market: Desk) -> None:
    ordered(market)
    market.text(CUSTOMER, "3kg tomatoes")
    market.text(CUSTOMER, "PAY 0722000111")
    market.text(CUSTOMER, "1")
    assert len(market.look(Order)) == 2
    assert market.look(PaymentTransaction)[-1].msisdn == "+254722000111"
    assert market.look(PaymentTransaction)[-1].order_id == newest(market).order_id


@proves("DR-1510")
def test_the_older_order_chosen_leaves_the_quote_unordered(market: Desk) -> None:
    old = ordered(market)
    market.clock.advance(minutes=5)
    market.work()
    market.text(CUSTOMER, "3kg tomatoes")
    market.text(CUSTOMER, "PAY 0722000111")
    market.text(CUSTOMER, "2")
    assert len(market.look(Order)) == 1
    assert market.look(PaymentTransaction)[-1].order_id == old.order_id


def test_without_an_older_order_pay_takes_the_quote(market: Desk) -> None:
    market.text(CUSTOMER, "3kg tomatoes")
    market.text(CUSTOMER, "PAY 0722000111")
    assert len(market.look(Order)) == 1


@proves("DR-211")
def test_cancel_and_a_product_reaches_only_an_order_with_it(market: Desk, cast: Cast) -> None:
    sell(market.db, cast, "onions", "40", "100")
    sell(market.db, cast, "carrots", "40", "60")
    order = paid(market)
    assert market.text(CUSTOMER, "CANCEL onions") == (
        "No open order of yours has onions in it. Text MY ORDERS to see them."
    )
    assert newest(market).order_status == "confirmed"
    both = ordered(market, "2kg onions, 3kg carrots")
    assert market.text(CUSTOMER, "CANCEL onions").startswith(f"Order {both.tail} has more than onions.")
    assert market.text(CUSTOMER, f"CANCEL {order.tail} carrots").startswith(
        "No open order of yours has carrots"
    )
    assert market.text(CUSTOMER, "CANCEL tomatoes").startswith(f"Cancel order {order.tail}?")
    assert [one.order_status for one in market.look(Order)] == ["confirmed", "pending_payment"]


def point_in_kangemi(market: Desk, cast: Cast) -> None:
    """A place where goods from Kinoo may be fetched, too."""

    def work(tx: Tx) -> None:
        ward = {w.ward: w.code for name in ("Kangemi", "Kinoo") for w in tx.parts.places.starting_with(name)}
        ways.save_point(
            tx,
            cast.admin.actor,
            name="Kangemi Market",
            ward_code=ward["Kangemi"],
            keeper_id=cast.rider.id,
            from_wards=[ward["Kinoo"]],
        )

    market.db.run(work)


@proves("DR-1210")
def test_collect_asks_where_if_there_are_two_places(market: Desk, cast: Cast) -> None:
    point_in_kangemi(market, cast)
    market.text(CUSTOMER, "5kg tomatoes")
    said = market.text(CUSTOMER, "COLLECT")
    assert said.startswith("Where do you collect it? Reply its number:\n1 ")
    lines = said.splitlines()[1:]
    assert sorted(line.split(":")[0][2:] for line in lines) == ["Kangemi", "Wanjiku"]
    number = next(line[0] for line in lines if "Wanjiku" in line)
    assert "You collect it at Wanjiku" in market.text(CUSTOMER, number)
    market.text(CUSTOMER, "YES")
    assert (newest(market).way, newest(market).collection_point_id) == ("collect", None)


def test_what_is_doubtful_beside_an_open_question_is_named_and_leaves_the_question_open(market: Desk) -> None:
    order = paid(market)
    market.text(CUSTOMER, "3kg tomatoes")
    said = market.text(CUSTOMER, f"can i cancel {order.tail}?")
    assert said == (
        f"Do you mean CANCEL {order.tail}? Then text just that. Our last question to you is still open."
    )
    assert asked(market) == "quote"
    market.text(CUSTOMER, "YES")
    assert len(market.look(Order)) == 2


def test_to_look_elsewhere_is_not_to_move_there(market: Desk) -> None:
    before = usual(market)
    market.text(CUSTOMER, "LIST Kitisuru")
    assert usual(market) == before
