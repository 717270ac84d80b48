"""Telling a person something: the copy in the app always, an SMS where section 15 says so; reading it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, SQLColumnExpression, bindparam, func, literal, select

from core import rows
from core.actor import Actor
from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.errors import NotFound
from core.notifications import rules
from core.notifications.models import Notification
from core.notifications.rules import KINDS, Kind
from core.outbox import service as outbox
from core.outbox.models import OutboxMessage
from core.users.models import User

# Messages without a flag do not count towards the day's cap (DR-1505).
CAPPED = tuple(code for code, kind in KINDS.items() if kind.flag)
# What is older is no news any more: it is neither listed nor counted.
RECENT = timedelta(days=30)
# Built once, since it is asked at every telling.
_TOLD = select(Notification.notification_id).where(Notification.once_key == bindparam("once_key"))


def tell(
    tx: Tx,
    user: User,
    code: str,
    values: dict[str, Any],
    *,
    subject: str,
    order_id: int | None = None,
    urgent: bool = False,
    first: bool = False,
    life: timedelta = outbox.LIFE,
) -> Notification | None:
    """Tell `user` about `subject` ("order:45") with message `code`, once (DR-1501, DR-1505).

    values   the text's slots as JSON: strings, amounts as "400.00", dates ISO; never a secret in clear
    urgent   goes in quiet hours as well (work for the same day)
    first    the subject was made in this transaction, so nobody can have been told of it
    life     so long the SMS is worth sending

    Returns None when this was told before. Raises KeyError for a code that rules.KINDS does not list.
    """
    kind = KINDS[code]
    once_key = f"{user.user_id}:{code}:{subject}"
    if not first and tx.look(_TOLD, once_key=once_key).first():
        return None
    copy = Notification(
        user_id=user.user_id,
        code=code,
        values=values,
        once_key=once_key,
        order_id=order_id,
        created_at=tx.now,
    )
    if kind.by_sms and _wanted(tx, user, kind):
        message = outbox.send(
            tx,
            user,
            code,
            values,
            once_key=once_key,
            answerable=kind.answerable,
            at=None if urgent or not kind.held else _release(tx, user),
            life=life,
            order_id=order_id,
        )
        copy.outbox_id = message.outbox_id if message else None
    rows.add(tx, copy)
    return copy


def recent(tx: Tx, actor: Actor, *, limit: int = 20) -> list[Notification]:
    """What the actor was told of late, in the app: unread first, newest first (DR-1501, DR-220)."""
    query = (
        select(Notification)
        .where(Notification.user_id == actor.user_id, Notification.created_at >= since(tx))
        .order_by(Notification.read_at.is_not(None), Notification.notification_id.desc())
        .limit(limit)
    )
    return list(tx.session.scalars(query))


def unread_of(user_id: SQLColumnExpression[int]) -> ScalarSelect[int]:
    """How much of what `user_id` (a column) was told since `lately` (a parameter) is unread.

    A part of somebody's statement, which is built once; `since(tx)` is the parameter's value.
    """
    return (
        select(func.count(Notification.notification_id))
        .where(
            Notification.user_id == user_id,
            Notification.read_at.is_(None),
            Notification.created_at >= bindparam("lately"),
        )
        .scalar_subquery()
    )


def since(tx: Tx) -> datetime:
    """What was told before this moment is no longer news."""
    return tx.now - RECENT


def count_unread(tx: Tx, actor: Actor) -> int:
    """How much of what the actor was told of late is unread."""
    return tx.session.scalar(select(unread_of(literal(actor.user_id))), {"lately": since(tx)}) or 0


def mark_read(tx: Tx, actor: Actor, *, notification_id: int) -> Notification:
    """One of the actor's own notices, seen from now on; anybody else's is NotFound (DR-211)."""
    notice = tx.session.get(Notification, notification_id)
    if notice is None or actor.user_id is None or notice.user_id != actor.user_id:
        raise NotFound(record="notification", id=notification_id)
    if notice.read_at is None:
        notice.read_at = tx.now
        tx.note(f"notification:{notification_id}", "read")
        tx.flush()
    return notice


def _wanted(tx: Tx, user: User, kind: Kind) -> bool:
    """The person's switches and the day's cap; what has no flag is always sent."""
    if not kind.flag:
        return True
    if not (user.sms_notifications and getattr(user, kind.flag)):
        return False
    midnight = datetime.combine(nairobi_date(tx.now), datetime.min.time(), NAIROBI)
    sent = tx.session.scalar(
        select(func.count()).where(
            OutboxMessage.user_id == user.user_id,
            OutboxMessage.created_at >= midnight,
            OutboxMessage.code.in_(CAPPED),
        )
    )
    return (sent or 0) < int(tx.setting("notify.max_sms_per_user_day"))


def _release(tx: Tx, user: User) -> datetime:
    return rules.release(
        tx.now,
        tx.setting("notify.quiet_start"),
        tx.setting("notify.quiet_end"),
        spread_minutes=tx.setting("notify.morning_spread_minutes"),
        user_id=user.user_id,
    )
