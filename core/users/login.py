"""Logging in with a password, for all roles; the console's browser sessions (DR-210, DR-214, S13, S15)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select

from core.actor import Actor, system
from core.audit import service as audit
from core.db import Database, Tx
from core.errors import DomainError
from core.events import LoginGuessed
from core.msisdn import NotKenyanMobile, e164, masked
from core.users import rules
from core.users import service as users
from core.users.errors import AlreadyRegistered, LoginLocked, WrongLogin
from core.users.models import LoginAttempt, User, WebSession

log = logging.getLogger("tunda.login")

STAFF = ("admin",)
ONE_TIME_LIFE = timedelta(days=7)
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=60)
# One address may serve a whole office: it is locked after this many times an account's failures.
SOURCE_FACTOR = 4


@dataclass(frozen=True)
class LoginResult:
    """How a log-in ended: a user id, or WrongLogin or LoginLocked.

    must_change  the password was a one-time password
    """

    user_id: int | None = None
    error: DomainError | None = None
    must_change: bool = False


def create_admin(
    tx: Tx,
    *,
    msisdn: str,
    email: str | None,
    password: str,
    one_time: bool,
    scope: str = "full",
    by: Actor | None = None,
) -> User:
    """Make an admin, for the command line; for an admin core/users/staff.py asks first (DR-202).

    one_time  the password must be changed at the first log-in and is worth nothing after a week
    by        the admin who does it; None on the command line

    Raises NotKenyanMobile, PasswordTooShort, PasswordTooLong, AlreadyRegistered, EmailWrong, EmailTaken.
    """
    number = e164(msisdn)
    rules.check_password(password)
    if users.find(tx, number) is not None:
        raise AlreadyRegistered
    address = users.free_email(tx, email) if email else None
    user = User(
        phone_number=number,
        email=address,
        user_role="admin",
        staff_scope=scope,
        preferred_language="en",
        is_verified=True,
        password_hash=tx.parts.vault.hash_password(password),
        password_expires_at=tx.now + ONE_TIME_LIFE if one_time else None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(user)
    tx.flush()
    audit.record(
        tx,
        by or system("cli"),
        what="admin.create",
        record=f"user:{user.user_id}",
        changes={"staff_scope": [None, scope]},
    )
    return user


def log_in(
    db: Database,
    *,
    account: str,
    password: str,
    source: str,
    roles: Sequence[str] = STAFF,
    channel: str = "web",
) -> LoginResult:
    """Check a password: short transactions with the slow comparison between them (DR-210, DR-214).

    The try is counted and committed before the password is looked at (DR-214), for the account and for the
    address it came from; a success forgets it. An unknown account costs the same time and gets the same
    answer (S13).

    account  a phone number in any spelling, or an e-mail address
    source   the address the browser came from
    roles    who may log in here: the console admits admins only
    """
    user = confirmed(db, _account_name(account), password, source, roles)
    if isinstance(user, DomainError):
        return LoginResult(error=user)
    db.run(
        lambda tx: audit.record(
            tx, users.actor_for(user, channel), what="login", record=f"user:{user.user_id}"
        )
    )
    return LoginResult(user_id=user.user_id, must_change=user.password_expires_at is not None)


def start_session(tx: Tx, user: User) -> str:
    """Open a browser session; returns the cookie's token, of which only a digest is stored (S15)."""
    token = tx.parts.chance.token()
    tx.session.execute(delete(WebSession).where(_too_old(tx)))
    tx.session.add(
        WebSession(
            session_digest=tx.parts.vault.digest("session", token),
            user_id=user.user_id,
            csrf=tx.parts.chance.token(),
            started_at=tx.now,
            seen_at=tx.now,
        )
    )
    return token


def session_for(tx: Tx, token: str) -> tuple[User, WebSession] | None:
    """The admin behind a cookie, or None: unknown, idle for 30 minutes, 12 hours old, or no admin any more.

    In a writing transaction the session counts as seen (once a minute is written); a script that only looks
    for news asks in a reading one, which leaves the idle clock running.
    """
    digests = tx.parts.vault.digests("session", token)
    row = tx.session.execute(
        select(User, WebSession)
        .join(WebSession, WebSession.user_id == User.user_id)
        .where(WebSession.session_digest.in_(digests), User.is_active, User.user_role == "admin")
    ).first()
    if row is None:
        return None
    user, session = row
    if tx.now - session.seen_at > IDLE or tx.now - session.started_at > ABSOLUTE:
        return None
    if tx.now - session.seen_at >= SEEN_EVERY:
        session.seen_at = tx.now
    return user, session


