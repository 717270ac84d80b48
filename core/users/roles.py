"""Which role a person has, and who may change it (DR-201, DR-202)."""

from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.events import RoleChanged, WorkSought
from core.permissions import ROLES
from core.users import passwords, staff_locks
from core.users import service as users
from core.users.errors import RoleFixed, UnknownRole, WorkOpen
from core.users.models import User


def choose(tx: Tx, actor: Actor, *, role: str) -> None:
    """The person herself becomes customer, farmer or rider; until her first order, listing or delivery.

    Choosing the present role changes nothing. Raises UnknownRole (also for admin, DR-202), RoleFixed, and
    what users.may raises. Emits RoleChanged.
    """
    user = users.may(tx, actor, "update", "profile", own=True, verified=False)
    if role not in users.OPEN_ROLES or user.user_role not in users.OPEN_ROLES:
        raise UnknownRole(role=role)
    if role == user.user_role:
        return
    if _work(tx, user).ever:
        raise RoleFixed
    _change(tx, actor, user, role)


def change(tx: Tx, actor: Actor, *, user_id: int, role: str, reason: str = "") -> None:
    """An admin gives a person another role, any of the four; audited (DR-201, DR-1801).

    Raises UnknownRole, WorkOpen (open), LastAdmin, NotAllowed, NotFound. Emits RoleChanged.
    """
    users.may(tx, actor, "update", "profile", own=False, user_id=user_id)
    if role not in ROLES:
        raise UnknownRole(role=role)
    user = users.get(tx, user_id)
    if role == user.user_role:
        return
    work = _work(tx, user)
    if work.open:
        raise WorkOpen(open=work.open)
    if user.user_role == "admin":
        staff_locks.another_full_admin(tx, user)
    passwords.end_sessions(tx, user_id)
    _change(tx, actor, user, role, reason)


def _work(tx: Tx, user: User) -> WorkSought:
    asked = WorkSought(user_id=user.user_id)
    tx.emit(asked)
    return asked


def _change(tx: Tx, actor: Actor, user: User, role: str, reason: str = "") -> None:
    old = user.user_role
    user.user_role = role
    user.updated_at = tx.now
    record = f"user:{user.user_id}"
    audit.record(
        tx, actor, what="user.role", record=record, changes={"user_role": [old, role]}, reason=reason
    )
    tx.note(record, f"{old} -> {role}")
    tx.emit(RoleChanged(user_id=user.user_id, old=old, new=role, actor=actor))
