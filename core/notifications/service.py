"""Telling a person something: the copy in the app always, an SMS where section 15 says so; reading it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, SQLColumnExpression, bindparam, func, literal, select, update

from core import pages, rows
from core.actor import Actor
from core.clock import NAIROBI, nairobi_date
from core.db import Tx
from core.errors import NotFound
from core.notifications import rules
from core.notifications.models import Notification
from core.notifications.rules import KINDS, Kind
from core.outbox import emails
from core.outbox import service as outbox
from core.outbox.models import OutboxMessage
from core.users import service as users
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
    life: timedelta | None = None,
    version: int = 1,
    later: bool = False,
) -> Notification | None:
    """Tell `user` about `subject` ("order:45") with message `code`, once (DR-1501, DR-1505).

    values   the text's slots as JSON: strings, amounts as "400.00", dates ISO; never a secret in clear
    urgent   goes in quiet hours as well (work for the same day)
    first    the subject was made in this transaction, so nobody can have been told of it
    life     so long the SMS is worth sending, if not as long as its lane says (core/outbox/lanes.py)
    later    its SMS comes with others (bundling.py)
    version  of what is told of the subject: another version is told again (an offer that was changed)

    Whether by SMS and when, section 15 says (rules.KINDS); whoever wants it gets a copy by e-mail (DR-1507).
    Returns None when this was told before. Raises KeyError for a code that rules.KINDS does not list.
    """
    kind = KINDS[code]
    once_key = f"{user.user_id}:{code}:{subject}" + (f":{version}" if version > 1 else "")
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
    if kind.by_sms and not later and _wanted(tx, user, kind):
        message = outbox.send(
            tx,
            user,
            code,
            values,
            once_key=once_key,
            answerable=kind.answerable,
            at=None if urgent or not kind.held else _release(tx, user, kind),
            life=life,
            order_id=order_id,
        )
        copy.outbox_id = message.outbox_id if message else None
    if kind.email:
        emails.write(tx, user, code, values, once_key=once_key)
    rows.add(tx, copy)
    return copy


@dataclass(frozen=True)
class NoticesView:
    """A page of somebody's notices, newest first, and how many of the recent ones are unread."""

    notices: list[Notification]
    page: int
    pages: int
    unread: int


def listed(tx: Tx, actor: Actor, *, page: int = 1, only_unread: bool = False) -> NoticesView:
    """The actor's own notices, `api.page_size` a page (DR-1501, DR-220). Raises NotAllowed, BadPage."""
    users.may(tx, actor, "read", "notifications", own=True, verified=False)
    mine = [Notification.user_id == actor.user_id, Notification.created_at >= since(tx)]
    if only_unread:
        mine.append(Notification.read_at.is_(None))
    count = tx.session.scalar(select(func.count()).where(*mine)) or 0
    query = select(Notification).where(*mine).order_by(Notification.notification_id.desc())
    notices = list(tx.session.scalars(pages.cut(tx, query, page)))
    size = int(tx.setting("api.page_size"))
    return NoticesView(notices, page, -(-count // size) or 1, count_unread(tx, actor))


@dataclass(frozen=True)
class Told:
    """A notice in a list; `code` and `values` are put into words by whoever shows it."""

    notification_id: int
    code: str
    values: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


_RECENT = (
    select(
        Notification.notification_id,
        Notification.code,
        Notification.values.label("told"),
        Notification.created_at,
        Notification.read_at,
    )
    .where(Notification.user_id == bindparam("user_id"), Notification.created_at >= bindparam("lately"))
    .order_by(Notification.read_at.is_not(None), Notification.notification_id.desc())
    .limit(bindparam("most"))
)


def recent(tx: Tx, actor: Actor, *, limit: int = 20) -> list[Told]:
    """What the actor was told of late, in the app: unread first, newest first (DR-1501, DR-220); one narrow
    look."""
    return [
        Told(row.notification_id, row.code, row.told, row.created_at, row.read_at)
        for row in tx.look(_RECENT, user_id=actor.user_id, lately=since(tx), most=limit)
    ]


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
    """One of the actor's own notices, seen from now on; again changes nothing.

    Raises NotAllowed, and NotFound for anybody else's (DR-211).
    """
    user = users.may(tx, actor, "update", "notifications", own=True, verified=False)
    notice = tx.session.get(Notification, notification_id)
    if notice is None or notice.user_id != user.user_id:
        raise NotFound(record="notification", id=notification_id)
    if notice.read_at is None:
        notice.read_at = tx.now
        tx.note(f"notification:{notification_id}", "read")
        tx.flush()
    return notice


def mark_all_read(tx: Tx, actor: Actor) -> int:
    """All of the actor's own notices are seen; returns how many were not. Raises NotAllowed."""
    user = users.may(tx, actor, "update", "notifications", own=True, verified=False)
    marked = tx.session.connection().execute(
        update(Notification)
        .where(Notification.user_id == user.user_id, Notification.read_at.is_(None))
        .values(read_at=tx.now)
    )
    return marked.rowcount


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


def _release(tx: Tx, user: User, kind: Kind) -> datetime:
    """When a held message may go: in the morning, or now; marketing never at night (DR-1502)."""
    quiet = [(tx.setting("notify.quiet_start"), tx.setting("notify.quiet_end"))]
    if kind.flag == "marketing_notifications":
        quiet.append(rules.NO_MARKETING)
    spread = tx.setting("notify.morning_spread_minutes")
    return max(
        rules.release(tx.now, start, end, spread_minutes=spread, user_id=user.user_id) for start, end in quiet
    )
