"""A person's data: asked for, exported, erased (DR-1902).

The person proves herself with her PIN (`export_own`, `erase_own`); an admin may do it for anybody, audited.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.actor import Actor
from core.alarms import service as alarms
from core.audit import service as audit
from core.db import Database, Tx
from core.privacy import dials, rows, standing
from core.privacy.columns import ERASED
from core.privacy.errors import RequestKindUnknown, StillOpen
from core.privacy.models import PrivacyRequest
from core.users import pins
from core.users import service as users
from core.users.models import User

KINDS = ("export", "erasure")
_FLAGS = (
    "sms_notifications",
    "email_notifications",
    "marketing_notifications",
    "order_updates",
    "weather_alerts",
    "price_alerts",
)


@dataclass(frozen=True)
class RequestView:
    """A request that waits for us; `overdue` once the clock has run out."""

    request_id: int
    user_id: int
    kind: str
    asked_at: datetime
    due_at: datetime
    overdue: bool


def ask(tx: Tx, actor: Actor, *, kind: str) -> RequestView:
    """The person asks for her data ("export") or its "erasure": the clock of `privacy.request_days` starts.

    Asked already: the same request. Raises NotAllowed, RequestKindUnknown.
    """
    user = users.may(tx, actor, "read", "personal_data", own=True, verified=False)
    if kind not in KINDS:
        raise RequestKindUnknown(kind=kind)
    open_for = f"{kind}:{user.user_id}"
    row = tx.session.scalar(select(PrivacyRequest).where(PrivacyRequest.open_for == open_for))
    if row is None:
        days = timedelta(days=int(tx.setting("privacy.request_days")))
        row = PrivacyRequest(
            user_id=user.user_id,
            kind=kind,
            channel=actor.channel,
            open_for=open_for,
            asked_at=tx.now,
            due_at=tx.now + days,
        )
        tx.session.add(row)
        tx.flush()
        tx.note(f"user:{user.user_id}", f"asked for {kind}")
    return _view(tx, row)


def waiting(tx: Tx, actor: Actor, *, limit: int = 50) -> list[RequestView]:
    """The requests that wait, the one due first on top. Raises NotAllowed."""
    users.may(tx, actor, "read", "personal_data", own=False)
    query = (
        select(PrivacyRequest)
        .where(PrivacyRequest.outcome == "")
        .order_by(PrivacyRequest.due_at, PrivacyRequest.request_id)
    )
    return [_view(tx, row) for row in tx.session.scalars(query.limit(limit))]


def watch_clock(tx: Tx, _zero: int) -> None:
    """By the timetable: a request past its day is an alarm (DR-1902)."""
    late = select(PrivacyRequest).where(PrivacyRequest.outcome == "", PrivacyRequest.due_at <= tx.now)
    for row in tx.session.scalars(late.limit(100)):
        alarms.raise_alarm(tx, "request_late", f"request:{row.request_id}", asked=row.kind)


def export_own(db: Database, actor: Actor, *, pin: str, once_key: str) -> dict[str, Any]:
    """All we hold about the actor, as `export` gives it, against her PIN.

    Raises what `pins.with_pin` raises, NotAllowed.
    """

    def work(tx: Tx) -> dict[str, Any]:
        users.may(tx, actor, "read", "personal_data", own=True, verified=False)
        return _export(tx, actor, users.acting(tx, actor, verified=False))

    return pins.with_pin(db, actor, pin=pin, once_key=once_key, work=work)


def export(tx: Tx, actor: Actor, *, user_id: int, reason: str = "") -> dict[str, Any]:
    """An admin's export of all we hold about a person: table -> rows, values as JSON. Audited.

    Hashes, sealed values and digests are left out. Raises NotAllowed, NotFound.
    """
    users.may(tx, actor, "read", "personal_data", own=False, user_id=user_id)
    return _export(tx, actor, users.get(tx, user_id), reason)


def erase_own(db: Database, actor: Actor, *, pin: str, once_key: str) -> None:
    """The actor's data goes, against her PIN. Raises what `pins.with_pin` raises, NotAllowed, StillOpen."""

    def work(tx: Tx) -> None:
        users.may(tx, actor, "delete", "personal_data", own=True, verified=False)
        _erase(tx, actor, users.acting(tx, actor, verified=False))

    pins.with_pin(db, actor, pin=pin, once_key=once_key, work=work)


def erase(tx: Tx, actor: Actor, *, user_id: int, reason: str) -> None:
    """An admin erases a person's data: tokens in the place of name, numbers, addresses and all she wrote.

    Figures of orders and the ledger stay; the account is off for good; the number may register anew. Erased
    already: nothing changes. Audited. Raises NotAllowed, NotFound, StillOpen (open).
    """
    users.may(tx, actor, "delete", "personal_data", own=False, user_id=user_id)
    _erase(tx, actor, users.get(tx, user_id), reason)


def _export(tx: Tx, actor: Actor, user: User, reason: str = "") -> dict[str, Any]:
    gathered: dict[str, Any] = {}
    for table, held in rows.tables():
        mine = tx.session.connection().execute(select(table).where(rows.belongs_to(table, held, user)))
        shown = [
            {name: _plain(value) for name, value in row.items() if name not in held.hidden}
            for row in mine.mappings()
        ]
        if shown:
            gathered[table.name] = shown
    audit.record(tx, actor, what="privacy.export", record=f"user:{user.user_id}", reason=reason)
    _done(tx, actor, user, "export")
    return gathered


def _erase(tx: Tx, actor: Actor, user: User, reason: str = "") -> None:
    if user.phone_number == f"{ERASED}:{user.user_id}":
        return
    tx.session.refresh(user, with_for_update=True)
    left = standing.open_names(tx, user.user_id)
    if left:
        raise StillOpen(open=left)
    tx.flush()
    dials.forget(tx, user.user_id, user.phone_number)
    counts = {table.name: rows.forget(tx, table, held, user) for table, held in rows.tables()}
    for table, held in rows.told_others():
        rows.forget(tx, table, held, user)
    tx.session.expire_all()
    for flag in _FLAGS:
        setattr(user, flag, False)
    user.is_active, user.is_verified, user.updated_at = False, False, tx.now
    touched = {name: count for name, count in sorted(counts.items()) if count}
    audit.record(
        tx,
        actor,
        what="privacy.erase",
        record=f"user:{user.user_id}",
        changes={"rows": touched},
        reason=reason,
    )
    tx.note(f"user:{user.user_id}", "erased")
    _done(tx, actor, user, "erasure")


def _done(tx: Tx, actor: Actor, user: User, kind: str) -> None:
    open_for = f"{kind}:{user.user_id}"
    row = tx.session.scalar(select(PrivacyRequest).where(PrivacyRequest.open_for == open_for))
    if row is not None:
        row.open_for, row.outcome = None, "done"
        row.done_at, row.done_by = tx.now, actor.user_id


def _view(tx: Tx, row: PrivacyRequest) -> RequestView:
    return RequestView(
        row.request_id, row.user_id, row.kind, row.asked_at, row.due_at, overdue=row.due_at <= tx.now
    )


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value
