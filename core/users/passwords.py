"""Passwords: changed against the old one, which ends every session elsewhere (DR-205)."""

from sqlalchemy import delete

from core.actor import Actor
from core.audit import service as audit
from core.db import Database, Tx
from core.errors import DomainError
from core.permissions import ROLES
from core.users import hearing, login, rules
from core.users import service as users
from core.users.errors import PasswordNotNew
from core.users.models import User, WebSession


def change(db: Database, actor: Actor, *, old: str, new: str, source: str) -> None:
    """Give the actor a new password, whatever the role; refresh tokens and browser sessions end (DR-205).

    A wrong old password counts as a wrong log-in does: a browser left open is no place to guess it (DR-214).
    Raises WrongLogin, LoginLocked, PasswordTooShort, PasswordTooLong, PasswordNotNew, and what users.may
    raises.
    """
    with db.read() as tx:
        name = _changer(tx, actor).phone_number
    known = login.confirmed(db, name, old, source, ROLES)
    if isinstance(known, DomainError):
        raise known
    rules.check_password(new)
    if new == old:
        raise PasswordNotNew
    hashed = db.parts.vault.hash_password(new)
    db.run(lambda tx: set_password(tx, actor, _changer(tx, actor), hashed))


def change_at_console(db: Database, actor: Actor, *, old: str, new: str, source: str) -> str:
    """As `change`, and open a browser session in place of those that end; returns its token (S15)."""
    change(db, actor, old=old, new=new, source=source)
    return db.run(lambda tx: login.start_session(tx, _changer(tx, actor)))


def set_password(tx: Tx, actor: Actor, user: User, hashed: str) -> None:
    """Keep a password that is hashed already; whoever is signed in as `user` no longer is. Audited."""
    user.password_hash = hashed
    user.password_expires_at = None
    user.updated_at = tx.now
    end_sessions(tx, user.user_id)
    audit.record(tx, actor, what="password.change", record=f"user:{user.user_id}")


def end_sessions(tx: Tx, user_id: int) -> None:
    """End every browser session and every family of tokens of a person."""
    tx.session.execute(delete(WebSession).where(WebSession.user_id == user_id))
    hearing.revoke_tokens(tx, user_id)


def _changer(tx: Tx, actor: Actor) -> User:
    return users.may(tx, actor, "update", "profile", own=True, verified=False)
