"""What buying on the keypad leaves in the tables, how many hops it takes, what bad answers do."""

from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select

from core.carts.models import CartItem
from core.db import Database
from core.following.models import Follow, WaitingDemand
from core.locations.models import Location
from core.orders.models import Order, OrderItem
from core.payment_methods.models import PaymentMethod
from core.payments.models import PaymentTransaction
from core.users.models import Consent
from inbound.gateway import Gateway
from tests.helpers import CUSTOMER, FixedClock, SeededChance
from tests.menus.happenings import buying
from tests.menus.stage import Stage
from tests.ussd.phone import UssdPhone


@pytest.fixture
def stage(gateway: Gateway, clock: FixedClock, chance: SeededChance) -> Stage:
    return Stage(gateway, clock, chance, "en")


@pytest.fixture
def phone(client: FlaskClient, stage: Stage) -> UssdPhone:
    """The customer's phone, with a market near her and her door known."""
    buying.market(stage)
    buying.doors(stage)
    return UssdPhone(client, CUSTOMER)


def rows(db: Database, kind: Any) -> list[Any]:
    with db.read() as tx:
        return list(tx.session.scalars(select(kind)))


def in_basket(phone: UssdPhone, kilos: str = "5") -> str:
    """Tomatoes of the first farm, up to "In your basket"."""
    phone.dial()
    return phone.answer("1", "tomatoes", "1", kilos)


def test_what_was_bought_last_is_bought_again_in_four_hops(client: FlaskClient, stage: Stage) -> None:
    buying.bought(stage)
    buying.doors(stage)
    phone = UssdPhone(client, CUSTOMER)
    screens = [phone.dial(), *(phone.answer(key) for key in "111")]
    assert len(screens) <= 4
    assert "delivery" in screens[-2], "the priced summary stands before the yes"
    assert screens[-1].startswith("END Order ")
    orders = rows(stage.db, Order)
    assert [order.order_status for order in orders] == ["delivered", "pending_payment"]
    assert len(rows(stage.db, PaymentTransaction)) == 2


def test_an_order_takes_stock_empties_the_basket_and_sends_one_request(
    phone: UssdPhone, stage: Stage
) -> None:
    in_basket(phone)
    assert len(rows(stage.db, CartItem)) == 1
    screen = phone.answer("1", "1")
    order = rows(stage.db, Order)[0]
    assert order.tail in screen
    assert str(order.amount_asked.quantize(Decimal(1))) in screen.replace(",", "")
    assert order.idempotency_key
    assert (order.payment_method, order.way, order.delivery_time_slot) == ("mpesa", "rider", "any")
    assert rows(stage.db, CartItem) == []
    assert stage.shop.stock(stage.things["cheap"])[0] == "15.00"
    attempt = rows(stage.db, PaymentTransaction)[0]
    assert (attempt.status, attempt.msisdn, attempt.amount) == ("created", CUSTOMER, order.amount_asked)


def test_the_same_yes_again_is_the_same_order_also_when_redis_has_forgotten(
    phone: UssdPhone, stage: Stage, redis: Redis
) -> None:
    in_basket(phone)
    said = phone.answer("1", "1")
    assert phone.post() == said
    redis.flushdb()
    phone.post()
    assert len(rows(stage.db, Order)) == 1
    assert len(rows(stage.db, PaymentTransaction)) == 1


@pytest.mark.parametrize(
    "answer", ["0.001", "-5", "five", "1,5000", "99999999", "5kg kg", "*", "1e3", "٥", "  ", "100000.5"]
)
def test_an_amount_that_cannot_be_read_changes_nothing(phone: UssdPhone, stage: Stage, answer: str) -> None:
    phone.dial()
    asked = phone.answer("1", "tomatoes", "1")
    screen = phone.answer(answer)
    assert screen.startswith("CON ")
    assert "How many?" in asked
    assert "How many?" in screen
    assert rows(stage.db, CartItem) == []


@pytest.mark.parametrize(
    ("answer", "kilos"), [("98", None), ("20", "20.00"), ("5.5", "5.50"), ("5,5", "5.50"), ("5 kg", "5.00")]
)
def test_98_kilos_are_98_kilos(phone: UssdPhone, stage: Stage, answer: str, kilos: str | None) -> None:
    phone.dial()
    screen = phone.answer("1", "tomatoes", "1", answer)
    if kilos is None:
        assert "Only 20kg left" in screen
        assert rows(stage.db, CartItem) == []
    else:
        assert [str(line.quantity) for line in rows(stage.db, CartItem)] == [kilos]


@pytest.mark.parametrize("answer", ["0", "00"])
def test_nothing_is_no_amount_but_the_way_back(phone: UssdPhone, stage: Stage, answer: str) -> None:
    phone.dial()
    phone.answer("1", "tomatoes", "1", answer)
    assert rows(stage.db, CartItem) == []


