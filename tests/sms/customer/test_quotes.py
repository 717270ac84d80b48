"""Quotes by text: money as an amount, what is short, what is too little, several farms, fetching."""

from decimal import Decimal

import pytest

from core.orders.models import Order, OrderItem
from tests.helpers import CUSTOMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, sell
from tests.sms.customer.kit import (
    SECOND_FARMER,
    TOMATOES,
    asked,
    newest,
    offer,
    person,
    set_to,
)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("nyanya ya 200", "For KSh 200: 2.5kg tomatoes: KSh 200 + delivery KSh 99 = KSh 299, Wed 25. YES"),
        ("nyanya za 100", "For KSh 100: 1.2kg tomatoes: KSh 96 + delivery KSh 99 = KSh 195, Wed 25. YES"),
        ("tomatoes 400 bob", "For KSh 400: 5kg tomatoes: KSh 400"),
        ("nyanya ya 20", "tomatoes is sold from 1kg up: KSh 80"),
    ],
)
def test_money_as_an_amount_says_how_much_it_buys_and_asks(market: Desk, text: str, reply: str) -> None:
    """Never silently, never more than the money."""
    assert market.text(CUSTOMER, text).startswith(reply)
    assert market.look(Order) == []
    market.text(CUSTOMER, "YES")
    assert len(market.look(Order)) == 1


def test_money_that_buys_no_whole_pack_is_asked_about(market: Desk, cast: Cast) -> None:
    sell(market.db, cast, "mangoes", "9", "900", "crate")
    assert market.text(CUSTOMER, "mangoes for 300 bob").startswith("How much mangoes? From KSh 900 per crate")


@proves("DR-414")
def test_what_is_short_is_offered_as_take_or_change(market: Desk) -> None:
    assert market.text(CUSTOMER, "80kg tomatoes") == (
        "Only 50kg tomatoes left: KSh 4,000 with delivery KSh 0, Wed 25.\n"
        "1 Take 50 of 80: M-Pesa asks this phone, 10:00\n2 Change"
    )
    assert market.text(CUSTOMER, "2").startswith("How much tomatoes? From KSh 80 per kg.")
    assert market.text(CUSTOMER, "5kg") == TOMATOES
    assert market.look(Order) == []


@pytest.mark.parametrize("take", ["1", "YES", "ndio"])
def test_take_orders_what_there_is(market: Desk, take: str) -> None:
    market.text(CUSTOMER, "80kg tomatoes")
    assert market.text(CUSTOMER, take) == ""
    assert newest(market).subtotal == Decimal(4000)


@pytest.mark.parametrize("text", ["3", "maybe", "2 please wait"])
def test_what_is_neither_take_nor_change_orders_nothing(market: Desk, text: str) -> None:
    market.text(CUSTOMER, "80kg tomatoes")
    market.text(CUSTOMER, text)
    assert market.look(Order) == []


def test_of_several_things_the_missing_ones_are_named_and_the_rest_offered(market: Desk, cast: Cast) -> None:
    sell(market.db, cast, "onions", "3", "100")
    assert market.text(CUSTOMER, "5kg tomatoes, 8kg onions") == (
        "5kg tomatoes, 3kg onions. No more onions now. All this: KSh 805 with delivery, Wed 25.\n"
        "1 Take it: M-Pesa asks this phone, 10:00\n2 Change"
    )
    assert market.text(CUSTOMER, "2").startswith("How much onions?")
    assert market.text(CUSTOMER, "2kg").startswith("5kg tomatoes, 2kg onions. Goods KSh 600 + delivery")


@proves("DR-703")
def test_below_the_least_order_the_nearest_that_works_is_offered(market: Desk) -> None:
    set_to(market, "order.min_total", "250.00")
    assert market.text(CUSTOMER, "1kg tomatoes") == (
        "Smallest order KSh 250. 2kg tomatoes = KSh 160, KSh 259 with delivery, Wed 25. "
        "YES by 10:00: M-Pesa asks this phone"
    )
    market.text(CUSTOMER, "YES")
    assert newest(market).subtotal == Decimal(160)


def test_where_nothing_has_enough_for_the_least_order_it_is_only_told(market: Desk) -> None:
    set_to(market, "order.min_total", "9000.00")
    assert market.text(CUSTOMER, "1kg tomatoes").startswith("The smallest order is KSh 9,000; this comes to")
    assert asked(market) == ""


@proves("DR-1210")
def test_several_things_come_from_one_farm_that_has_them_all_though_two_were_cheaper(market: Desk) -> None:
    second = person(market, SECOND_FARMER, "farmer", "Njeri", "Kinoo")
    offer(market, second, "tomatoes", "50", "90")
    offer(market, second, "onions", "50", "100")
    market.text(CUSTOMER, "5kg tomatoes, 2kg onions")
    market.text(CUSTOMER, "YES")
    items = market.look(OrderItem)
    assert len(items) == 2
    assert len({item.farmer_id for item in items}) == 1
    assert newest(market).subtotal == Decimal(650)


@proves("DR-1210")
def test_collect_turns_a_quote_into_one_to_be_fetched_without_a_fee(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    assert market.text(CUSTOMER, "COLLECT").startswith(
        "5kg tomatoes: KSh 400. You collect it at Wanjiku, Wed 25. "
        "YES by 10:00: M-Pesa asks this phone, or CASH"
    )
    market.text(CUSTOMER, "YES")
    order = newest(market)
    assert (order.way, order.delivery_fee, order.total_amount) == ("collect", Decimal(0), Decimal(400))


def test_a_quote_that_cannot_be_asked_for_does_not_say_yes(market: Desk) -> None:
    """DR-1510: while something more urgent waits for her YES, no quote does."""
    from core.questions import service as questions
    from core.users import service as users

    def urgent(tx: object) -> None:
        user = users.find(tx, CUSTOMER)  # type: ignore[arg-type]
        assert user is not None
        questions.ask(
            tx,  # type: ignore[arg-type]
            user,
            "received",
            about={"order_id": 0},
            expires_at=market.clock.now().replace(hour=23),
        )

    market.db.run(urgent)
    assert market.text(CUSTOMER, "5kg tomatoes").startswith("Please answer our last question first")
    assert asked(market) == "received"
