"""`LIST`, `MORE`, `LIST nyanya`, `2 5kg`: what can be brought to her, cheapest at her door first."""

import pytest

from core.orders.models import Order
from core.users.models import User
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.sms.customer.kit import OTHER, SECOND_FARMER, STRANGER, asked, newest, offer, person

SOLD = (("onions", "100"), ("kale", "30"), ("carrots", "60"), ("cabbage", "25"), ("spinach", "20"))


@pytest.fixture
def full(market: Desk, cast: Cast) -> Desk:
    """Six things on sale by the kilo."""
    for slug, price in SOLD:
        sell(market.db, cast, slug, "40", price, unit="kg")
    return market


@proves("DR-1210")
@pytest.mark.parametrize("word", ["LIST", "LEO", "TODAY", "mko na nini leo"])
def test_the_best_four_come_numbered_cheapest_first_with_their_harvest_day(full: Desk, word: str) -> None:
    assert full.text(CUSTOMER, word) == (
        "Reply e.g. 2 5kg. MORE: others\n"
        "1 spinach 20/kg Tue 24\n2 cabbages 25/kg Tue 24\n3 sukuma wiki 30/kg Tue 24\n4 carrots 60/kg Tue 24"
    )
    assert asked(full) == "shelf"


def test_more_goes_on_where_the_list_ended_and_says_when_it_is_over(full: Desk) -> None:
    full.text(CUSTOMER, "LIST")
    assert full.text(CUSTOMER, "MORE") == (
        "Reply e.g. 2 5kg to order\n1 tomatoes 80/kg Tue 24\n2 onions 100/kg Tue 24"
    )
    assert full.text(CUSTOMER, "1 5kg").startswith("5kg tomatoes, Wanjiku: KSh 400 + delivery KSh 99")


def test_after_the_last_page_there_is_no_more(full: Desk) -> None:
    full.text(CUSTOMER, "LIST")
    full.text(CUSTOMER, "MORE")
    assert full.text(CUSTOMER, "MORE").startswith("That is all there is near you now.")
    assert full.text(CUSTOMER, "NO") != ""


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("3 5kg", "5kg sukuma wiki, Wanjiku: KSh 150"),
        ("3 5", "5kg sukuma wiki, Wanjiku: KSh 150"),  # the line said /kg
        ("3", "How much sukuma wiki? From KSh 30 per kg."),
        ("9 5kg", "Reply the number and how much, e.g. 2 5kg."),
        ("2 crates tomatoes", "tomatoes is now sold by kg"),
        ("5kg tomatoes", "5kg tomatoes, Wanjiku: KSh 400"),
    ],
)
def test_a_number_and_an_amount_order_that_line(full: Desk, text: str, reply: str) -> None:
    full.text(CUSTOMER, "LIST")
    assert full.text(CUSTOMER, text).startswith(reply)
    assert full.look(Order) == []


def test_a_number_then_an_amount_then_yes_is_an_order(full: Desk) -> None:
    full.text(CUSTOMER, "LIST")
    full.text(CUSTOMER, "2")
    assert full.text(CUSTOMER, "10").startswith("10kg cabbages, Wanjiku: KSh 250")
    full.text(CUSTOMER, "YES")
    assert newest(full).subtotal == 250


def test_list_of_one_product_compares_farms_and_orders_from_the_one_chosen(market: Desk) -> None:
    second = person(market, SECOND_FARMER, "farmer", "Njeri", "Kangemi")
    offer(market, second, "tomatoes", "20", "120")
    assert market.text(CUSTOMER, "LIST nyanya") == (
        "tomatoes: reply e.g. 2 5kg\n1 Wanjiku 80/kg Tue 24\n2 Njeri 120/kg Tue 24"
    )
    assert market.text(CUSTOMER, "2 5kg").startswith("5kg tomatoes, Njeri: KSh 600")
    market.text(CUSTOMER, "YES")
    assert newest(market).subtotal == 600


def test_what_is_out_of_reach_is_not_listed(market: Desk) -> None:
    far = person(market, SECOND_FARMER, "farmer", "Njeri", "Changamwe")
    offer(market, far, "onions", "20", "10")
    assert "onions" not in market.text(CUSTOMER, "LIST")


def test_who_has_no_place_is_asked_for_it_first(full: Desk) -> None:
    full.text(STRANGER, "LANG EN")
    full.text(STRANGER, "5kg tomatoes")  # registers her; the place is open
    assert full.text(STRANGER, "LIST").startswith("Where are you?")
    assert full.text(STRANGER, "Kangemi, Total").startswith("Reply e.g. 2 5kg. MORE: others\n1 spinach")


@pytest.mark.parametrize("text", ["MORE", "ZAIDI"])
def test_more_of_nothing_says_what_to_do(market: Desk, text: str) -> None:
    assert market.text(CUSTOMER, text).startswith("No list is open. Text LIST")


@pytest.mark.parametrize("phone", [STRANGER, FARMER, RIDER])
def test_whoever_does_not_buy_is_told_what_there_is_without_numbers(market: Desk, phone: str) -> None:
    before = len(market.look(User))
    assert "\n1" not in market.text(phone, "LIST")
    assert asked(market, phone) == ""
    assert len(market.look(User)) == before


def test_a_list_of_one_phone_is_no_list_of_another(full: Desk) -> None:
    """DR-211: the numbers are hers alone."""
    person(full, OTHER, "customer", "Amina", "Kangemi")
    full.text(CUSTOMER, "LIST")
    full.text(OTHER, "1 5kg")
    assert asked(full, OTHER) != "quote"
    assert full.look(Order) == []


def test_a_list_lapses_and_a_late_number_orders_nothing(full: Desk) -> None:
    full.text(CUSTOMER, "LIST")
    full.clock.advance(hours=25)
    full.text(CUSTOMER, "2 5kg")
    assert asked(full) != "quote"
