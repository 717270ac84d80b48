"""A farmer's orders on the keypad: how many keys, what is changed, and what an old or wrong answer does."""

from collections.abc import Iterator
from decimal import Decimal
from statistics import median

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from core.db import Database
from core.orders import service as orders
from core.orders.models import Order, OrderEvent
from core.orders.quotes import Line
from core.users.models import User
from locales.gsm import is_basic, septets
from tests.helpers import FARMER, Cast
from tests.orders.kit import do, statuses, two_farms
from tests.orders.shop import Shop
from tests.proving import proves
from tests.ussd.phone import UssdPhone
from tests.ussd.test_budget import statements, warm

LANGUAGES = ("en", "sw", "kikuyu")


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    with db.engine.begin() as connection:
        connection.execute(update(User).values(preferred_language="en"))
    return Shop(db, cast)


@pytest.fixture
def phone(client: FlaskClient) -> UssdPhone:
    """The farmer's."""
    return UssdPhone(client, FARMER)


def placed(shop: Shop, count: int, slug: str = "tomatoes", quantity: str = "5") -> list[Order]:
    shop.publish("5000", "80", slug=slug)
    made = []
    for number in range(count):
        line = Line(shop.product(slug), Decimal(quantity), "kg")
        order = shop.accept(shop.quote_lines(line), f"{slug}-{number}")
        assert shop.pay(order, f"ws_{order.order_id}", f"R{order.order_id:09d}") == "applied"
        made.append(order)
    return made


def longest_name(shop: Shop) -> str:
    """The product in kg whose name is longest in any language."""
    products = shop.db.parts.products
    in_kg = [one for one in products.every() if one.active and "kg" in one.units]
    return max(in_kg, key=lambda one: max(len(products.name(one.product_id, w)) for w in LANGUAGES)).slug


def hops(phone: UssdPhone, *answers: str) -> int:
    """How many hops these answers take, the dial counted."""
    phone.dial()
    phone.answer(*answers)
    return 1 + len(answers)


def item_of(shop: Shop, order: Order) -> str:
    return statuses(shop, order)[1]


# --- how many keys ---------------------------------------------------------------------------------------
def test_one_order_is_ready_in_two_hops(shop: Shop, phone: UssdPhone) -> None:
    (order,) = placed(shop, 1)
    assert hops(phone, "1") <= 3
    assert item_of(shop, order) == "ready"


def test_one_of_several_is_ready_in_three_hops_the_oldest_first(shop: Shop, phone: UssdPhone) -> None:
    first, second = placed(shop, 2)
    assert hops(phone, "2", "1") <= 3
    assert (item_of(shop, first), item_of(shop, second)) == ("ready", "pending")


def test_ten_orders_are_ready_in_three_hops(shop: Shop, phone: UssdPhone) -> None:
    made = placed(shop, 10)
    assert hops(phone, "1", "1") <= 4
    shop.sweep()
    assert {item_of(shop, order) for order in made} == {"ready"}


def test_ten_orders_of_one_day_are_ready_in_four_hops_where_other_days_wait_too(
    shop: Shop, phone: UssdPhone
) -> None:
    made, others = placed(shop, 10), placed(shop, 2, "onions")
    assert hops(phone, "1", "1", "1") <= 4
    shop.sweep()
    assert {item_of(shop, order) for order in made} == {"ready"}
    assert {item_of(shop, order) for order in others} == {"pending"}


# --- what an answer may be -------------------------------------------------------------------------------
@pytest.mark.parametrize("answer", ["7", "77", "abc", "1*1", "-1", "1.5", "F8MA", "0x1", "  ", "9999999999"])
def test_what_is_no_key_changes_nothing_and_shows_the_same_orders(
    shop: Shop, phone: UssdPhone, answer: str
) -> None:
    made = placed(shop, 2)
    shown = phone.dial()
    again = phone.answer(answer)
    assert "2 One by one" in again
    assert again != shown, "a sentence says why"
    assert {item_of(shop, order) for order in made} == {"pending"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("abc", "Digits only"),
        ("10", "Say less than 10"),
        ("99", "Say less than 10"),
        ("98", "Say less than 10"),
        ("1,500", "without a comma"),
        ("0.001", "Two decimals"),
        ("-3", "more than 0"),
        ("000", "more than 0"),
        ("100000", "too much"),
    ],
)
def test_what_cannot_be_less_is_asked_again(shop: Shop, phone: UssdPhone, answer: str, said: str) -> None:
    made = placed(shop, 2)
    phone.dial()
    phone.answer("1", "5", answer)
    assert said in phone.screen
    assert "How many kg do you have?" in phone.screen
    assert {item_of(shop, order) for order in made} == {"pending"}


@pytest.mark.parametrize("answer", ["", "x", "12", "?!"])
def test_a_reason_has_words(shop: Shop, phone: UssdPhone, answer: str) -> None:
    (order,) = placed(shop, 1)
    phone.dial()
    phone.answer("6", "5", answer)
    assert "Why? Write it" in phone.screen
    assert item_of(shop, order) == "pending"


