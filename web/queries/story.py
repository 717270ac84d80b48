"""Everything that happened to an order, in the order in which one thing led to the other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from core.db import Tx
from core.ledger.models import JournalEntry
from core.notifications.models import Notification
from core.orders.models import OrderEvent
from core.outbox.models import OutboxMessage
from core.traffic.models import Callback
from core.users.models import User
from web.gist import gist

MOST = 200
# Within one second: what came in, what it did, what it moved, what was said about it, what we called.
RANKS = {"in": 0, "event": 1, "money": 2, "text": 3, "out": 4}


@dataclass(frozen=True)
class Text:
    """Something a person was told: an SMS with its sending and its report, or a copy in the app only."""

    code: str
    values: Mapping[str, Any]
    language: str
    message: OutboxMessage | None
    sent: Sequence[int] = ()
    reports: Sequence[int] = ()


@dataclass(frozen=True)
class Moment:
    """One thing on an order's time line, with the rows behind it.

    cause  the callback it belongs to: itself, or the one it follows from; None where nobody noted it
    """

    at: datetime
    what: Literal["in", "event", "money", "text", "out"]
    row: OrderEvent | JournalEntry | Text | Callback
    number: int
    person: User | None = None
    cause: int | None = None
    gist: str = field(default="", compare=False)


def story(tx: Tx, order_id: int, entries: Iterable[JournalEntry] = ()) -> list[Moment]:
    """The order's events, texts and callbacks; a text is one moment, whatever its sending and report left.

    entries  of its ledger, with their lines: what moved when
    """
    rows = tx.session.scalars(
        select(Callback).where(Callback.order_id == order_id).order_by(Callback.callback_id).limit(MOST)
    ).all()
    messages = tx.session.scalars(
        select(OutboxMessage).where(OutboxMessage.order_id == order_id).order_by(OutboxMessage.outbox_id)
    ).all()
    events = tx.session.scalars(
        select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.event_id)
    ).all()
    notices = tx.session.scalars(
        select(Notification)
        .where(Notification.order_id == order_id, Notification.outbox_id.is_(None))
        .order_by(Notification.notification_id)
    ).all()
    people = _people(tx, events, messages, notices)
    about = {row.callback_id: _message_of(row, messages) for row in rows}
    causes = _causes(rows)
    moments = [
        Moment(
            event.at, "event", event, event.event_id, people.get(event.actor_id or 0),
            causes.get((event.subject, f"{event.from_status or 'new'} -> {event.to_status}")),
        )
        for event in events
    ]  # fmt: skip
    moments += [
        Moment(
            message.created_at, "text", _text(message, rows, about), message.outbox_id,
            people.get(message.user_id or 0), message.cause,
        )
        for message in messages
    ]  # fmt: skip
    moments += [_copy(notice, people[notice.user_id]) for notice in notices]
    moments += [
        Moment(
            entry.at, "money", entry, entry.entry_id,
            cause=causes.get((f"ledger:{entry.entry_id}", entry.kind)),
        )
        for entry in entries
    ]  # fmt: skip
    moments += [_callback(row) for row in rows if about[row.callback_id] is None]
    return _told(moments)


def _told(moments: Iterable[Moment]) -> list[Moment]:
    """By time; within a second by the callback that things belong to, since its id came before their rows."""
    ordered: list[Moment] = []
    latest = 0
    for moment in sorted(moments, key=lambda m: (m.at, RANKS[m.what], m.number)):
        latest = moment.cause or latest
        ordered.append(replace(moment, cause=latest))
    return sorted(
        ordered, key=lambda m: (m.at.replace(microsecond=0), m.cause, RANKS[m.what], m.at, m.number)
    )


def _callback(row: Callback) -> Moment:
    what: Literal["in", "out"] = "in" if row.direction == "in" else "out"
    words = gist(row.kind, row.request, row.reply, row.error)
    return Moment(row.at, what, row, row.callback_id, cause=row.callback_id, gist=words)


def _copy(notice: Notification, user: User) -> Moment:
    text = Text(notice.code, notice.values, user.preferred_language, None)
    return Moment(notice.created_at, "text", text, notice.notification_id, user)


def _text(message: OutboxMessage, rows: Sequence[Callback], about: Mapping[int, int | None]) -> Text:
    mine = [row for row in rows if about[row.callback_id] == message.outbox_id]
    return Text(
        message.code,
        message.values,
        message.language,
        message,
        sent=[row.callback_id for row in mine if row.kind == "sms-send"],
        reports=[row.callback_id for row in mine if row.kind == "sms-report"],
    )


def _message_of(row: Callback, messages: Sequence[OutboxMessage]) -> int | None:
    """The message that a sending or a report is about; None for any other row."""
    if row.kind not in ("sms-send", "sms-report"):
        return None
    records = {change["record"] for change in row.changed}
    for message in messages:
        if f"sms:{message.outbox_id}" in records or (
            row.provider_id and row.provider_id == message.provider_id
        ):
            return message.outbox_id
    return None


def _causes(rows: Iterable[Callback]) -> dict[tuple[str, str], int]:
    """(record, what) -> the first callback that noted it; a step that keeps a status says which after it."""
    causes: dict[tuple[str, str], int] = {}
    for row in rows:
        for change in row.changed:
            causes.setdefault((change["record"], change["what"].partition(" (")[0]), row.callback_id)
    return causes


def _people(
    tx: Tx,
    events: Iterable[OrderEvent],
    messages: Iterable[OutboxMessage],
    notices: Iterable[Notification],
) -> dict[int, User]:
    ids = {event.actor_id for event in events if event.actor_id}
    ids |= {message.user_id for message in messages if message.user_id}
    ids |= {notice.user_id for notice in notices}
    return {user.user_id: user for user in tx.session.scalars(select(User).where(User.user_id.in_(ids)))}
