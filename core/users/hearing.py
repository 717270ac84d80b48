"""What the mobile network says about a number: whose it is, and that it is still in use.

A number that is silent for `phone.reverify_after_days` may have been given to somebody else. Whoever then
comes from it is served, but before money moves proves to be the same person: by the PIN, or through an admin.
"""

from datetime import datetime, timedelta

from sqlalchemy import update

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.events import PersonHeard
from core.users import service as users
from core.users.models import RefreshToken, User

WRITTEN_EVERY = timedelta(days=1)


def vouch(tx: Tx, user: User) -> None:
    """The network has brought something from the person's number; channels it vouches on say so (DR-203).

    A number that somebody registered on the web and never confirmed belongs to whoever holds the phone: it
    counts as verified, and what the other one chose (password, e-mail, open sessions) is taken away.
    """
    if not user.is_verified:
        user.is_verified = True
        user.password_hash = user.email = None
        user.updated_at = tx.now
        revoke_tokens(tx, user.user_id)
        tx.note(f"user:{user.user_id}", "verified by the network")
        user.heard_at = tx.now
    elif is_due(tx, verified=True, heard_at=user.heard_at) and not unheard(tx, user):
        user.heard_at = tx.now
        tx.emit(PersonHeard(user.user_id))


def listen_for(tx: Tx, user: User) -> None:
    """The next thing that comes from her number is noticed, however short ago the last one was (DR-815)."""
    if user.heard_at is not None:
        user.heard_at = min(user.heard_at, tx.now - WRITTEN_EVERY)


def is_due(tx: Tx, *, verified: bool, heard_at: datetime | None) -> bool:
    """Whether there is anything for `vouch` to write; once a day is enough."""
    return not verified or heard_at is None or tx.now - heard_at >= WRITTEN_EVERY


def unheard(tx: Tx, user: User) -> bool:
    """Whether the number was silent for so long that it must be verified again before money moves."""
    last = user.heard_at or user.created_at
    return bool(tx.now - last > timedelta(days=tx.setting("phone.reverify_after_days")))


def heard_again(tx: Tx, user: User) -> None:
    """Somebody has proved to be the same person: the silence no longer matters."""
    user.heard_at = tx.now


def confirm(tx: Tx, actor: Actor, *, user_id: int, reason: str) -> None:
    """An admin has made sure that the number is still this person's (a call, her papers); audited.

    Raises NotAllowed, NotFound.
    """
    users.may(tx, actor, "update", "profile", own=False, user_id=user_id)
    user = users.get(tx, user_id)
    heard_again(tx, user)
    audit.record(tx, actor, what="user.number_confirmed", record=f"user:{user_id}", reason=reason)


def revoke_tokens(tx: Tx, user_id: int) -> None:
    """End every family of refresh tokens of a person, and with them the access tokens (DR-205, DR-209)."""
    tx.session.execute(
        update(RefreshToken)
        .where(RefreshToken.user_id == user_id, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=tx.now)
    )
