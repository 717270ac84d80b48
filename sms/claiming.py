"""The first half of a sending: messages become letters, marked `sending`, and pass the gate (DR-1506).

Several in one transaction, the most urgent first. What may not go yet is put off, or stays in the worker's
hands for its next turn.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core import events
from core.actor import system
from core.alarms import service as alarms
from core.db import Tx
from core.deliveries import service as deliveries
from core.duties import service as duties
from core.duties.service import Taken
from core.notifications import table
from core.notifications.rules import KINDS
from core.orders.models import Order
from core.outbox import blacklist, gate
from core.outbox.gate import Way
from core.outbox.lanes import LANES
from core.outbox.models import OutboxMessage
from core.settings import switches
from core.users import otp
from core.users.models import User
from inbound.gateway import Gateway
from locales.gsm import measure, outsiders
from sms import texts

log = logging.getLogger("tunda.sms")
WHILE_PAUSED = timedelta(minutes=1)
# A delivery code must arrive: the only kind that is sent again after an unknown outcome, once (rule 12).
CODE_AGAIN = timedelta(seconds=60)
SENT_AGAIN, EXPIRED = "SentAgain", "Expired"
# What a text may hold and no table: the kind of its reference -> who makes it, in memory.
SECRETS: dict[str, Callable[[Tx, int], str]] = {
    "delivery": deliveries.code_of,
    "otp": otp.code_for,
}


@dataclass(frozen=True)
class Letter:
    """A claimed message, ready to go: its text in clear and as the log may show it."""

    duty: Taken
    outbox_id: int
    msisdn: str
    text: str
    shown: str
    sender: str
    code: str
    cause: int | None
    order_id: int | None


@dataclass(frozen=True)
class Claimed:
    """What goes out now, and what the worker still has in its hands, both the most urgent first.

    turn  nothing may leave before then: too much has left within this second
    """

    letters: list[Letter]
    left: list[Taken]
    turn: datetime | None = None


def claim(tx: Tx, gateway: Gateway, provider: str, wanted: Sequence[Taken], *, wait: bool) -> Claimed:
    """Of the messages `wanted`, those that may go out together now, marked `sending`.

    wait  the worker would rather wait for its turn than have the most urgent one put off

    Never two to one number: people read in the order in which things were said.
    """
    ours = duties.renew_all(tx, wanted)
    heads, left = ours[: gate.WIDTH], ours[gate.WIDTH :]
    ready, later = _ready(tx, gateway, heads)
    if not ready:
        return Claimed([], later + left)
    way = Way(tx, provider)
    letters: list[Letter] = []
    for at, (row, letter, segments) in enumerate(ready):
        rest = [other.duty for _, other, _ in ready[at:]]
        if letters and way.room <= 0:
            return Claimed(letters, _in_order(heads, rest + later) + left)
        held = way.enter(row, sender=letter.sender, segments=segments)
        if held is None:
            row.error = SENT_AGAIN if row.status == "unknown" else ""
            row.status, row.segments = "sending", segments
            letters.append(letter)
        elif held.why == gate.RATE and (letters or wait):
            # Nothing that is less urgent may slip past.
            return Claimed(letters, _in_order(heads, rest + later) + left, held.until)
        else:
            if row.status == "queued":
                row.error = held.why
            duties.postpone(tx, letter.duty, min(held.until, max(row.expires_at, tx.now)))
    return Claimed(letters, later + left)


def _in_order(heads: Sequence[Taken], some: Sequence[Taken]) -> list[Taken]:
    return [duty for duty in heads if duty in some]


def _ready(
    tx: Tx, gateway: Gateway, heads: Sequence[Taken]
) -> tuple[list[tuple[OutboxMessage, Letter, int]], list[Taken]]:
    """What of `heads` is worth sending now, with its letter and segments; and what waits for another to the
    same number. The rest is settled."""
    rows, people = _locked(tx, heads)
    met = blacklist.held(tx, {row.msisdn for row in rows.values()})
    ready: list[tuple[OutboxMessage, Letter, int]] = []
    later, done, numbers = [], [], set()
    for duty in heads:
        row = rows.get(duty.subject_id)
        if row is None or row.status not in ("queued", "sending", "unknown"):  # a report has settled it
            done.append(duty)
        elif row.msisdn in numbers:
            later.append(duty)
        elif row.status == "sending":
            again = unknown(tx, row, "WorkerDied")
            if again is None:
                done.append(duty)
            else:
                duties.postpone(tx, duty, again)
        elif row.not_before > tx.now:
            duties.postpone(tx, duty, row.not_before)
        elif switches.is_paused(tx, "provider", provider=switches.SMS) and row.expires_at > tx.now:
            duties.postpone(tx, duty, tx.now + WHILE_PAUSED)
        elif (why := _worthless(tx, row, people, refused=row.msisdn in met)) is not None:
            _drop(tx, row, why)
            done.append(duty)
        else:
            letter = _letter(tx, gateway, duty, row, people.get(row.user_id))
            ready.append((row, letter, _segments(letter)))
            numbers.add(row.msisdn)
    duties.finish_all(tx, done)
    return ready, later


def _locked(tx: Tx, heads: Sequence[Taken]) -> tuple[dict[int, OutboxMessage], dict[int | None, User]]:
    """The rows and their people, by id."""
    ids = [duty.subject_id for duty in heads]
    query = select(OutboxMessage).where(OutboxMessage.outbox_id.in_(ids)).order_by(OutboxMessage.outbox_id)
    rows = {row.outbox_id: row for row in tx.session.scalars(query.with_for_update())}
    theirs = select(User).where(User.user_id.in_({row.user_id for row in rows.values()} - {None}))
    return rows, {user.user_id: user for user in tx.session.scalars(theirs)}


def _drop(tx: Tx, row: OutboxMessage, why: str) -> None:
    """It is worth nothing any more; of what has waited in vain for the provider a person hears (DR-1506)."""
    tx.note(f"sms:{row.outbox_id}", f"{row.status} -> dropped")
    if why == EXPIRED and LANES[row.lane].shown and row.status == "queued":
        alarms.raise_alarm(tx, "message_failed", row.code, outbox_id=row.outbox_id)
    if row.status == "queued":
        row.status, row.error = "dropped", why
        if why == EXPIRED:
            tx.emit(events.MessageLapsed(outbox_id=row.outbox_id, code=row.code, actor=system("sms")))


def _segments(letter: Letter) -> int:
    """How many segments it takes; what makes them shorter than they need be is named."""
    size = measure(letter.text)
    if size.encoding != "GSM-7":
        named = ", ".join(outsiders(letter.text))
        log.warning("a text goes as UCS-2", extra={"code": letter.code, "because": named})
    return size.segments


def _worthless(tx: Tx, row: OutboxMessage, people: Mapping[int | None, User], *, refused: bool) -> str | None:
    """Why a message is not worth sending any more (DR-1502, DR-1504); None if it is."""
    if row.expires_at <= tx.now:
        return EXPIRED
    if refused:
        return "Blacklisted"
    if not _still_wanted(row, people.get(row.user_id)):
        return "OptedOut"
    waited = row.not_before > row.created_at
    if waited and row.order_id is not None and not table.outlives(row.code):
        order = tx.session.get(Order, row.order_id)
        if order is not None and order.order_status == "cancelled":
            return "NoLongerTrue"
    return None


def _still_wanted(row: OutboxMessage, user: User | None) -> bool:
    """The person's switches of this moment: STOP is in force at the very next message (DR-1504)."""
    kind = KINDS.get(row.code)
    if kind is None or not kind.flag or row.user_id is None:
        return True
    return user is not None and user.sms_notifications and bool(getattr(user, kind.flag))


