"""Places, following, prices and farms on the keypad, and what they leave in the tables."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import Database
from core.farms.models import Farm
from core.following.models import Follow
from core.locations.models import Location
from locales.gsm import septets
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.orders.shop import Shop
from tests.ussd.phone import UssdPhone


def every(db: Database, kind: Any, **which: Any) -> list[Any]:
    with db.read() as tx:
        return list(tx.session.scalars(select(kind).filter_by(**which)))


def on(client: FlaskClient, number: str, *keys: str) -> UssdPhone:
    phone = UssdPhone(client, number)
    phone.dial()
    phone.answer(*keys)
    return phone


def test_a_place_is_added_once_however_often_the_network_asks(
    client: FlaskClient, db: Database, cast: Cast
) -> None:
    phone = on(client, CUSTOMER, "5", "97", "kinoo", "1", "mlango wa kijani")
    phone.post()
    places = every(db, Location, user_id=cast.customer.id)
    assert sorted((one.ward, one.landmark, one.default_of is not None) for one in places) == [
        ("Kangemi", "", True), ("Kinoo", "mlango wa kijani", False)
    ]  # fmt: skip
    phone.answer("3")
    places = every(db, Location, user_id=cast.customer.id)
    assert [one.ward for one in places if one.default_of is not None] == ["Kinoo"]
    phone.answer("2", "dukani", "4", "1")
    places = every(db, Location, user_id=cast.customer.id, is_active=True)
    assert [(one.ward, one.default_of is not None) for one in places] == [("Kangemi", True)]


def test_nobody_sees_anothers_places(client: FlaskClient, db: Database, cast: Cast) -> None:
    on(client, CUSTOMER, "5", "97", "kabete", "1", "mlango wa kijani")
    assert "Kabete" not in on(client, FARMER, "7").screen


def test_following_and_stopping(client: FlaskClient, db: Database, cast: Cast) -> None:
    phone = UssdPhone(client, CUSTOMER)
    phone.dial("60")
    phone.answer("nyanya", "2")
    phone.post()
    (row,) = every(db, Follow)
    assert (row.user_id, row.product_id) == (
        cast.customer.id, db.parts.products.by_slug("tomatoes").product_id
    )  # fmt: skip


@pytest.mark.parametrize("number", [FARMER, CUSTOMER, RIDER])
def test_everybody_reads_prices(client: FlaskClient, cast: Cast, number: str) -> None:
    phone = UssdPhone(client, number)
    phone.dial("60")
    phone.answer("nyanya")
    assert "79.94" in phone.screen
    assert "Wakulima" in phone.screen
    assert "Eldoret" in phone.answer("1")


def test_cash_orders_of_one_farm_are_switched(client: FlaskClient, db: Database, cast: Cast) -> None:
    phone = on(client, FARMER, "7", "1")
    phone.post()
    (farm,) = every(db, Farm)
    assert farm.takes_cash is False
    phone.answer("2")
    (farm,) = every(db, Farm)
    assert farm.takes_cash is True


def test_a_farm_is_opened_closed_and_moved(client: FlaskClient, db: Database, cast: Cast) -> None:
    phone = on(client, FARMER, "7", "5", "Njeri", "97", "kabete", "1", "mlango wa kijani")
    phone.post()
    farms = every(db, Farm)
    assert sorted((farm.farm_name, farm.is_active) for farm in farms) == [("Njeri", True), ("Wanjiku", True)]
    phone.answer("3", "4", "1")
    assert len({farm.location_id for farm in every(db, Farm)}) == 1
    phone.answer("3", "5", "1")
    assert [farm.farm_name for farm in every(db, Farm, is_active=True)] == ["Wanjiku"]


@pytest.mark.parametrize("answer", ["1", "x", "12345", "🍅", "*", "-", "<b>"])
def test_what_is_no_name_of_a_farm_opens_none(
    client: FlaskClient, db: Database, cast: Cast, answer: str
) -> None:
    phone = on(client, FARMER, "7", "5", answer)
    assert len(every(db, Farm)) == 1
    assert septets(phone.screen) <= 160


def test_the_longest_wards_and_markets_fit(client: FlaskClient, db: Database, cast: Cast) -> None:
    places = db.parts.places
    longest = max((places.get(code) for code in range(1, 1451)), key=lambda ward: len(ward.ward))
    phone = on(client, CUSTOMER, "5", "97", longest.ward.split("/")[0].split("-")[0][:12], "1", "x" * 80)
    assert septets(phone.screen) <= 160
    assert septets(phone.answer("00", "5")) <= 160
    shop = Shop(db, cast)
    shop.publish("20", "100", slug="mangoes")
    for letters in ("mahindi", "maembe", "maharagwe", "viazi"):
        phone.dial("60")
        phone.answer(letters)
        assert septets(phone.screen) <= 160
