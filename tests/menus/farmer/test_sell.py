"""A farmer's keypad and what it leaves in the tables: listed once, as she said, and nobody else's."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.catalogue.models import ProductSuggestion
from core.clock import nairobi_date
from core.db import Database
from core.farms.models import Farm
from core.listings import service as listings
from core.listings.models import Listing
from core.locations import service as locations
from locales.gsm import septets
from menus.farmer import details
from menus.talk import Again
from tests.helpers import FARMER, Cast, FixedClock, farm_id
from tests.orders.shop import Shop
from tests.ussd.phone import UssdPhone

D = Decimal
DOOR = "nyuma ya kanisa la Kinoo"
SUKUMA = ("2", "sukuma", "1", "30", "12")


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    """Her door has words: no question about it."""

    def work(tx: Any) -> None:
        place = locations.default_of(tx, cast.farmer.id)
        assert place is not None
        locations.set_landmark(tx, cast.farmer.actor, location_id=place.location_id, landmark=DOOR)

    db.run(work)
    return Shop(db, cast)


@pytest.fixture
def phone(client: FlaskClient, shop: Shop) -> UssdPhone:
    """Her phone, dialled."""
    phone = UssdPhone(client, FARMER)
    phone.dial()
    return phone


def every(db: Database, kind: Any) -> list[Any]:
    with db.read() as tx:
        return list(tx.session.scalars(select(kind)))


def test_the_same_produce_is_listed_again_in_five_hops_the_dial_counted(
    client: FlaskClient, db: Database, shop: Shop
) -> None:
    first = shop.publish("50", "80")
    phone = UssdPhone(client, FARMER)
    hops = [phone.dial(), *(phone.answer(key) for key in ("2", "1", "1"))]
    assert len(hops) <= 5
    assert hops[-1].startswith("END ")
    again = max(every(db, Listing), key=lambda one: one.listing_id)
    assert (again.product_id, again.quantity_available, again.current_price) == (
        first.product_id, D(50), D(80)
    )  # fmt: skip
    phone.post()  # the network repeats the hop
    assert len(every(db, Listing)) == 2


def test_what_she_says_is_what_is_kept(phone: UssdPhone, db: Database, clock: FixedClock) -> None:
    phone.answer(*SUKUMA)
    phone.answer("2", "4", "6", "2", "5", "3", "2", "3", "4", "5/7")
    assert phone.answer("1").startswith("END ")
    (kept,) = every(db, Listing)
    assert (kept.unit, kept.quantity_available, kept.current_price) == ("bunch", D(30), D(12))
    assert (kept.min_order_quantity, kept.quality_grade) == (D(6), "economy")
    assert (kept.harvest_date, kept.expected_harvest_date) == (None, date(2025, 7, 5))
    assert kept.listing_status == "pre_order"


def test_harvested_yesterday(phone: UssdPhone, db: Database, clock: FixedClock) -> None:
    phone.answer(*SUKUMA, "2", "3", "2", "1")
    (kept,) = every(db, Listing)
    assert kept.harvest_date == nairobi_date(clock.now()) - timedelta(days=1)


def test_the_farm_is_asked_only_where_she_has_several(
    client: FlaskClient, db: Database, shop: Shop, cast: Cast
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("7", "5", "Njeri", "1")
    farms = {farm.farm_name: farm.farm_id for farm in every(db, Farm) if farm.farmer_id == cast.farmer.id}
    assert len(farms) == 2
    phone.dial()
    assert "Njeri" in phone.answer("2")
    phone.answer("2", *SUKUMA[1:], "1")
    (kept,) = every(db, Listing)
    assert kept.farm_id == farms["Njeri"]


def test_her_produce_is_hers_alone(client: FlaskClient, db: Database, shop: Shop) -> None:
    shop.publish("50", "80")
    other = shop.person("+254712000909", "farmer", "Kinoo")
    phone = UssdPhone(client, other.phone)
    phone.dial()
    assert "KSh" not in phone.answer("3")
    assert "80" not in UssdPhone(client, other.phone).dial("2")


def test_what_was_taken_down_meanwhile_is_said(client: FlaskClient, db: Database, shop: Shop) -> None:
    """An admin or the night takes it down between two hops of hers."""
    kept = shop.publish("50", "80")
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("3", "1", "2")
    db.run(lambda tx: listings.deactivate(tx, shop.cast.admin.actor, listing_id=kept.listing_id, reason="x"))
    assert phone.answer("10").startswith("CON ")
    assert phone.screen.count("\n") >= 2


def test_eleven_names_are_too_many_to_wait_for(phone: UssdPhone, db: Database) -> None:
    phone.answer("2")
    for letter in "abcdefghij":
        phone.answer(f"zzqx{letter * 3}", "1", "1")
    assert len(every(db, ProductSuggestion)) == 10
    assert "10" in phone.answer("zzqxkkk", "1")
    assert len(every(db, ProductSuggestion)) == 10


@pytest.mark.parametrize("answer", ["0", "-1", "1e3", "9" * 30, "x", "5*5", "½", "1,000", "2.555"])
def test_no_quantity_or_price_is_guessed(phone: UssdPhone, db: Database, answer: str) -> None:
    phone.answer("2", "nyanya", "1", answer)
    phone.answer("1", answer)
    phone.answer("1", answer)
    assert every(db, Listing) == []
    assert phone.screen.startswith("CON ")


def test_the_longest_names_there_are_fit_with_their_amounts(
    client: FlaskClient, db: Database, shop: Shop, clock: FixedClock
) -> None:
    entries = [entry for entry in db.parts.products.every() if entry.active]
    longest = sorted(entries, key=lambda e: -len(db.parts.products.name(e.product_id, "sw")))[:6]
    for entry in longest:
        unit = max(entry.units, key=len)
        db.run(_offers(shop, entry.product_id, unit))
    phone = UssdPhone(client, FARMER)
    phone.dial()
    amounts = (("3",), ("3", "1"), ("2",), ("2", "1"), ("2", "2"))
    others = (("3", "1", "6"), ("5",), ("5", "1"))
    for keys in (*amounts, *others):
        phone.answer("00", *keys)
        assert septets(phone.screen) <= 160
        assert phone.screen.startswith("CON ")
        assert keys in others or "99999" in phone.screen, phone.screen


def _offers(shop: Shop, product_id: int, unit: str) -> Callable[[Any], Any]:
    def work(tx: Any) -> Any:
        farmer = shop.cast.farmer.actor
        return listings.publish(
            tx, farmer, farm_id=farm_id(tx, farmer), product_id=product_id, unit=unit,
            quantity=D(99999), price=D(1000000), price_confirmed=True,
        )  # fmt: skip

    return work


TODAY = date(2025, 6, 24)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("25", date(2025, 6, 25)), ("24", date(2025, 7, 24)), ("1", date(2025, 7, 1)), ("31", date(2025, 7, 31)),
     ("5/7", date(2025, 7, 5)), ("5.7.2025", date(2025, 7, 5)), ("5-7", date(2025, 7, 5)),
     ("5 Jul", date(2025, 7, 5)), ("5 julai", date(2025, 7, 5)), ("kesho", date(2025, 6, 25)),
     ("Tomorrow", date(2025, 6, 25)), ("RŨCIŨ", date(2025, 6, 25)), ("23 agosti", date(2025, 8, 23))],
)  # fmt: skip
def test_days_as_people_write_them(typed: str, meant: date) -> None:
    assert details.day_to_come(_talk(), typed) == meant.isoformat()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", details.DAY_SO), ("x", details.DAY_SO), ("5 xyz", details.DAY_SO), ("1 2 3 4", details.DAY_SO),
     ("leo", details.DAY_SO), ("0", details.NO_SUCH_DAY), ("32", details.NO_SUCH_DAY),
     ("31/9", details.NO_SUCH_DAY), ("5/13", details.NO_SUCH_DAY), ("9" * 40, details.NO_SUCH_DAY),
     ("24/6", details.DAY_TO_COME), ("24/8", details.DAY_TO_COME), ("1/1/2024", details.DAY_TO_COME)],
)  # fmt: skip
def test_what_is_no_day_to_come_is_told_how_to_be_one(typed: str, sentence: str) -> None:
    with pytest.raises(Again) as again:
        details.day_to_come(_talk(), typed)
    assert again.value.text == sentence


def _talk() -> Any:
    class Parts:
        clock = FixedClock()

        class settings:  # noqa: N801
            @staticmethod
            def value(name: str) -> int:
                return 60

    class Talk:
        parts = Parts

    return Talk
