"""What admins do with people's accounts: make and narrow admins, find people, switch accounts off and on
(DR-202, DR-209, DR-222)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from core import pages
from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.events import UserDeactivated
from core.msisdn import NotKenyanMobile, e164, masked
from core.permissions import ROLES, STAFF_SCOPES
from core.users import login, passwords, staff_locks
from core.users import service as users
from core.users.errors import UnknownRole, UnknownScope
from core.users.models import User


@dataclass(frozen=True)
class PersonInList:
    """A person as a list shows her: the number masked, since whoever opens the profile is audited."""

    user_id: int
    phone_number: str
    first_name: str
    last_name: str
    user_role: str
    is_active: bool
    is_verified: bool
    created_at: datetime


def create_admin(
    tx: Tx, actor: Actor, *, msisdn: str, email: str | None, password: str, scope: str = "full"
) -> User:
    """An admin makes another one, with a one-time password (DR-202); audited.

    Raises UnknownScope, NotAllowed, NotFound, and what login.create_admin raises.
    """
    users.may(tx, actor, "create", "profile", own=False)
    _check_scope(scope)
    return login.create_admin(
        tx, msisdn=msisdn, email=email, password=password, one_time=True, scope=scope, by=actor
    )


def set_scope(tx: Tx, actor: Actor, *, user_id: int, scope: str, reason: str = "") -> None:
    """What an admin may from now on: full, support or auditor (DR-222); audited.

    The present scope changes nothing. Raises UnknownScope, UnknownRole (no admin), LastAdmin, NotAllowed,
    NotFound.
    """
    users.may(tx, actor, "update", "profile", own=False, user_id=user_id)
    _check_scope(scope)
    user = users.get(tx, user_id)
    if user.user_role != "admin":
        raise UnknownRole(role=user.user_role)
    if user.staff_scope == scope:
        return
    staff_locks.another_full_admin(tx, user)
    old, user.staff_scope = user.staff_scope, scope
    user.updated_at = tx.now
    record, changes = f"user:{user_id}", {"staff_scope": [old, scope]}
    audit.record(tx, actor, what="admin.scope", record=record, changes=changes, reason=reason)
    tx.note(record, f"{old} -> {scope}")


def deactivate(tx: Tx, actor: Actor, *, user_id: int, reason: str) -> None:
    """Switch an account off: nothing more on any channel, all sessions end, listings go inactive (DR-209).

    Money rows and open orders stay; whoever is off already stays off. Audited. Raises LastAdmin, NotAllowed,
    NotFound. Emits UserDeactivated.
    """
    users.may(tx, actor, "delete", "profile", own=False, user_id=user_id)
    user = users.get(tx, user_id)
    if not user.is_active:
        return
    staff_locks.another_full_admin(tx, user)
    passwords.end_sessions(tx, user_id)
    _switch(tx, actor, user, on=False, reason=reason)
    tx.emit(UserDeactivated(user_id=user_id, actor=actor))


def reactivate(tx: Tx, actor: Actor, *, user_id: int, reason: str) -> None:
    """Switch an account on again; listings stay inactive until their farmer brings them back. Audited.

    Raises NotAllowed, NotFound.
    """
    users.may(tx, actor, "update", "profile", own=False, user_id=user_id)
    user = users.get(tx, user_id)
    if user.is_active:
        return
    _switch(tx, actor, user, on=True, reason=reason)


def search(tx: Tx, actor: Actor, *, text: str = "", role: str = "", page: int = 1) -> Sequence[PersonInList]:
    """People, the newest first, `api.page_size` at a time; admins only.

    text  a phone number in any spelling, or the beginning of a name or e-mail address; empty: everybody
    role  only these; empty: all

    Raises UnknownRole, BadPage, NotAllowed, NotFound.
    """
    users.may(tx, actor, "read", "profile", own=False)
    query = select(User).order_by(User.user_id.desc())
    if role:
        if role not in ROLES:
            raise UnknownRole(role=role)
        query = query.where(User.user_role == role)
    if text.strip():
        query = query.where(_meant(text.strip()))
    return [_in_list(user) for user in tx.session.scalars(pages.cut(tx, query, page))]


def _meant(text: str) -> ColumnElement[bool]:
    try:
        return User.phone_number == e164(text)
    except NotKenyanMobile:
        return or_(
            User.first_name.istartswith(text, autoescape=True),
            User.last_name.istartswith(text, autoescape=True),
            User.email.istartswith(text, autoescape=True),
        )


def _in_list(user: User) -> PersonInList:
    return PersonInList(
        user_id=user.user_id,
        phone_number=masked(user.phone_number),
        first_name=user.first_name,
        last_name=user.last_name,
        user_role=user.user_role,
        is_active=user.is_active,
        is_verified=user.is_verified,
        created_at=user.created_at,
    )


def _switch(tx: Tx, actor: Actor, user: User, *, on: bool, reason: str) -> None:
    user.is_active = on
    user.updated_at = tx.now
    what = "user.reactivate" if on else "user.deactivate"
    record = f"user:{user.user_id}"
    audit.record(tx, actor, what=what, record=record, changes={"is_active": [not on, on]}, reason=reason)
    tx.note(record, "active" if on else "inactive")


def _check_scope(scope: str) -> None:
    if scope not in STAFF_SCOPES:
        raise UnknownScope(scope=scope)
