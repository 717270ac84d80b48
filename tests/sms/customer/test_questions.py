"""Questions that expire, cross or arrive together, also after a restart (DR-1510)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.listings.models import Listing
from core.orders.models import Order, OrderItem
from tests.helpers import CUSTOMER, Cast
from tests.proving import proves
from tests.sms.conftest import Desk, later, sell
from tests.sms.customer.kit import TOMATOES, asked, newest, ordered, paid


@proves("DR-1510")
def test_two_orders_that_cross_leave_the_second_quote_and_one_yes_orders_that(
    market: Desk, cast: Cast
) -> None:
    sell(market.db, cast, "onions", "40", "100")
    market.receive(CUSTOMER, "5kg tomatoes")
    market.receive(CUSTOMER, "2kg onions")
    market.work()
    market.text(CUSTOMER, "YES")
    market.text(CUSTOMER, "YES")
    [item] = market.look(OrderItem)
    assert item.quantity == 2


@proves("DR-1510")
def test_yes_and_no_that_arrive_together_end_as_the_first_said(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    market.clock.advance(seconds=2)
    market.receive(CUSTOMER, "NO")
    market.receive(CUSTOMER, "YES")
    market.work()
    assert market.look(Order) == []


@proves("DR-1510")
def test_a_number_for_the_list_before_does_not_order_from_the_next(market: Desk, cast: Cast) -> None:
    """Written before MORE was answered: it means the old list, so it orders nothing from the new one."""
    for slug, price in (("onions", "100"), ("kale", "30"), ("carrots", "60"), ("cabbage", "25")):
        sell(market.db, cast, slug, "40", price)
    market.text(CUSTOMER, "LIST")
    early = later(market.clock.now())
    market.clock.advance(minutes=1)
    market.text(CUSTOMER, "MORE")
    market.text(CUSTOMER, "1 5kg", date=early)
    assert asked(market) == "shelf"


@pytest.mark.parametrize(
    ("texts", "hours"),
    [
        (["nyanya"], 25),
        (["5kg tomatoes"], 1),
        (["80kg tomatoes"], 1),
        (["LIST"], 25),
        (["price njugu"], 25),
    ],
)
def test_what_has_lapsed_is_answered_by_nothing(market: Desk, texts: list[str], hours: int) -> None:
    for text in texts:
        market.text(CUSTOMER, text)
    assert asked(market) != ""
    market.clock.advance(hours=hours)
    for answer in ("1", "YES", "2"):
        market.text(CUSTOMER, answer)
    assert market.look(Order) == []


def test_a_command_in_between_leaves_the_quote_open(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    for text in ("STATUS", "PRICE tomatoes", "HELP", "CODE"):
        assert market.text(CUSTOMER, text) != ""
    assert asked(market) == "quote"
    market.text(CUSTOMER, "YES")
    assert len(market.look(Order)) == 1


def test_an_order_text_does_not_take_the_place_of_a_question_about_money(market: Desk) -> None:
    """Cancelling is asked; a new order in between asks its own, and a late YES cancels nothing."""
    order = paid(market)
    market.clock.advance(minutes=11)
    market.text(CUSTOMER, f"CANCEL {order.tail}")
    assert market.text(CUSTOMER, "5kg tomatoes") == TOMATOES.replace("10:00", "10:11")
    market.text(CUSTOMER, "YES")
    assert [one.order_status for one in market.look(Order)] == ["confirmed", "pending_payment"]


@proves("DR-1510")
def test_questions_are_rows_so_another_process_goes_on_with_them(market: Desk) -> None:
    """Nothing is kept in memory: a new reader, a new worker, the same answer."""
    market.text(CUSTOMER, "80kg tomatoes")
    market.db.engine.dispose()
    market.text(CUSTOMER, "2")
    market.db.engine.dispose()
    assert market.text(CUSTOMER, "5kg") == TOMATOES


def test_a_yes_to_what_became_dearer_asks_again_once_for_each_change(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    for price in (90, 95):
        with market.db.transaction() as tx:
            tx.session.scalars(select(Listing)).one().current_price = Decimal(price)
        assert market.text(CUSTOMER, "YES").startswith("Changed: 5kg tomatoes")
    assert market.look(Order) == []
    market.text(CUSTOMER, "YES")
    assert newest(market).subtotal == 475


def test_the_same_yes_fifty_times_is_one_order(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    market.clock.advance(seconds=2)
    for _copy in range(50):
        market.receive(CUSTOMER, "YES", id="mo-yes")
    market.work()
    assert len(market.look(Order)) == 1


def test_cash_and_yes_that_arrive_together_are_one_order(market: Desk) -> None:
    market.text(CUSTOMER, "5kg tomatoes")
    market.clock.advance(seconds=2)
    market.receive(CUSTOMER, "CASH")
    market.receive(CUSTOMER, "YES")
    market.work()
    assert len(market.look(Order)) == 1
    assert newest(market).payment_method == "cash_on_delivery"


def test_an_unpaid_order_stays_hers_after_a_second_yes(market: Desk) -> None:
    order = ordered(market)
    assert market.text(CUSTOMER, "YES") == (
        f"Order {order.tail}, KSh 499: M-Pesa request sent 09:30. Enter your PIN, or wait until 09:33. "
        "We text you what came of it."
    )
    assert len(market.look(Order)) == 1
