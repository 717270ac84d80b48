"""Telling a person something: the copy in the app always, an SMS where section 15 says so."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.notifications import rules
from core.notifications.models import Notification
from core.notifications.rules import KINDS, Kind
from core.outbox import service as outbox
from core.outbox.models import OutboxMessage
from core.users.models import User

# Messages without a flag do not count towards the day's cap (DR-1505).
CAPPED = tuple(code for code, kind in KINDS.items() if kind.flag)


def tell(
    tx: Tx,
    user: User,
    code: str,
    values: dict[str, Any],
    *,
    subject: str,
    order_id: int | None = None,
    sms: bool = True,
    answerable: bool = True,
    cause: int | None = None,
    urgent: bool = False,
    life: timedelta = outbox.LIFE,
) -> Notification | None:
    """Tell `user` about `subject` ("order:45") with message `code`, once (DR-1501, DR-1505).

    values   the text's slots as JSON: strings, amounts as "400.00", dates ISO; never a secret in clear
    sms      False: the in-app copy only, whatever the kind says
    urgent   goes in quiet hours as well (work for the same day)
    life     so long the SMS is worth sending

    Returns None when this was told before. Raises KeyError for a code that rules.KINDS does not list.
    """
    kind = KINDS[code]
    once_key = f"{user.user_id}:{code}:{subject}"
    if tx.session.scalar(select(Notification.notification_id).where(Notification.once_key == once_key)):
        return None
    copy = Notification(
        user_id=user.user_id,
        code=code,
        values=values,
        once_key=once_key,
        order_id=order_id,
        created_at=tx.now,
    )
    tx.session.add(copy)
    if sms and kind.by_sms and _wanted(tx, user, kind):
        message = outbox.send(
            tx,
            user,
            code,
            values,
            once_key=once_key,
            answerable=answerable and kind.answerable,
            at=None if urgent or not kind.held else _release(tx, user),
            life=life,
            order_id=order_id,
            cause=cause,
        )
        copy.outbox_id = message.outbox_id if message else None
    tx.flush()
    return copy


def unread(tx: Tx, user_id: int, *, limit: int = 20) -> list[Notification]:
    """What a person was told and has not looked at in the app, newest first (DR-1501)."""
    query = select(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    return list(tx.session.scalars(query.order_by(Notification.notification_id.desc()).limit(limit)))


def mark_read(tx: Tx, notification: Notification) -> None:
    """The person has seen it."""
    notification.read_at = notification.read_at or tx.now


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
