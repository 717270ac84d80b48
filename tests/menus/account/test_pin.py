"""The PIN on the keypad: kept nowhere, counted once, nothing behind it to come back to (DR-207, DR-214)."""

import re
from collections.abc import Iterator
from typing import Any
from typing import cast as typed

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import MetaData, select

from core.db import Database
from core.users.models import PayeeNumber, Pin, User
from inbound.gateway import Gateway
from tests.helpers import FARMER, Cast, FixedClock
from tests.menus.happenings.account import choose_pin
from tests.proving import proves
from tests.ussd.phone import UssdPhone

TO_NAME = ("9", "3", "1", "1", "Wanjiru")  # home -> her first name, corrected: the PIN is asked
TO_PIN = ("9", "3", "2")
PINS = ("4826", "8264", "2580", "7391")


@pytest.fixture
def phone(client: FlaskClient, cast: Cast) -> UssdPhone:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    return phone


def kept(db: Database) -> Pin:
    with db.read() as tx:
        found = tx.session.scalars(select(Pin)).one()
        tx.session.expunge(found)
        return found


def name(db: Database) -> str:
    with db.read() as tx:
        return str(tx.session.scalar(select(User.first_name).where(User.phone_number == FARMER)))


def everything(db: Database, redis: Redis) -> Iterator[tuple[str, str]]:
    """All that is stored: every value of every table, every key and value of Redis."""
    tables = MetaData()
    tables.reflect(db.engine)
    with db.engine.connect() as connection:
        for table in tables.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                yield from ((f"{table.name}.{column}", str(value)) for column, value in row.items())
    for key in redis.scan_iter():
        read: dict[bytes, Any] = {
            b"hash": redis.hgetall,
            b"list": lambda name: redis.lrange(name, 0, -1),
            b"string": redis.get,
        }
        kind = typed(Any, redis).type(key)
        yield key.decode(), str(read[kind](key))


@proves("DR-207", "DR-1904")
def test_a_known_pin_is_found_nowhere_however_it_was_typed(
    phone: UssdPhone, db: Database, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    phone.answer(*TO_PIN, "4826", "8264", "4826", "4826")  # mistyped, then chosen
    phone.answer("00", *TO_NAME, "2580", "4826")  # wrong, then right
    phone.answer("00", *TO_PIN, "1", "7391 7391", "2580", "4826")  # changed, the old one wrong at first
    phone.answer("00", *TO_NAME, "7391")
    assert "corrected" in phone.screen
    phone.post()
    found = re.compile(rf"(?<![0-9A-Za-z+/=_.-])(?:{'|'.join(PINS)})(?![0-9A-Za-z+/=_.-])")
    stored = dict(everything(db, gateway.redis))
    assert len(stored) > 100
    assert [where for where, value in stored.items() if found.search(value)] == []
    said = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert [line for line in said if found.search(line)] == []
    assert found.search("1*4826"), "the search would find it"


@proves("DR-214")
def test_a_repeated_hop_counts_once_and_another_try_is_another_one(phone: UssdPhone, db: Database) -> None:
    choose_pin(db, FARMER, "4826")
    phone.answer(*TO_NAME, "2580")
    for _again in range(3):
        assert "Tries left: 2." in phone.post()
    assert kept(db).attempts == 1
    assert "Tries left: 1." in phone.answer("2580"), "the same wrong PIN on another hop is another try"
    assert "Wait 30 minutes" in phone.answer("2580")
    assert "Wait 30 minutes" in phone.post()
    assert name(db) == "Wanjiku"


@proves("DR-214")
def test_a_right_pin_repeated_does_the_act_once(phone: UssdPhone, db: Database) -> None:
    choose_pin(db, FARMER, "4826")
    screen = phone.answer(*TO_NAME, "4826")
    assert phone.post() == screen
    assert name(db) == "Wanjiru"
    assert kept(db).attempts == 0


@proves("DR-207")
def test_whoever_drops_at_the_pin_is_offered_nothing_past_it(
    client: FlaskClient, phone: UssdPhone, db: Database
) -> None:
    choose_pin(db, FARMER, "4826")
    assert "PIN" in phone.answer(*TO_NAME)
    lost = phone.text
    again = UssdPhone(client, FARMER)
    again.dial()
    key = next(line.split()[0] for line in again.screen.splitlines() if "Continue: your account" in line)
    assert "Your Tunda PIN" in again.answer(key), "at the PIN, never past it"
    # The text of a dial that nobody remembers walks to no PIN either, and does nothing.
    foreign = UssdPhone(client, FARMER)
    foreign.dial()
    foreign.text, foreign.session = f"{lost}*4826", "ATUid_" + "9" * 32
    assert "PIN" not in foreign.post()
    assert name(db) == "Wanjiku"


@proves("DR-207")
def test_three_locks_in_a_day_close_it_and_lead_to_our_staff(
    client: FlaskClient, phone: UssdPhone, db: Database, clock: FixedClock
) -> None:
    choose_pin(db, FARMER, "4826")
    for _lock in range(3):
        phone.dial()
        phone.answer(*TO_NAME, "2580", "2580", "2580")
        clock.advance(minutes=31)
    assert "closed" in phone.screen
    phone.dial()
    assert "closed" in phone.answer(*TO_NAME), "it is said before anything is typed"
    assert "1 Ask us something" in phone.answer("1")
    assert "closed" in phone.answer("00", *TO_PIN)


BAD = {
    "": "Nothing came",
    "   ": "Nothing came",
    "123": "A PIN is 4 digits",
    "12345": "A PIN is 4 digits",
    "12a4": "A PIN is 4 digits",
    "\u0664\u0668\u0662\u0666": "A PIN is 4 digits",
    "-482": "A PIN is 4 digits",
    "48*26": "One answer only",
    "9" * 200: "Too long",
}


@pytest.mark.parametrize("typed", BAD)
def test_what_is_no_pin_is_no_try(typed: str, phone: UssdPhone, db: Database) -> None:
    choose_pin(db, FARMER, "4826")
    phone.answer(*TO_NAME)
    assert BAD[typed] in phone.answer(typed)
    assert kept(db).attempts == 0


@pytest.mark.parametrize("easy", ["0000", "1111", "1212", "1234", "9876", "8901"])
def test_an_easy_pin_is_refused_kindly_before_it_is_typed_twice(easy: str, phone: UssdPhone) -> None:
    assert "too easy" in phone.answer(*TO_PIN, easy)
    assert "once more" in phone.answer("4826")


def test_a_pin_may_be_typed_with_spaces(phone: UssdPhone, db: Database) -> None:
    choose_pin(db, FARMER, "4826")
    assert "corrected" in phone.answer(*TO_NAME, "48 26")


@proves("DR-208")
def test_a_number_named_with_the_first_pin_waits_and_the_act_counts_once(
    phone: UssdPhone, db: Database
) -> None:
    phone.answer("9", "3", "3", "1", "0712345678", "1", "4826")
    screen = phone.answer("4826")
    assert phone.post() == screen
    with db.read() as tx:
        named = tx.session.scalars(select(PayeeNumber)).all()
        assert [(n.purpose, (n.starts_at - n.named_at).days) for n in named] == [("payout", 3)]
        assert "0712345678" not in str([vars(n) for n in named])
