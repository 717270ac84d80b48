"""Codes by SMS: paced, short-lived, single, hashed, counted before they are compared (DR-203, 204, 214)."""

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.db import Database, Tx
from core.errors import DomainError
from core.listings import service as listings
from core.msisdn import NotKenyanMobile
from core.notifications.models import Notification
from core.outbox.models import OutboxMessage
from core.users import login, otp
from core.users import service as users
from core.users.errors import (
    NotVerified,
    OtpGone,
    OtpTooMany,
    OtpTooSoon,
    OtpWrong,
    PasswordTooShort,
    WrongLogin,
)
from core.users.models import OneTimeCode
from tests.helpers import FixedClock, Person
from tests.proving import proves
from tests.users.people import PASSWORD, fresh, register


@pytest.fixture
def njeri(db: Database) -> Person:
    """Somebody who has registered on the web and is not verified yet."""
    return register(db, role="farmer", channel="web")


def ask(db: Database, person: Person, purpose: str = otp.VERIFY) -> None:
    db.run(lambda tx: otp.ask(tx, msisdn=person.phone, purpose=purpose))


def texted(db: Database) -> str:
    """Have the newest code's SMS made, as sms/relay.py does; returns the code in clear."""

    def make(tx: Tx) -> str:
        newest = tx.session.scalars(select(func.max(OneTimeCode.otp_id))).one()
        return otp.code_for(tx, int(newest))

    return db.run(make)


def verify(db: Database, person: Person, code: str, once: str = "") -> str:
    """What a try comes to: "" or the refusal's code."""
    verify.count += 1  # type: ignore[attr-defined]
    try:
        key = once or f"req-{verify.count}"  # type: ignore[attr-defined]
        otp.verify_number(db, person.actor, code=code, once_key=key)
    except DomainError as error:
        return error.code
    return ""


verify.count = 0  # type: ignore[attr-defined]


def other_than(code: str) -> str:
    return "000000" if code != "000000" else "111111"


@proves("DR-203")
def test_the_right_code_verifies_a_number_once(db: Database, njeri: Person) -> None:
    ask(db, njeri)
    code = texted(db)
    assert len(code) == 6
    assert code.isdigit()
    assert verify(db, njeri, f" {code} ") == ""
    with db.read() as tx:
        assert fresh(tx, njeri).is_verified
    assert verify(db, njeri, "anything") == "", "verified already: nothing to do"
    with pytest.raises(OtpGone):
        otp.redeem(
            db, msisdn=njeri.phone, purpose=otp.VERIFY, code=code, once_key="x", then=lambda tx, user: None
        )


@proves("DR-204")
def test_the_unverified_may_not_list_and_the_verified_may(db: Database, cast: object, njeri: Person) -> None:
    def publish(tx: Tx) -> object:
        return listings.publish(
            tx, njeri.actor, farm_id=1, product_id=1, unit="kg", quantity=Decimal(5), price=Decimal(80)
        )

    with pytest.raises(NotVerified):
        db.run(publish)
    ask(db, njeri)
    assert verify(db, njeri, texted(db)) == ""
    with pytest.raises(DomainError) as caught:  # it is not her farm, but she is heard
        db.run(publish)
    assert not isinstance(caught.value, NotVerified)


@proves("DR-203")
def test_a_code_lives_ten_minutes(db: Database, njeri: Person, clock: FixedClock) -> None:
    ask(db, njeri)
    code = texted(db)
    clock.advance(minutes=9, seconds=59)
    assert verify(db, njeri, other_than(code)) == "users.otp_wrong"
    clock.advance(seconds=1)
    assert verify(db, njeri, code) == "users.otp_gone"


@proves("DR-203")
def test_five_wrong_tries_end_a_code(db: Database, njeri: Person, clock: FixedClock) -> None:
    ask(db, njeri)
    code = texted(db)
    wrong = [f"{number:06d}" for number in range(10) if f"{number:06d}" != code][:5]
    said = [verify(db, njeri, one) for one in wrong]
    assert said == ["users.otp_wrong"] * 4 + ["users.otp_gone"]
    assert verify(db, njeri, code) == "users.otp_gone"
    clock.advance(seconds=60)
    ask(db, njeri)
    assert verify(db, njeri, texted(db)) == ""


@proves("DR-214", "DR-203")
def test_a_try_too_many_is_not_compared_when_it_is_repeated(db: Database, njeri: Person) -> None:
    """Else whoever says every guess twice under one key has as many as he likes."""
    ask(db, njeri)
    code = texted(db)
    for one in [f"{number:06d}" for number in range(10) if f"{number:06d}" != code][:5]:
        verify(db, njeri, one)
    assert [verify(db, njeri, code, "mine") for _ in range(3)] == ["users.otp_gone"] * 3
    with db.read() as tx:
        assert not fresh(tx, njeri).is_verified


@proves("DR-203")
def test_the_next_code_comes_after_a_minute_and_ends_the_one_before(
    db: Database, njeri: Person, clock: FixedClock
) -> None:
    ask(db, njeri)
    first = texted(db)
    clock.advance(seconds=20)
    with pytest.raises(OtpTooSoon) as caught:
        ask(db, njeri)
    assert caught.value.values == {"count": 40}
    clock.advance(seconds=40)
    ask(db, njeri)
    second = texted(db)
    assert verify(db, njeri, first) == "users.otp_wrong"
    assert verify(db, njeri, second) == ""


