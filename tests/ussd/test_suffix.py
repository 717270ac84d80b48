"""What is dialled behind our number, and a session that Redis lost: one walk that changes nothing."""

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import func, select

from core.db import Database
from core.listings.models import Listing
from core.users.models import User
from inbound.gateway import Gateway
from menus.shortcuts import SHORTCUTS, VERSION
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.orders.shop import Shop
from tests.ussd.phone import UssdPhone, in_redis, tells
from ussd import hoplog

SELLING = ("2", "nyanya", "1", "50", "80", "nyuma ya kanisa")


def listings_in(db: Database) -> int:
    with db.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(Listing)) or 0


def test_the_codes_and_what_they_mean_are_what_was_printed() -> None:
    """Pinned for ever: no code is ever given another meaning. A new one is added here; VERSION goes up."""
    every = ("farmer", "customer", "rider")
    orders = ("orders.start", "purchases.start", "job.start")
    printed = {
        "50": (1, "Go on where the call was cut off", dict.fromkeys(every, "home.continue")),
        "51": (1, "These codes", dict.fromkeys(every, "home.codes")),
        "57": (
            1,
            "My orders",
            dict(zip(every, orders, strict=True)),
        ),
        "58": (1, "Sell", {"farmer": "sell.start"}),
        "59": (1, "Buy", {"customer": "buy.start"}),
        "60": (1, "Prices", dict.fromkeys(every, "prices.start")),
        "61": (1, "Earnings", {"farmer": "earnings.start", "rider": "earnings.start"}),
        "62": (1, "My produce", {"farmer": "listings.start"}),
        "63": (1, "On or off duty", {"rider": "duty.start"}),
        "64": (1, "News", dict.fromkeys(every, "news.look")),
        "65": (1, "Support", dict.fromkeys(every, "support.start")),
    }
    assert {code: (s.since, s.name, dict(s.targets)) for code, s in SHORTCUTS.items()} == printed
    assert max(s.since for s in SHORTCUTS.values()) == VERSION == 1


def test_a_code_leads_from_the_dial_and_from_home_and_home_is_behind_it(
    client: FlaskClient, cast: Cast
) -> None:
    phone = UssdPhone(client, FARMER)
    home = phone.dial()
    news = phone.dial("64")
    assert "habari" in news
    assert phone.answer("0") == home
    assert phone.answer("64") == news
    assert phone.answer("00") == home