def end_session(tx: Tx, token: str) -> None:
    """Forget a browser session at once (S15)."""
    digests = tx.parts.vault.digests("session", token)
    tx.session.execute(delete(WebSession).where(WebSession.session_digest.in_(digests)))


def confirmed(
    db: Database, name: str, password: str, source: str, roles: Sequence[str]
) -> User | DomainError:
    """The person behind `name` if `password` is theirs, else WrongLogin or LoginLocked; counted (DR-214)."""
    counted = db.run(lambda tx: _count(tx, name, source, roles))
    if isinstance(counted, LoginLocked):
        log.warning("Failed login", extra={"account": _shown(name), "source": source, "why": "locked"})
        return counted
    attempt_id, user = counted
    vault = db.parts.vault
    if user is None or user.password_hash is None:
        vault.hash_password(password)  # as dear as a comparison
        fits = False
    else:
        fits = vault.password_fits(user.password_hash, password)
    if user is None or not fits:
        log.warning("Failed login", extra={"account": _shown(name), "source": source, "why": "wrong"})
        db.run(lambda tx: _tell_of_lock(tx, name, user))
        return WrongLogin()
    db.run(lambda tx: _forget(tx, user, attempt_id))
    return user


def _count(tx: Tx, name: str, source: str, roles: Sequence[str]) -> LoginLocked | tuple[int, User | None]:
    """Count this try; the account's row is locked meanwhile, so that parallel tries count one by one."""
    user = tx.session.scalar(
        select(User)
        .where(or_(User.phone_number == name, User.email == name), User.user_role.in_(roles), User.is_active)
        .with_for_update()
    )
    if user and user.password_expires_at and user.password_expires_at <= tx.now:
        user = None  # a one-time password nobody used in time
    account = _key(tx, user.phone_number if user else name)
    window = timedelta(minutes=tx.setting("auth.login_window_minutes"))
    allowed = int(tx.setting("auth.login_max_failures"))
    since = tx.now - window
    if (
        _failures(tx, LoginAttempt.account == account, since) >= allowed
        or _failures(tx, LoginAttempt.source == source, since) >= allowed * SOURCE_FACTOR
    ):
        return LoginLocked(minutes=tx.setting("auth.login_window_minutes"))
    tx.session.execute(delete(LoginAttempt).where(LoginAttempt.at < tx.now - timedelta(days=1)))
    attempt = LoginAttempt(account=account, source=source, at=tx.now)
    tx.session.add(attempt)
    tx.flush()
    return attempt.attempt_id, user


def _tell_of_lock(tx: Tx, name: str, user: User | None) -> None:
    """The owner hears of it when the last free try was wrong; for nobody's account the same is looked up."""
    account = _key(tx, user.phone_number if user else name)
    minutes = int(tx.setting("auth.login_window_minutes"))
    tries = select(LoginAttempt.attempt_id).where(
        LoginAttempt.account == account, LoginAttempt.at > tx.now - timedelta(minutes=minutes)
    )
    made = tx.session.scalars(tries.order_by(LoginAttempt.attempt_id)).all()
    if user is not None and len(made) >= int(tx.setting("auth.login_max_failures")):
        tx.emit(LoginGuessed(user_id=user.user_id, minutes=minutes, first_id=made[0]))


def _forget(tx: Tx, user: User, attempt_id: int) -> None:
    account = _key(tx, user.phone_number)
    tx.session.execute(
        delete(LoginAttempt).where(
            or_(LoginAttempt.account == account, LoginAttempt.attempt_id == attempt_id)
        )
    )


def _key(tx: Tx, name: str) -> str:
    """Under what tries are counted: the number if there is one, so that an e-mail address gives no more."""
    return tx.parts.vault.digest("login", name)


def _account_name(account: str) -> str:
    try:
        return e164(account)
    except NotKenyanMobile:
        return account.strip().lower()[:255]


def _shown(name: str) -> str:
    """An account as a log may hold it (DR-1904): a masked number; of anything else only that it was typed."""
    return masked(name) if name.startswith("+254") else "(not a number)"


def _failures(tx: Tx, of: ColumnElement[bool], since: datetime) -> int:
    query = select(func.count()).select_from(LoginAttempt).where(of, LoginAttempt.at > since)
    return tx.session.scalar(query) or 0


def _too_old(tx: Tx) -> ColumnElement[bool]:
    return or_(WebSession.seen_at < tx.now - IDLE, WebSession.started_at < tx.now - ABSOLUTE)