@proves("I6")
def test_her_own_reason_is_kept_with_the_order(shop: Shop, phone: UssdPhone) -> None:
    (order,) = placed(shop, 1)
    phone.dial()
    phone.answer("6", "5", "hail last night", "1")
    assert statuses(shop, order) == ("cancelled", "rejected")
    with shop.db.read() as tx:
        query = select(OrderEvent.reason).where(
            OrderEvent.order_id == order.order_id, OrderEvent.rule == "I6"
        )
        assert list(tx.session.scalars(query)) == ["hail last night"]


@proves("I5", "I6", "DR-407")
def test_less_of_a_sum_serves_the_oldest_first(shop: Shop, phone: UssdPhone) -> None:
    first, second, third = placed(shop, 3)
    phone.dial()
    phone.answer("1", "5", "7", "1")
    shop.sweep()
    assert [shop.items(one)[0].fulfilled_quantity for one in (first, second)] == [Decimal(5), Decimal(2)]
    assert statuses(shop, third) == ("cancelled", "rejected")


# --- repeats, old screens, other people ------------------------------------------------------------------
def events(shop: Shop, order: Order) -> int:
    with shop.db.read() as tx:
        query = select(func.count()).select_from(OrderEvent).where(OrderEvent.order_id == order.order_id)
        return tx.session.scalar(query) or 0


@pytest.mark.parametrize("answers", [("1",), ("4",), ("6", "1", "1"), ("5", "3", "1")])
def test_the_same_hop_twice_is_done_once(shop: Shop, phone: UssdPhone, answers: tuple[str, ...]) -> None:
    (order,) = placed(shop, 1)
    phone.dial()
    done = phone.answer(*answers)
    came = events(shop, order)
    assert phone.post() == done
    assert events(shop, order) == came


@pytest.mark.parametrize("answers", [("1",), ("2",), ("4",), ("6", "1", "1"), ("5", "3", "1")])
def test_an_order_that_was_cancelled_meanwhile(
    shop: Shop, phone: UssdPhone, answers: tuple[str, ...]
) -> None:
    (order,) = placed(shop, 1)
    phone.dial()
    phone.answer(*answers[:-1])
    do(shop, orders.cancel, "customer", order_id=order.order_id)
    came = events(shop, order)
    phone.answer(answers[-1])
    assert "This has changed meanwhile." in phone.screen
    assert "No order waits for you now." in phone.screen
    assert events(shop, order) == came


@pytest.mark.parametrize("answers", [("1", "1"), ("1", "4"), ("1", "6", "1", "1"), ("1", "5", "3", "1")])
def test_a_sum_that_has_grown_meanwhile_is_shown_as_it_is_now(
    shop: Shop, phone: UssdPhone, answers: tuple[str, ...]
) -> None:
    made = placed(shop, 2)
    phone.dial()
    phone.answer(*answers[:-1])
    line = Line(shop.product(), Decimal(5), "kg")
    new = shop.accept(shop.quote_lines(line), "new")
    assert shop.pay(new, "ws_new", "RNEW0000001") == "applied"
    phone.answer(answers[-1])
    assert "This has changed meanwhile." in phone.screen
    assert "15kg, 3 orders" in phone.screen
    assert {item_of(shop, order) for order in [*made, new]} == {"pending"}


@proves("DR-801", "DR-211")
def test_another_farmers_orders_are_nowhere(shop: Shop, client: FlaskClient) -> None:
    made = two_farms(shop)
    phone = UssdPhone(client, FARMER)
    assert "5kg tomatoes" in phone.dial()
    assert "onions" not in phone.screen
    phone.answer("1")
    assert statuses(shop, made.order)[1:] == ("ready", "pending")


# --- many, and long --------------------------------------------------------------------------------------
def pages(phone: UssdPhone) -> Iterator[str]:
    """Every page of the screen that stands there."""
    first = phone.screen
    yield first
    while "98 " in phone.screen:
        phone.answer("98")
        if phone.screen == first:
            return
        yield phone.screen


@pytest.mark.parametrize("count", [1, 9, 40])
def test_many_orders_of_the_longest_name_fit_and_cost_the_same_to_show(
    shop: Shop, client: FlaskClient, count: int
) -> None:
    slug = longest_name(shop)
    made = placed(shop, count, slug, "12.25")
    warm(client)
    phone = UssdPhone(client, FARMER)
    costs = []
    way = ("dial", "2", "8") if count > 1 else ("dial", "9")
    with statements(shop.db) as ran:
        for answer in way:
            ran.clear()
            phone.dial() if answer == "dial" else phone.answer(answer)
            costs.append(len(ran))
            for page in pages(phone):
                assert septets(page) <= 160, page
                assert is_basic(page)
    assert max(costs) <= 3, costs
    assert median(costs) <= 2, costs
    phone.dial()
    phone.answer(*(("1", "1") if count > 1 else ("1",)))
    shop.sweep()
    assert {item_of(shop, order) for order in made} == {"ready"}
    if count > 1:
        assert f"{count} orders are ready" in phone.screen