def _letter(tx: Tx, gateway: Gateway, duty: Taken, row: OutboxMessage, user: User | None) -> Letter:
    """The text in the reader's language of this moment (DR-1503); a secret is opened here, nowhere else."""
    language = row.language
    if user is not None:
        language = row.language = user.preferred_language

    def reveal(reference: str) -> str:
        kind, _, identity = reference.partition(":")
        return SECRETS[kind](tx, int(identity))

    def said(opened: Callable[[str], str]) -> str:
        return texts.render(gateway.voice, language, row.code, row.values, reveal=opened)

    config, text = gateway.config, said(reveal)
    return Letter(
        duty=duty,
        outbox_id=row.outbox_id,
        msisdn=row.msisdn,
        text=text,
        shown=said(texts.hidden) if any(map(texts.is_secret, row.values.values())) else text,
        sender=config.sms_short_code if row.answerable else config.sms_sender_id,
        code=row.code,
        cause=row.cause,
        order_id=row.order_id,
    )


def unknown(tx: Tx, row: OutboxMessage, why: str) -> datetime | None:
    """Nobody knows whether it went out: never again, but a delivery code once more after a minute; when."""
    repeat = texts.has_secret(row.values, "delivery") and row.error != SENT_AGAIN
    row.status, row.error = "unknown", why[:64]
    return tx.now + CODE_AGAIN if repeat else None
