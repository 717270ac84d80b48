"""Signing in, staying in, getting out (DR-205, DR-210, DR-214, S6, S13, S15)."""

import logging
from collections.abc import Callable
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import Database
from core.users import login
from core.users.models import LoginAttempt, User, WebSession
from inbound.gateway import Gateway
from tests.helpers import FixedClock, register_cast
from tests.web.conftest import EMAIL, PASSWORD, PHONE, Browser, app_of
from web.guard import SESSION_COOKIE, safe_next

WRONG = "This number or e-mail and password do not belong together."


def session_cookie(browser: Browser) -> str:
    cookie = browser.client.get_cookie(SESSION_COOKIE, path="/admin")
    return cookie.value if cookie else ""


@pytest.mark.parametrize("account", ["+254712000808", "0712 000-808", "712000808", EMAIL, EMAIL.upper()])
def test_an_admin_signs_in_with_any_spelling_of_her_number_or_her_address(
    admin: User, visitor: Browser, account: str
) -> None:
    answer = visitor.sign_in(account)
    assert (answer.status_code, answer.location) == (303, "/admin/")
    assert "All quiet" in visitor.text("/") or "Today" in visitor.text("/")


def test_whoever_is_not_signed_in_is_sent_to_the_door_and_back_to_the_page_wanted(
    admin: User, visitor: Browser
) -> None:
    sent = visitor.get("/callbacks?kind=sms")
    assert sent.location == "/admin/sign-in?next=/admin/callbacks%3Fkind%3Dsms"
    assert 'name="next" value="/admin/callbacks?kind=sms"' in visitor.text(
        sent.location.removeprefix("/admin")
    )
    answer = visitor.send(
        "/sign-in", "/sign-in", account=PHONE, password=PASSWORD, next="/admin/callbacks?kind=sms"
    )
    assert answer.location == "/admin/callbacks?kind=sms"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/admin/",
        "//evil.example/admin/",
        "/admin/\\evil",
        "javascript:alert(1)",
        "/other",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(address: str) -> None:
    assert safe_next(address) == ""


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(admin: User, visitor: Browser) -> None:
    for account in (PHONE, "0712999999", "nobody@example.com", "", "x" * 5000):
        answer = visitor.sign_in(account, "wrong password")
        assert answer.status_code == 401
        assert WRONG in answer.text


def test_farmers_customers_and_riders_have_no_way_in(db: Database, visitor: Browser) -> None:
    cast = register_cast(db)
    for person in (cast.farmer, cast.customer, cast.rider):
        assert visitor.sign_in(person.phone, "").status_code == 401


def test_five_failures_lock_the_account_for_fifteen_minutes_whoever_knows_the_password(
    admin: User, visitor: Browser, new_browser: Callable[[], Browser], clock: FixedClock
) -> None:
    for _ in range(5):
        assert visitor.sign_in(PHONE, "wrong").status_code == 401
    locked = new_browser().sign_in()
    assert locked.status_code == 429
    assert "Too many tries. Wait 15 minutes" in locked.text
    clock.advance(minutes=16)
    assert visitor.sign_in().status_code == 303


def test_an_unknown_account_is_locked_with_the_same_words(admin: User, visitor: Browser) -> None:
    answers = [visitor.sign_in("0712999999", "wrong") for _ in range(6)]
    assert [a.status_code for a in answers] == [401] * 5 + [429]


def test_failures_are_counted_in_the_database_and_logged_with_a_masked_number(
    admin: User, visitor: Browser, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "tunda.login"):
        visitor.sign_in(PHONE, "a very wrong password")
    with db.read() as tx:
        assert tx.session.scalar(select(func.count(LoginAttempt.attempt_id))) == 1
    assert [r.message for r in caplog.records] == ["Failed login"]
    told = str(caplog.records[0].__dict__)
    assert "07******08" in told
    assert "712000808" not in told
    assert "wrong password" not in told


