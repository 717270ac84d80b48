"""What stands between a text and an order is told before anybody pays, with what to do next."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.orders.models import Order, Quote
from core.users.models import User
from tests.helpers import CUSTOMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.sms.customer.kit import STRANGER, TOMATOES, asked, set_to


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("5kg mchele", "Nobody sells rice now"),
        ("5kg unga", "We do not know unga. Write one product by its name"),
        ("5kg", "We do not know that product."),
        ("nyanya", "How much tomatoes? From KSh 80 per kg. Reply e.g. 5 kg"),
        ("5,5kg tomatoes", "We could not read how much tomatoes."),
        ("0kg tomatoes", "We could not read how much tomatoes."),
        ("10000000000000kg tomatoes", "We could not read how much tomatoes."),
        ("2 crates tomatoes", "tomatoes is now sold by kg, KSh 80 each. How much?"),
        ("njugu 2kg", "Which one do you mean? Reply its number:\n1 "),
        ("1kg tomatoes", "tomatoes is sold from 2kg up." if False else "1kg tomatoes, Wanjiku"),
        (
            "1kg tomatoes, 2kg onions, 1kg rice, 3kg peas, 1kg kale, 2kg carrots, 1kg beans",
            "That is too much",
        ),
        (
            "5kg tomatoes, 2kg onions, 1kg rice, 3kg peas",
            "5kg tomatoes, no onions, no rice, no green peas. That is all there is now: KSh ",
        ),
        ("500g tomatoes", "tomatoes is sold from 1kg up: KSh 80 + delivery KSh 99 = KSh 179, Wed 25. YES"),
    ],
)
def test_each_hurdle_is_told_with_what_to_do_next(market: Desk, text: str, reply: str) -> None:
    assert market.text(CUSTOMER, text).startswith(reply)
    assert market.look(Order) == []


def test_a_bare_5_that_may_be_kg_or_crates_is_asked(market: Desk, cast: Cast) -> None:
    """DR-105 and the issue: asked, not assumed."""
    assert market.text(CUSTOMER, "NUNUA NYANYA 5").startswith("5kg tomatoes, Wanjiku")  # sold by the kg only
    market.text(CUSTOMER, "NO")
    sell(market.db, cast, "tomatoes", "9", "4800", "crate 64kg")
    assert market.text(CUSTOMER, "NUNUA NYANYA 5") == (
        "Which unit of tomatoes? Reply its number:\n1 crate 64kg\n2 kg"
    )
    assert market.look(Quote, status="open")[0].kg == 5  # the earlier one; nothing was assumed
    assert market.text(CUSTOMER, "5") == "Please reply only the number, 2 at most. Or text HELP."
    reply = market.text(CUSTOMER, "1")
    assert reply.startswith(  # 320 kg on a motorcycle
        "5 crates (about 320kg) tomatoes: KSh 24,000. No rider can bring it. Collect at Wanjiku, Wed 25."
    )
    market.text(CUSTOMER, "nyanya 5")
    assert market.text(CUSTOMER, "kilo").startswith("5kg tomatoes")


def test_packs_are_whole(market: Desk, cast: Cast) -> None:
    """DR-105."""
    sell(market.db, cast, "mangoes", "9", "900", "crate")
    assert market.text(CUSTOMER, "2.5 crates mangoes").startswith("mangoes is sold by the whole crate.")
    assert market.text(CUSTOMER, "2").startswith("2 crates (about 50kg) mangoes, Wanjiku: KSh 1,800")


def test_two_products_that_are_called_alike_are_asked(market: Desk, cast: Cast) -> None:
    sell(market.db, cast, "groundnuts", "20", "150")
    first = market.text(CUSTOMER, "njugu 2kg").splitlines()
    assert first[0] == "Which one do you mean? Reply its number:"
    number = next(line[0] for line in first[1:] if "groundnuts" in line)
    assert market.text(CUSTOMER, number).startswith("2kg groundnuts, Wanjiku: KSh 300")


def test_several_things_in_one_text_are_one_quote_that_names_them(market: Desk, cast: Cast) -> None:
    sell(market.db, cast, "onions", "30", "100")
    assert market.text(CUSTOMER, "5kg tomatoes and 2kg onions").startswith(
        "5kg tomatoes, 2kg onions. Goods KSh 600 + delivery"
    )
    market.text(CUSTOMER, "YES")
    assert market.look(Order)[0].subtotal == Decimal(600)


def test_out_of_every_riders_reach_is_told_before_paying(market: Desk) -> None:
    """DR-1106, DR-1210."""
    market.text(STRANGER, "5kg tomatoes")
    choice = market.text(STRANGER, "Township")
    assert choice.startswith("Which place? Reply its number:\n1 Township, ")
    assert asked(market, STRANGER) == "choose_place"
    told = market.text(STRANGER, "1")
    assert "No rider can bring it. Collect at Wanjiku, Wed 25. YES by" in told
    assert market.text(STRANGER, "PLACE Kangemi, Total").startswith("Your place is now Kangemi")
    assert market.text(STRANGER, "5kg tomatoes") == TOMATOES


def test_no_rider_anywhere_near_is_told_before_paying(market: Desk) -> None:
    """DR-1212."""
    with market.db.transaction() as tx:
        tx.session.scalars(select(User).filter_by(user_role="rider")).one().is_active = False
    assert "No rider can bring it. Collect at Wanjiku" in market.text(CUSTOMER, "5kg tomatoes")


@proves("DR-703")
def test_below_the_least_order_the_nearest_that_works_is_offered(market: Desk, cast: Cast) -> None:
    set_to(market, "order.min_total", "200.00")
    sell(market.db, cast, "spinach", "30", "10", "bunch")
    assert market.text(CUSTOMER, "1 bunch spinach").startswith(
        "Smallest order KSh 200. 11 bunches (about 4.4kg) spinach = KSh 110, KSh 209 with delivery"
    )


def test_above_the_largest_order_is_told(market: Desk) -> None:
    """DR-703."""
    set_to(market, "order.max_total", "300.00")
    assert market.text(CUSTOMER, "5kg tomatoes").startswith("The largest order is KSh 300; this comes to KSh")


@pytest.mark.parametrize("place", ["asdfgh qwerty", "🍅", "{place}"])
def test_a_place_nobody_knows_is_asked_again(market: Desk, place: str) -> None:
    market.text(STRANGER, "5kg tomatoes")
    assert market.text(STRANGER, place).startswith("We do not know that place.")
    assert market.text(STRANGER, "kangemi *near* #7 Total").startswith("5kg tomatoes")


def test_no_landmark_is_fine_and_not_asked_for_twice(market: Desk) -> None:
    market.text(STRANGER, "5kg tomatoes")
    assert market.text(STRANGER, "kangemi") == TOMATOES
