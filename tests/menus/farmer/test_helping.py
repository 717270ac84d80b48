"""A farmer's helper on the keypad: accept and ready, no money, and nothing once she is no helper (DR-815)."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from core.db import Database
from core.farms import agents
from core.orders import service as orders
from core.users.models import User
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.menus.farmer.test_orders import item_of, placed
from tests.orders.kit import asks_to_cancel, do
from tests.orders.shop import Shop
from tests.proving import proves
from tests.ussd.phone import UssdPhone

TO_HELPED = ("9", "7")


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    with db.engine.begin() as connection:
        connection.execute(update(User).values(preferred_language="en"))
    return Shop(db, cast)


def helped(client: FlaskClient, msisdn: str = CUSTOMER) -> UssdPhone:
    """The helper's phone, on the list of what waits."""
    phone = UssdPhone(client, msisdn)
    if "where you help" in phone.dial():
        assert "Wanjiku" not in phone.screen, "nobody's name before anybody has pressed a key"
        phone.answer("1")
    else:
        phone.answer(*TO_HELPED)
    return phone


@proves("DR-815")
@pytest.mark.parametrize("msisdn", [CUSTOMER, RIDER])
def test_a_helper_of_any_role_marks_ready_and_sees_no_money(
    shop: Shop, client: FlaskClient, msisdn: str
) -> None:
    made = placed(shop, 2)
    do(shop, agents.name_helper, "farmer", msisdn=msisdn)
    phone = helped(client, msisdn)
    seen = [phone.screen]
    for answer in ("1", "2", "1", "3", "2", "1", "1", "1"):
        seen.append(phone.answer(answer))
    assert not [screen for screen in seen if "KSh" in screen]
    assert {item_of(shop, order) for order in made} == {"ready"}
    assert "No order waits" in phone.screen


@proves("DR-815")
def test_one_order_that_is_another_amount_by_now_is_not_marked(shop: Shop, client: FlaskClient) -> None:
    made = placed(shop, 2)
    do(shop, agents.name_helper, "farmer", msisdn=CUSTOMER)
    phone = helped(client)
    assert "5kg tomatoes" in phone.answer("1", "3", "1")
    item = shop.items(made[0])[0]
    do(shop, orders.short, "farmer", order_item_id=item.order_item_id, quantity=Decimal(3))
    assert "This has changed meanwhile." in phone.answer("1")
    assert [item_of(shop, order) for order in made] == ["pending", "pending"]


@proves("O10", "DR-815")
def test_a_helper_too_is_told_that_the_customer_asks_to_cancel(shop: Shop, client: FlaskClient) -> None:
    placed(shop, 1)
    asked = asks_to_cancel(shop, "sms-asked")
    do(shop, agents.name_helper, "farmer", msisdn=CUSTOMER)
    phone = helped(client)
    assert "Cancelling asked: 1" in phone.answer("1")
    assert f"{asked.tail}, 5kg tomatoes: the customer asks to cancel." in phone.answer("3", "2")
    assert item_of(shop, asked) == "harvested"
    phone.answer("1", "1")
    assert item_of(shop, asked) == "ready"


@proves("DR-815", "DR-211")
def test_nobody_elses_orders_are_offered(shop: Shop, client: FlaskClient) -> None:
    placed(shop, 1)
    phone = UssdPhone(client, CUSTOMER)
    phone.dial()
    phone.answer("9")
    assert "My farmers" not in phone.screen


@proves("DR-815")
def test_who_was_dropped_meanwhile_marks_nothing(shop: Shop, client: FlaskClient) -> None:
    made = placed(shop, 2)
    do(shop, agents.name_helper, "farmer", msisdn=CUSTOMER)
    phone = helped(client)
    phone.answer("1")
    do(shop, agents.drop_helper, "farmer")
    phone.answer("1")
    assert "This has changed meanwhile." in phone.screen
    assert {item_of(shop, order) for order in made} == {"pending"}


@proves("DR-815")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0800", "Write a Kenyan mobile number"),
        ("abc", "Write a Kenyan mobile number"),
        ("0712000101", "must first register with us, with another number"),
        ("12", "Write a Kenyan mobile number"),
    ],
)
def test_a_helper_is_a_kenyan_number_of_somebody_else(
    shop: Shop, client: FlaskClient, typed: str, said: str
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("9", "9", "1", typed)
    assert said in phone.screen
    assert "Your helper's phone number" in phone.screen