def test_the_cookie_is_for_this_console_only_and_out_of_reach_of_scripts(
    admin: User, visitor: Browser
) -> None:
    cookies = SimpleCookie()
    for header in visitor.sign_in().headers.getlist("Set-Cookie"):
        cookies.load(header)
    cookie = cookies[SESSION_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/admin")
    assert not cookie["secure"]
    assert not cookie["max-age"]
    assert not cookie["expires"]


def test_behind_https_the_cookie_is_secure_and_the_browser_is_told_to_stay_there(
    admin: User, gateway: Gateway
) -> None:
    config = gateway.config.model_copy(update={"public_url": "https://gateway.example"})
    served = app_of(Gateway(config, gateway.db, gateway.redis, gateway.parts, gateway.voice))
    client = served.test_client()
    answer = client.get("/admin/sign-in", base_url="https://gateway.example")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_signing_in_gives_a_new_session_and_forgets_the_former_one(
    browser: Browser, console_app: Flask, db: Database
) -> None:
    former = session_cookie(browser)
    browser.client.delete_cookie("tunda_console", path="/admin")
    browser.client.set_cookie("tunda_console", "fixed-by-a-stranger", path="/admin")
    browser.sign_in()
    assert session_cookie(browser) not in ("", former, "fixed-by-a-stranger")
    with db.read() as tx:
        stored = tx.session.scalars(select(WebSession.session_digest)).all()
    assert session_cookie(browser) not in stored


def test_after_signing_out_the_old_cookie_is_worth_nothing(
    browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    token = session_cookie(browser)
    assert browser.send("/", "/sign-out").location == "/admin/sign-in"
    thief = new_browser()
    thief.client.set_cookie(SESSION_COOKIE, token, path="/admin")
    assert thief.get("/").status_code == 303


def test_a_session_ends_after_thirty_idle_minutes(browser: Browser, clock: FixedClock) -> None:
    clock.advance(minutes=29)
    assert browser.get("/").status_code == 200
    clock.advance(minutes=29)
    assert browser.get("/").status_code == 200
    clock.advance(minutes=31)
    assert browser.get("/").status_code == 303


def test_a_page_that_looks_for_news_does_not_keep_a_session_alive(
    browser: Browser, clock: FixedClock
) -> None:
    for _ in range(3):
        clock.advance(minutes=10)
        assert browser.get("/callbacks/rows?after=0").status_code == 200
    clock.advance(minutes=1)
    answer = browser.get("/callbacks/rows?after=0")
    assert (answer.status_code, answer.text) == (401, "signed out")


def test_a_session_ends_after_twelve_hours_however_busy(browser: Browser, clock: FixedClock) -> None:
    for _ in range(12 * 3):
        clock.advance(minutes=20)
        assert browser.get("/").status_code == 200
    clock.advance(minutes=1)
    assert browser.get("/").status_code == 303


def test_a_one_time_password_opens_nothing_but_the_page_that_changes_it(
    db: Database, visitor: Browser
) -> None:
    db.run(lambda tx: login.create_admin(tx, msisdn=PHONE, email=None, password="once only", one_time=True))
    assert visitor.sign_in(PHONE, "once only").location == "/admin/password"
    for path in ("/", "/callbacks", "/orders", "/vehicles"):
        assert visitor.get(path).location == "/admin/password"
    assert "works once" in visitor.text("/password")
    before = session_cookie(visitor)
    answer = visitor.send("/password", "/password", old="once only", new="my own words", again="my own words")
    assert answer.location == "/admin/?done=password"
    assert session_cookie(visitor) != before
    assert "Your password is changed" in visitor.text("/?done=password")


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("not the old", "a new password", "a new password", "The present password is not right."),
        (PASSWORD, "short", "short", "needs 8 characters or more"),
        (PASSWORD, PASSWORD, PASSWORD, "must differ from the present one"),
        (PASSWORD, "a new password", "another word", "The two new passwords differ."),
    ],
)
def test_a_password_that_cannot_be_changed_says_why_and_stays(
    browser: Browser, old: str, new: str, again: str, said: str
) -> None:
    answer = browser.send("/password", "/password", old=old, new=new, again=again)
    assert answer.status_code == 400
    assert said in answer.text
    assert browser.get("/").status_code == 200


def test_changing_the_password_signs_out_every_other_browser(
    browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    other = new_browser()
    other.sign_in()
    browser.send("/password", "/password", old=PASSWORD, new="a new password", again="a new password")
    assert browser.get("/").status_code == 200
    assert other.get("/").status_code == 303


def test_an_admin_switched_off_is_out_at_once(browser: Browser, admin: User, db: Database) -> None:
    def switch_off(tx: object) -> None:
        tx.session.get(User, admin.user_id).is_active = False  # type: ignore[attr-defined]

    db.run(switch_off)
    assert browser.get("/").status_code == 303