@pytest.mark.parametrize(
    "answer", ["12345", "0812345678", "+1 202 555 0100", "mama", "07123456789", "020 222 2222", "99"]
)
def test_a_number_that_is_no_phone_is_not_asked_for_money(
    phone: UssdPhone, stage: Stage, answer: str
) -> None:
    in_basket(phone)
    phone.answer("1", "2", "2")
    assert "Which phone pays?" in phone.answer(answer) or answer == "99"
    assert rows(stage.db, Order) == []


def test_another_phone_pays_and_is_kept_among_her_ways_but_is_not_the_first(
    phone: UssdPhone, stage: Stage
) -> None:
    in_basket(phone)
    phone.answer("1", "2", "2", "0722 000 999")
    assert "0722000999" in phone.screen
    phone.answer("1")
    assert rows(stage.db, PaymentTransaction)[0].msisdn == "+254722000999"
    kept = rows(stage.db, PaymentMethod)
    assert [method.method_type for method in kept] == ["mpesa"]
    assert rows(stage.db, Order)[0].payment_method_id == kept[0].payment_method_id


def test_cash_is_confirmed_at_once_and_asks_no_phone(phone: UssdPhone, stage: Stage) -> None:
    in_basket(phone)
    assert "in cash" in phone.answer("1", "2", "3")
    order = rows(stage.db, Order)[0]
    assert (order.order_status, order.payment_method) == ("confirmed", "cash_on_delivery")
    assert rows(stage.db, PaymentTransaction) == []


def test_bank_is_offered_only_where_there_is_an_account(phone: UssdPhone, stage: Stage) -> None:
    in_basket(phone)
    assert "Bank" not in phone.answer("1", "2")
    buying.bank(stage)
    assert "4 Bank" in phone.answer("0", "2")


def test_the_door_is_kept_with_the_order_that_needed_it(client: FlaskClient, stage: Stage) -> None:
    buying.market(stage)
    phone = UssdPhone(client, CUSTOMER)
    in_basket(phone)
    phone.answer("1", "behind the mosque")
    assert all(place.landmark == "" for place in rows(stage.db, Location)), "nothing is written before"
    phone.answer("1")
    order = rows(stage.db, Order)[0]
    assert order.drop["landmark"] == "behind the mosque"
    phone.dial()
    phone.answer("4", "1", "tomatoes", "1", "3")
    assert "delivery" in phone.answer("1"), "it is asked once"


def test_whoever_looked_in_vain_is_counted_and_told_when_she_says_so(
    client: FlaskClient, stage: Stage
) -> None:
    buying.far(stage)
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    phone.answer("1", "onions")
    demand = rows(stage.db, WaitingDemand)
    assert [row.product_id for row in demand] == [stage.shop.product("onions")]
    assert rows(stage.db, Follow) == []
    phone.answer("2")
    assert [row.product_id for row in rows(stage.db, Follow)] == [stage.shop.product("onions")]


def test_an_order_that_cannot_come_is_counted_for_each_thing_in_it(phone: UssdPhone, stage: Stage) -> None:
    in_basket(phone)
    stage.shop.set_to("service.wards", "1")
    assert "cannot come to Kangemi" in phone.answer("1")
    assert [row.product_id for row in rows(stage.db, WaitingDemand)] == [stage.shop.product()]
    assert rows(stage.db, Order) == []


def test_whoever_came_by_sms_accepts_the_terms_with_her_first_yes(client: FlaskClient, stage: Stage) -> None:
    buying.market(stage)
    buying.placeless(stage, "+254712000909")
    phone = UssdPhone(client, "+254712000909")
    stage.speak()
    phone.dial()
    phone.answer("1", "kangemi", "1", "tomatoes", "1", "5", "1", "near the mosque")
    before = len(rows(stage.db, Consent))
    assert phone.answer("1").startswith("END Order ")
    assert len(rows(stage.db, Consent)) == before + 1


def test_two_customers_never_see_each_others_basket(
    client: FlaskClient, phone: UssdPhone, stage: Stage
) -> None:
    buying.customer_at(stage, "+254712000808")
    stage.speak()
    other = UssdPhone(client, "+254712000808")
    in_basket(phone)
    other.dial()
    assert "empty" in other.answer("2")
    in_basket(other, "3")
    assert "8kg" not in phone.answer("3")
    lines = rows(stage.db, OrderItem)
    assert lines == []


def test_a_line_that_went_meanwhile_is_gone_and_says_so(
    client: FlaskClient, phone: UssdPhone, stage: Stage
) -> None:
    in_basket(phone)
    phone.answer("3", "1", "1")
    another_dial = UssdPhone(client, CUSTOMER)
    another_dial.dial()
    assert "empty" in another_dial.answer("2", "2", "72", "1")
    assert "empty" in phone.answer("7")
    assert rows(stage.db, CartItem) == []
