"""The console's log-in: counted, locked, uniform, forgotten in time (DR-205, DR-210, DR-214, S13, S15)."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from core.audit.models import AuditRow
from core.db import Database
from core.notifications.models import Notification
from core.users import login, passwords
from core.users import service as users
from core.users.errors import (
    AlreadyRegistered,
    EmailTaken,
    LoginLocked,
    PasswordNotNew,
    PasswordTooShort,
    WrongLogin,
)
from core.users.models import LoginAttempt, User, WebSession
from tests.helpers import FixedClock
from tests.proving import proves

PHONE, EMAIL, PASSWORD = "+254712000404", "admin@example.com", "correct horse"
OFFICE = "10.0.0.1"


@pytest.fixture
def admin(db: Database) -> User:
    """One admin with a password of her own."""
    return db.run(
        lambda tx: login.create_admin(tx, msisdn=PHONE, email=EMAIL, password=PASSWORD, one_time=False)
    )


def attempt(db: Database, password: str, *, account: str = PHONE, source: str = OFFICE) -> login.LoginResult:
    return login.log_in(db, account=account, password=password, source=source)


@pytest.mark.parametrize("account", [PHONE, "0712000404", EMAIL, " Admin@Example.com "])
def test_an_admin_signs_in_by_number_or_address(db: Database, admin: User, account: str) -> None:
    assert attempt(db, PASSWORD, account=account) == login.LoginResult(user_id=admin.user_id)


@pytest.mark.parametrize("account", [PHONE, "0799999999", "nobody@example.com", "", "' OR 1=1 --"])
def test_a_wrong_password_and_an_unknown_account_get_the_same_answer_s13(
    db: Database, admin: User, account: str
) -> None:
    result = attempt(db, "wrong horse", account=account)
    assert result.user_id is None
    assert isinstance(result.error, WrongLogin)
    assert result.error.values == {}


@proves("DR-210")
def test_five_failures_in_fifteen_minutes_lock_the_account_and_time_unlocks_it_dr210(
    db: Database, admin: User, clock: FixedClock
) -> None:
    for _ in range(5):
        assert isinstance(attempt(db, "wrong horse").error, WrongLogin)
    locked = attempt(db, PASSWORD)
    assert isinstance(locked.error, LoginLocked)
    assert locked.error.values == {"minutes": 15}
    clock.advance(minutes=15, seconds=1)
    assert attempt(db, PASSWORD).user_id == admin.user_id


@proves("DR-210")
def test_the_owner_of_an_account_hears_once_that_it_was_locked(db: Database, admin: User) -> None:
    for _ in range(8):
        attempt(db, "wrong horse")
        attempt(db, "wrong horse", account="0799999999")
    with db.read() as tx:
        told = tx.session.scalars(select(Notification)).all()
    assert [(one.user_id, one.code, one.values) for one in told] == [
        (admin.user_id, "login_locked", {"minutes": "15"})
    ]


def test_both_spellings_of_an_account_share_one_count(db: Database, admin: User) -> None:
    for spelling in ("0712000404", PHONE, "712000404", "254712000404", "0712-000-404"):
        attempt(db, "wrong horse", account=spelling)
    assert isinstance(attempt(db, PASSWORD).error, LoginLocked)


def test_a_success_forgets_the_failures_before_it(db: Database, admin: User) -> None:
    for _ in range(4):
        attempt(db, "wrong horse")
    assert attempt(db, PASSWORD).user_id == admin.user_id
    with db.read() as tx:
        assert tx.session.scalar(select(func.count()).select_from(LoginAttempt)) == 0


def test_one_address_that_tries_many_accounts_is_locked_as_well_s13(db: Database, admin: User) -> None:
    for number in range(20):
        attempt(db, "wrong horse", account=f"guess{number}@example.com")
    assert isinstance(attempt(db, PASSWORD).error, LoginLocked)
    assert attempt(db, PASSWORD, source="10.0.0.2").user_id == admin.user_id


@proves("DR-214")
def test_a_try_is_counted_before_the_password_is_looked_at_dr214(
    db: Database, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(stored: str, password: str) -> bool:
        raise ConnectionError

    monkeypatch.setattr(db.parts.vault, "password_fits", cut_off)
    with pytest.raises(ConnectionError):
        attempt(db, PASSWORD)
    with db.read() as tx:
        assert tx.session.scalar(select(func.count()).select_from(LoginAttempt)) == 1


def test_parallel_guesses_are_counted_one_by_one_s6(db: Database, admin: User) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: attempt(db, f"wrong horse {n}", source=f"10.0.1.{n}"), range(12)))
    assert sum(isinstance(result.error, WrongLogin) for result in results) == 5
    assert sum(isinstance(result.error, LoginLocked) for result in results) == 7


@proves("DR-210", "DR-1904")
def test_the_log_says_failed_login_with_a_masked_number_and_no_password_dr210(
    db: Database, admin: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "tunda.login"):
        attempt(db, "wrong horse")
        attempt(db, "wrong horse", account="typed my password here")
    assert [record.message for record in caplog.records] == ["Failed login"] * 2
    assert [vars(record)["account"] for record in caplog.records] == ["07******04", "(not a number)"]
    assert "wrong horse" not in str([vars(record) for record in caplog.records])
    with db.read() as tx:
        stored = " ".join(tx.session.scalars(select(LoginAttempt.account)))
    assert "typed" not in stored
    assert "712000404" not in stored


@proves("DR-1801")
def test_a_log_in_is_in_the_audit_trail_dr1801(db: Database, admin: User) -> None:
    attempt(db, PASSWORD)
    with db.read() as tx:
        assert tx.session.scalars(select(AuditRow.what).order_by(AuditRow.audit_id)).all() == [
            "admin.create",
            "login",
        ]


def test_only_active_admins_sign_in(db: Database, admin: User) -> None:
    db.run(lambda tx: setattr(users.get(tx, admin.user_id), "is_active", False))
    assert isinstance(attempt(db, PASSWORD).error, WrongLogin)


def test_a_one_time_password_must_be_changed_and_dies_after_a_week(db: Database, clock: FixedClock) -> None:
    admin = db.run(
        lambda tx: login.create_admin(tx, msisdn=PHONE, email=None, password=PASSWORD, one_time=True)
    )
    assert attempt(db, PASSWORD) == login.LoginResult(user_id=admin.user_id, must_change=True)
    clock.advance(days=7, seconds=1)
    assert isinstance(attempt(db, PASSWORD).error, WrongLogin)


def test_a_second_admin_cannot_take_a_number_or_address_that_is_used(db: Database, admin: User) -> None:
    with pytest.raises(AlreadyRegistered), db.transaction() as tx:
        login.create_admin(tx, msisdn=PHONE, email=None, password=PASSWORD, one_time=False)
    with pytest.raises(EmailTaken), db.transaction() as tx:
        login.create_admin(tx, msisdn="0712000405", email=EMAIL.upper(), password=PASSWORD, one_time=False)
    with pytest.raises(PasswordTooShort), db.transaction() as tx:
        login.create_admin(tx, msisdn="0712000405", email=None, password="1234567", one_time=False)


def test_a_session_is_found_by_its_token_only_and_only_a_digest_is_stored_s15(
    db: Database, admin: User
) -> None:
    token = db.run(lambda tx: login.start_session(tx, admin))
    with db.read() as tx:
        found = login.session_for(tx, token)
        assert found is not None
        assert found[0].user_id == admin.user_id
        assert login.session_for(tx, token[:-1] + "x") is None
        assert token not in str(tx.session.scalars(select(WebSession.session_digest)).all())
    db.run(lambda tx: login.end_session(tx, token))
    with db.read() as tx:
        assert login.session_for(tx, token) is None


def test_a_session_ends_after_thirty_idle_minutes_s15(db: Database, admin: User, clock: FixedClock) -> None:
    token = db.run(lambda tx: login.start_session(tx, admin))
    clock.advance(minutes=29)
    assert db.run(lambda tx: login.session_for(tx, token)) is not None
    clock.advance(minutes=29)
    with db.read() as tx:  # a script that looks for news: the idle clock runs on
        assert login.session_for(tx, token) is not None
    clock.advance(minutes=2)
    assert db.run(lambda tx: login.session_for(tx, token)) is None


def test_a_session_ends_after_twelve_hours_however_busy_s15(
    db: Database, admin: User, clock: FixedClock
) -> None:
    token = db.run(lambda tx: login.start_session(tx, admin))
    for _ in range(36):
        clock.advance(minutes=20)
        assert db.run(lambda tx: login.session_for(tx, token)) is not None
    clock.advance(minutes=1)
    assert db.run(lambda tx: login.session_for(tx, token)) is None


def test_a_session_of_somebody_who_is_no_admin_any_more_is_worth_nothing(db: Database, admin: User) -> None:
    token = db.run(lambda tx: login.start_session(tx, admin))
    db.run(lambda tx: setattr(users.get(tx, admin.user_id), "user_role", "customer"))
    with db.read() as tx:
        assert login.session_for(tx, token) is None


@proves("DR-205")
def test_changing_the_password_needs_the_old_one_and_ends_every_session_dr205(
    db: Database, admin: User
) -> None:
    actor = users.actor_for(admin, "web")
    token = db.run(lambda tx: login.start_session(tx, admin))
    for old, new, refusal in (
        ("wrong horse", "a new password", WrongLogin),
        (PASSWORD, "short", PasswordTooShort),
        (PASSWORD, PASSWORD, PasswordNotNew),
    ):
        with pytest.raises(refusal):
            passwords.change_at_console(db, actor, old=old, new=new, source=OFFICE)
    fresh = passwords.change_at_console(db, actor, old=PASSWORD, new="a new password", source=OFFICE)
    with db.read() as tx:
        assert login.session_for(tx, token) is None
        assert login.session_for(tx, fresh) is not None
    assert isinstance(attempt(db, PASSWORD).error, WrongLogin)
    assert attempt(db, "a new password").user_id == admin.user_id


def test_number_and_address_of_an_account_have_five_tries_together_s13(db: Database, admin: User) -> None:
    for account in (PHONE, EMAIL, "0712000404", EMAIL.upper(), PHONE):
        assert isinstance(attempt(db, "wrong horse", account=account).error, WrongLogin)
    assert isinstance(attempt(db, PASSWORD, account=EMAIL).error, LoginLocked)


def test_dr214_the_old_password_cannot_be_guessed_from_an_open_session(db: Database, admin: User) -> None:
    """Five wrong ones lock it, the right one as well, here and at the door."""
    actor = users.actor_for(admin, "web")
    for _ in range(5):
        with pytest.raises(WrongLogin):
            passwords.change_at_console(db, actor, old="a wrong guess", new="mine from now on", source=OFFICE)
    with pytest.raises(LoginLocked):
        passwords.change_at_console(db, actor, old=PASSWORD, new="mine from now on", source=OFFICE)
    assert isinstance(attempt(db, PASSWORD).error, LoginLocked)
