"""Hostile and muddled conversations: texts that cross, repeat or mean another thing than what is open."""

from decimal import Decimal

import pytest

from core.listings.models import Listing
from core.orders.models import Order
from tests.helpers import CUSTOMER, FARMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell

STRANGER = "+254712000909"


@pytest.fixture
def stall(desk: Desk, cast: Cast) -> dict[str, int]:
    """Tomatoes at KSh 80 and onions at KSh 60."""
    mine = {
        slug: sell(desk.db, cast, slug, "50", price) for slug, price in (("tomatoes", "80"), ("onions", "60"))
    }
    desk.work()
    return mine


def price_of(desk: Desk, listing_id: int) -> Decimal:
    price: Decimal = desk.look(Listing, listing_id=listing_id)[0].current_price
    return price


@proves("DR-1510")
@pytest.mark.parametrize("other", ["sell carrots 50kg @70", "onions now at 70 in Nakuru", "80 bob 90 bob"])
def test_an_odd_price_is_answered_by_its_own_price_only(
    desk: Desk, stall: dict[str, int], other: str
) -> None:
    assert "KSh 8" in desk.text(FARMER, "price tomatoes 8")
    desk.text(FARMER, other)
    assert price_of(desk, stall["tomatoes"]) == 80
    assert price_of(desk, stall["onions"]) == 60


@pytest.mark.parametrize("other", ["less A3B7 20kg", "A3B7 20kg", "sugar 20kg", "accept A3B7 20kg"])
def test_an_amount_of_something_else_is_no_stock(desk: Desk, stall: dict[str, int], other: str) -> None:
    desk.text(FARMER, "stock onions")
    desk.text(FARMER, other)
    assert desk.look(Listing, listing_id=stall["onions"])[0].quantity_available == 50


def test_what_has_no_weight_yet_is_no_dead_end(desk: Desk, cast: Cast) -> None:
    assert desk.text(FARMER, "sell goat 2 @ 9000").startswith("mbuzi haiuzwi hapa bado")
    assert desk.look(Listing) == []


def test_a_command_about_produce_is_no_way_to_the_farm(desk: Desk, cast: Cast) -> None:
    assert "lango" in desk.text(FARMER, "sell tomatoes 20kg @80")
    assert "nyanya" in desk.text(FARMER, "stock tomatoes")


def test_a_stranger_cancels_nobody_s_order(desk: Desk, stall: dict[str, int]) -> None:
    desk.text(CUSTOMER, "5kg tomatoes")
    desk.text(CUSTOMER, "YES")
    order = desk.look(Order)[0]
    assert desk.text(STRANGER, f"cancel {order.tail}").startswith("You have no unpaid order")
    assert desk.look(Order)[0].order_status == "pending_payment"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("2kg onions to Zzyzx", "We do not know that place."),
        ("2kg onions to Mombasa", "Which place? Reply its number:"),
        ("2kg onions to my place", "2kg onions, Wanjiku: KSh 120"),
        ("2kg onions to Kangemi", "2kg onions, Wanjiku: KSh 120"),
    ],
)
def test_a_place_that_is_not_clear_is_asked_and_no_other_taken(
    desk: Desk, stall: dict[str, int], text: str, reply: str
) -> None:
    assert desk.text(CUSTOMER, text).startswith(reply)


@proves("DR-1603")
def test_neither_numbers_nor_links_go_from_one_to_the_other(desk: Desk, stall: dict[str, int]) -> None:
    desk.text(CUSTOMER, "5kg tomatoes")
    desk.text(CUSTOMER, "YES")
    tail = desk.look(Order)[0].tail
    desk.text(CUSTOMER, f"msg {tail} win at http://x.co/a or bit.ly/b, call 0722 000 111. Gate 5.")
    told = [m["message"] for m in desk.sent if m["to"] == FARMER][-1]
    assert "win at *** or *** call 07******11. Gate 5." in told


@proves("DR-1508")
@pytest.mark.parametrize("first", ["5kg tomatoes", "hello", "HELP", "LIST", "status"])
def test_a_phone_that_sends_our_words_back_is_soon_left_alone(
    desk: Desk, stall: dict[str, int], first: str
) -> None:
    said = first
    for _turn in range(40):
        said = desk.text(CUSTOMER, said)
        if not said:
            break
    assert said == ""
    assert desk.look(Order) == []