def test_a_code_goes_past_what_waits_and_what_was_cut_off(
    client: FlaskClient, cast: Cast, db: Database
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    shop.paid_order()
    phone = UssdPhone(client, FARMER)
    assert "5kg nyanya" in phone.dial()
    assert phone.dial("64").startswith("CON Habari.")


def test_a_code_and_answers_behind_it(client: FlaskClient, cast: Cast) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    tomatoes = phone.answer("2", "nyanya")
    other = UssdPhone(client, FARMER)
    assert other.dial("58*nyanya") in (tomatoes, other.dial()), "as soon as sell.start stands"


@pytest.mark.parametrize("code", ["50", "52", "59", "63", "69", "49", "70"])
def test_a_code_that_means_nothing_to_this_person_is_a_plain_dial(
    code: str, client: FlaskClient, cast: Cast
) -> None:
    phone = UssdPhone(client, FARMER)
    home = phone.dial()
    assert phone.dial(code) == home
    assert phone.dial(f"{code}*1") == home
    phone.dial()
    assert phone.answer(code).startswith("CON Chagua namba")


@pytest.mark.parametrize("msisdn", ["+254712000888", "+254712000404"])
def test_a_code_of_a_stranger_or_an_admin_is_a_plain_dial(
    msisdn: str, client: FlaskClient, cast: Cast
) -> None:
    phone = UssdPhone(client, msisdn)
    assert phone.dial("57") == phone.dial()


def test_50_goes_on_where_the_line_fell_from_the_dial_and_from_home(client: FlaskClient, cast: Cast) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    lost = phone.answer(*SELLING[:4])
    assert phone.dial("50") == lost
    assert phone.answer("0").startswith("CON Nyanya: una kg ngapi?"), "the way back is there as well"


def test_what_waits_stands_first_and_the_offer_to_go_on_stays_reachable(
    client: FlaskClient, cast: Cast, db: Database
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    lost = phone.answer(*SELLING[:4])
    shop = Shop(db, cast)
    shop.publish()
    shop.paid_order()
    assert "5kg nyanya" in phone.dial()
    assert "\n50 Endelea" in phone.screen
    assert "\n50 Endelea: kuuza 50kg nyanya" in phone.answer("00")
    phone.answer("3")
    assert "50" not in phone.screen
    assert phone.answer("0", "50") == lost


@pytest.mark.parametrize("answers", [SELLING[:1], SELLING[:2], SELLING[:4], SELLING, (*SELLING, "0", "0")])
def test_a_wiped_redis_is_walked_again_where_nothing_was_changed(
    answers: tuple[str, ...], client: FlaskClient, cast: Cast, redis: "Redis", db: Database
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    shown = phone.answer(*answers)
    redis.flushdb()
    assert phone.post() == shown
    assert listings_in(db) == 0


def test_a_wiped_redis_before_the_yes_does_not_say_yes(
    client: FlaskClient, cast: Cast, redis: "Redis", db: Database
) -> None:
    phone = UssdPhone(client, FARMER)
    home = phone.dial()
    phone.answer(*SELLING)
    redis.flushdb()
    assert phone.answer("1") == home
    assert listings_in(db) == 0
    assert "mazao" in phone.answer("3"), "and the talk goes on from there"


def test_a_wiped_redis_after_the_yes_says_the_same_last_words_and_does_nothing_again(
    client: FlaskClient, cast: Cast, redis: "Redis", db: Database
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    said = phone.answer(*SELLING, "1")
    assert said.startswith("END ")
    redis.flushdb()
    assert phone.post() == said
    assert listings_in(db) == 1


def test_answers_that_cannot_be_read_any_more_are_a_plain_dial(
    client: FlaskClient, cast: Cast, redis: "Redis"
) -> None:
    phone = UssdPhone(client, FARMER)
    home = phone.dial()
    phone.answer("2", "nyanya", "x", "1")
    redis.flushdb()
    assert phone.answer("50") == home


def test_a_secret_is_not_walked_over_and_stands_nowhere(
    client: FlaskClient, cast: Cast, redis: "Redis", db: Database, gateway: Gateway
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order = shop.assigned()
    phone = UssdPhone(client, RIDER)
    first = phone.dial()
    phone.answer("1", "1")
    redis.flushdb()
    code = shop.code(order)
    phone.answer(code)
    assert phone.screen.startswith("CON "), "the code was not taken"
    assert shop.statuses(order)[0] != "delivered"
    assert first
    hoplog.drain(gateway)
    assert not tells(in_redis(redis), code)
    assert not tells(str(rows_of_everything(db)), code)


def rows_of_everything(db: Database) -> list[object]:
    from core.traffic.models import Callback

    with db.read() as tx:
        rows = tx.session.scalars(select(Callback)).all()
        return [(row.request, row.reply, row.changed, row.error) for row in rows]


@pytest.mark.parametrize("text", ["*", "**", "*2", "2*", "0", "00", "98", "99", "1*99", "58*", "50*50"])
def test_odd_suffixes_are_answered(text: str, client: FlaskClient, cast: Cast, db: Database) -> None:
    for msisdn in (FARMER, CUSTOMER, "+254712000888"):
        assert UssdPhone(client, msisdn).dial(text).startswith("CON ")
    with db.read() as tx:
        spoken = tx.session.scalars(select(User.preferred_language).order_by(User.user_id))
        assert list(spoken)[:3] == ["sw", "en", "kikuyu"]