@proves("DR-203")
def test_five_codes_a_day_are_all(db: Database, njeri: Person, clock: FixedClock) -> None:
    for _ in range(5):
        ask(db, njeri)
        clock.advance(minutes=2)
    with pytest.raises(OtpTooMany):
        ask(db, njeri)
    with pytest.raises(OtpTooMany):
        ask(db, njeri, otp.PASSWORD)
    clock.advance(hours=24)
    ask(db, njeri)


@proves("DR-203")
def test_a_code_is_in_no_table_and_only_its_keyed_digest_is_kept(db: Database, njeri: Person) -> None:
    """S24: the row, the outbox, the app's copies: none holds the code."""
    ask(db, njeri)
    with db.read() as tx:
        assert tx.session.scalars(select(OneTimeCode.digest)).all() == [""], "drawn when the SMS is made"
    code = texted(db)
    with db.read() as tx:
        row = tx.session.scalars(select(OneTimeCode)).one()
        message = tx.session.scalars(select(OutboxMessage)).one()
        assert tx.session.scalars(select(Notification)).all() == []
    assert message.values == {"otp": {"secret": f"otp:{row.otp_id}"}, "minutes": "10"}
    assert (message.expires_at - message.not_before).total_seconds() == 600
    assert row.digest == db.parts.vault.digest("otp", f"{row.otp_id}\0{code}")
    assert code not in json.dumps(message.values)


@proves("DR-214")
def test_a_wrong_code_is_counted_before_it_is_compared_and_a_repeat_once(db: Database, njeri: Person) -> None:
    ask(db, njeri)
    wrong = other_than(texted(db))
    assert {verify(db, njeri, wrong, "req-a") for _ in range(7)} == {"users.otp_wrong"}
    with db.read() as tx:
        assert tx.session.scalars(select(OneTimeCode.attempts)).one() == 1


def test_parallel_guesses_are_counted_one_by_one(db: Database, njeri: Person) -> None:
    ask(db, njeri)
    code = texted(db)
    guesses = [f"{number:06d}" for number in range(20) if f"{number:06d}" != code][:12]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda guess: verify(db, njeri, guess), guesses))
    with db.read() as tx:
        assert tx.session.scalars(select(OneTimeCode.attempts)).one() == 5


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "' OR 1=1", "\0"])
def test_what_is_no_code_is_a_wrong_code(db: Database, njeri: Person, code: str) -> None:
    ask(db, njeri)
    texted(db)
    assert verify(db, njeri, code) == "users.otp_wrong"


def test_without_an_sms_made_no_code_is_right(db: Database, njeri: Person) -> None:
    ask(db, njeri)
    assert verify(db, njeri, "") == "users.otp_wrong"


def test_a_code_for_one_thing_is_none_for_another(db: Database, njeri: Person) -> None:
    ask(db, njeri, otp.PASSWORD)
    assert verify(db, njeri, texted(db)) == "users.otp_gone"


def test_nobody_learns_whether_a_number_is_with_us_s13(db: Database, clock: FixedClock) -> None:
    """Unknown, switched off, verified already: no SMS, and the same answers as for anybody."""
    off = register(db)
    db.run(lambda tx: setattr(users.get(tx, off.id), "is_active", False))
    known = register(db)
    asked = [(off.phone, otp.PASSWORD), (known.phone, otp.VERIFY), ("+254799999999", otp.PASSWORD)]
    for number, purpose in asked:
        db.run(lambda tx, n=number, p=purpose: otp.ask(tx, msisdn=n, purpose=p))  # type: ignore[misc]
        with pytest.raises(OtpTooSoon):
            db.run(lambda tx, n=number, p=purpose: otp.ask(tx, msisdn=n, purpose=p))  # type: ignore[misc]
        with pytest.raises(OtpWrong):
            otp.redeem(
                db, msisdn=number, purpose=purpose, code="123456", once_key="r", then=lambda tx, user: None
            )
    with db.read() as tx:
        assert tx.session.scalars(select(OutboxMessage)).all() == []


@pytest.mark.parametrize("number", ["", "abc", "+255712000101"])
def test_what_is_no_number_is_sent_no_code(db: Database, number: str) -> None:
    with pytest.raises(NotKenyanMobile), db.transaction() as tx:
        otp.ask(tx, msisdn=number, purpose=otp.VERIFY)


def test_a_forgotten_password_is_replaced_against_a_code(db: Database, njeri: Person) -> None:
    ask(db, njeri, otp.PASSWORD)
    code = texted(db)
    with pytest.raises(PasswordTooShort):
        otp.reset_password(db, msisdn=njeri.phone, code=code, new="short", once_key="a")
    otp.reset_password(db, msisdn="0" + njeri.phone[4:], code=code, new="a new password", once_key="b")

    def attempt(password: str) -> login.LoginResult:
        return login.log_in(
            db, account=njeri.phone, password=password, source="10.0.0.1", roles=("farmer",), channel="api"
        )

    assert attempt("a new password").user_id == njeri.id
    assert isinstance(attempt(PASSWORD).error, WrongLogin)
