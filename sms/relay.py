"""The outbox goes out: claim a row, make its text in memory, call the provider, record what became of it.

Before it goes it passes the gate (core/outbox/gate.py): how fast, how dear, whether the provider is there.
The call stands outside every transaction. A process that dies in between leaves the row `sending`; whoever
takes the duty next calls that unknown, since nothing tells whether it went out (contract, rule 12).
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.alarms import service as alarms
from core.db import Database, Tx
from core.deliveries import service as deliveries
from core.duties import service as duties
from core.duties.service import Handler, Taken
from core.msisdn import masked
from core.notifications import table
from core.notifications.rules import KINDS
from core.orders.models import Order
from core.outbox import blacklist, gate, spending
from core.outbox.gate import Wait
from core.outbox.lanes import LANES
from core.outbox.models import OutboxMessage
from core.settings import switches
from core.traffic import service as traffic
from core.users import otp
from core.users import service as users
from core.users.models import User
from inbound import metrics
from inbound.gateway import Gateway
from locales.gsm import measure, outsiders
from sms import texts
from sms.port import Meaning, Outcome, Provider, provider_of

log = logging.getLogger("tunda.sms")
KIND = "sms-send"
MANY_SECONDS = 3  # so often a worker waits for its turn itself; then the message is put off
LONGEST_WAIT, NOT_REACHED = timedelta(minutes=5), timedelta(seconds=5)
WHILE_PAUSED = timedelta(minutes=1)
# A delivery code must arrive: the only kind that is sent again after an unknown outcome, once (rule 12).
CODE_AGAIN = timedelta(seconds=60)
SENT_AGAIN, EXPIRED = "SentAgain", "Expired"
# What a text may hold and no table: the kind of its reference -> who makes it, in memory.
SECRETS: dict[str, Callable[[Tx, int], str]] = {
    "delivery": deliveries.code_of,
    "otp": otp.code_for,
}
VERDICTS = {
    Meaning.ACCEPTED: "accepted",
    Meaning.RETRY: "refused",
    Meaning.WAIT: "refused",
    Meaning.NEVER: "refused",
    Meaning.NOT_SENT: "failed",
    Meaning.UNKNOWN: "unknown",
}


@dataclass(frozen=True)
class Letter:
    """A claimed message, ready to go: its text in clear and as the log may show it."""

    outbox_id: int
    msisdn: str
    text: str
    shown: str
    sender: str
    code: str
    cause: int | None
    order_id: int | None


def send_sms(gateway: Gateway) -> Handler:
    """The duty send_sms: `subject_id` is the outbox row."""
    provider = provider_of(gateway.config)

    def handler(db: Database, duty: Taken) -> bool:
        letter = _in_turn(db, gateway, provider, duty)
        if letter is None:
            return True
        started = time.perf_counter()
        outcome = provider.send(letter.text, letter.msisdn, sender=letter.sender)
        seconds = time.perf_counter() - started
        metrics.outbound(KIND, VERDICTS[outcome.meaning], seconds)
        if db.run(lambda tx: _record(tx, provider, duty, letter, outcome, seconds)):
            db.run(gate.wake)
        return True

    return handler


def _in_turn(db: Database, gateway: Gateway, provider: Provider, duty: Taken) -> Letter | None:
    """The message, claimed. When too much has left within this second the worker waits for its turn itself:
    putting off what is next would let a less urgent message pass."""
    for turn in range(MANY_SECONDS + 1):
        last = turn == MANY_SECONDS
        claimed = db.run(lambda tx, last=last: _claim(tx, gateway, provider, duty, wait=not last))  # type: ignore[misc]
        if not isinstance(claimed, Wait):
            return claimed
        time.sleep(max((claimed.until - gateway.parts.clock.now()).total_seconds(), 0.001))
    return None


def _claim(tx: Tx, gateway: Gateway, provider: Provider, duty: Taken, *, wait: bool) -> Letter | Wait | None:
    """The row, marked `sending`, with its text; None if there is nothing to send now.

    wait  the worker would rather wait for its turn than have it put off
    """
    row = tx.session.get(OutboxMessage, duty.subject_id, with_for_update=True)
    if row is None or row.status not in ("queued", "sending", "unknown"):  # a report has settled it
        duties.finish(tx, duty)
        return None
    if row.status == "sending":
        _unknown(tx, duty, row, "WorkerDied")
        return None
    if row.not_before > tx.now:
        duties.postpone(tx, duty, row.not_before)
        return None
    if switches.is_paused(tx, "provider", provider=switches.SMS) and row.expires_at > tx.now:
        duties.postpone(tx, duty, tx.now + WHILE_PAUSED)
        return None
    if (why := _worthless(tx, row)) is not None:
        _drop(tx, duty, row, why)
        return None
    letter = _letter(tx, gateway, row)
    segments = _segments(letter)
    held = gate.enter(tx, row, provider=provider.name, sender=letter.sender, segments=segments)
    if held is not None:
        if held.why == gate.RATE and wait:
            return held
        if row.status == "queued":
            row.error = held.why
        duties.postpone(tx, duty, min(held.until, max(row.expires_at, tx.now)))
        return None
    row.error = SENT_AGAIN if row.status == "unknown" else ""
    row.status, row.segments = "sending", segments
    return letter


def _drop(tx: Tx, duty: Taken, row: OutboxMessage, why: str) -> None:
    """It is worth nothing any more; of what has waited in vain for the provider a person hears (DR-1506)."""
    tx.note(f"sms:{row.outbox_id}", f"{row.status} -> dropped")
    if why == EXPIRED and LANES[row.lane].shown and row.status == "queued":
        alarms.raise_alarm(tx, "message_failed", row.code, outbox_id=row.outbox_id)
    if row.status == "queued":
        row.status, row.error = "dropped", why
    duties.finish(tx, duty)


def _segments(letter: Letter) -> int:
    """How many segments it takes; what makes them shorter than they need be is named."""
    size = measure(letter.text)
    if size.encoding != "GSM-7":
        named = ", ".join(outsiders(letter.text))
        log.warning("a text goes as UCS-2", extra={"code": letter.code, "because": named})
    return size.segments


def _worthless(tx: Tx, row: OutboxMessage) -> str | None:
    """Why a message is not worth sending any more (DR-1502, DR-1504); None if it is."""
    if row.expires_at <= tx.now:
        return EXPIRED
    if blacklist.holds(tx, row.msisdn):
        return "Blacklisted"
    if not _still_wanted(tx, row):
        return "OptedOut"
    waited = row.not_before > row.created_at
    if waited and row.order_id is not None and not table.outlives(row.code):
        order = tx.session.get(Order, row.order_id)
        if order is not None and order.order_status == "cancelled":
            return "NoLongerTrue"
    return None


def _still_wanted(tx: Tx, row: OutboxMessage) -> bool:
    """The person's switches of this moment: STOP is in force at the very next message (DR-1504)."""
    kind = KINDS.get(row.code)
    if kind is None or not kind.flag or row.user_id is None:
        return True
    user = tx.session.get(User, row.user_id)
    return user is not None and user.sms_notifications and bool(getattr(user, kind.flag))


def _letter(tx: Tx, gateway: Gateway, row: OutboxMessage) -> Letter:
    """The text in the reader's language of this moment (DR-1503); a secret is opened here, nowhere else."""
    language = row.language
    if row.user_id is not None:
        language = row.language = users.get(tx, row.user_id).preferred_language

    def reveal(reference: str) -> str:
        kind, _, identity = reference.partition(":")
        return SECRETS[kind](tx, int(identity))

    def said(opened: Callable[[str], str]) -> str:
        return texts.render(gateway.voice, language, row.code, row.values, reveal=opened)

    config = gateway.config
    return Letter(
        outbox_id=row.outbox_id,
        msisdn=row.msisdn,
        text=said(reveal),
        shown=said(texts.hidden),
        sender=config.sms_short_code if row.answerable else config.sms_sender_id,
        code=row.code,
        cause=row.cause,
        order_id=row.order_id,
    )


def _record(
    tx: Tx, provider: Provider, duty: Taken, letter: Letter, outcome: Outcome, seconds: float
) -> bool:
    """What became of it; returns whether the way has just become free for what waits."""
    row = tx.session.get_one(OutboxMessage, letter.outbox_id, with_for_update=True)
    freed = gate.returned(tx, provider=provider.name, served=outcome.served)
    settled = row.status != "sending"  # a report was quicker
    _reckon(tx, row, outcome)
    if not settled:
        _settle(tx, duty, row, outcome)
    elif outcome.meaning is Meaning.ACCEPTED and row.provider_id is None:
        row.provider_id = outcome.provider_id or None
    if settled:
        duties.finish(tx, duty)
    verdict = VERDICTS[outcome.meaning]
    tx.note(f"sms:{row.outbox_id}", f"sending -> {row.status}")
    traffic.record(
        tx,
        direction="out",
        kind=KIND,
        msisdn=letter.msisdn,
        provider_id=outcome.provider_id,
        request={
            "to": masked(letter.msisdn), "from": letter.sender, "message": letter.shown, "code": letter.code
        },
        reply=traffic.mask_phones(outcome.answer),
        status=outcome.status,
        verdict=verdict,
        error=outcome.reason,
        duration_ms=round(seconds * 1000),
        cause=letter.cause,
        order_id=letter.order_id,
    )  # fmt: skip
    return freed


def _reckon(tx: Tx, row: OutboxMessage, outcome: Outcome) -> None:
    """What it cost, beside what we had reckoned; what certainly did not go costs nothing."""
    if outcome.meaning is Meaning.ACCEPTED:
        row.cost = outcome.cost
        if outcome.charged is not None:
            more = spending.charge(tx, row, outcome.charged)
            if more:
                log.info("an SMS cost another sum", extra={"outbox": row.outbox_id, "more": str(more)})
    elif outcome.meaning is not Meaning.UNKNOWN:
        spending.give_back(tx, row)


def _settle(tx: Tx, duty: Taken, row: OutboxMessage, outcome: Outcome) -> None:
    """The row's next status, and the duty's end or next date (DR-1506)."""
    match outcome.meaning:
        case Meaning.ACCEPTED:
            row.status, row.error = "accepted", ""
            row.provider_id = outcome.provider_id or None
            duties.finish(tx, duty)
        case Meaning.UNKNOWN:
            _unknown(tx, duty, row, outcome.reason)
        case Meaning.NEVER:
            row.status = "failed"
            row.error = blacklist.REFUSED if outcome.opted_out else outcome.reason[:64]
            duties.finish(tx, duty)
        case Meaning.RETRY:
            row.attempts += 1
            if row.attempts > tx.setting("notify.sms_retries"):
                row.status, row.error = "failed", outcome.reason[:64]
                duties.finish(tx, duty)
                log.error("an SMS was given up", extra={"outbox": row.outbox_id, "why": outcome.reason})
                alarms.raise_alarm(tx, "message_failed", row.code, outbox_id=row.outbox_id)
            else:
                pauses = LANES[row.lane].pauses
                _again(tx, duty, row, outcome.reason, pauses[min(row.attempts, len(pauses)) - 1])
        case Meaning.WAIT:
            log.error("SMS cannot be sent: our account", extra={"why": outcome.reason})
            alarms.raise_alarm(tx, "message_failed", outcome.reason[:64], outbox_id=row.outbox_id)
            _again(tx, duty, row, outcome.reason, LONGEST_WAIT)
        case Meaning.NOT_SENT:
            _again(tx, duty, row, outcome.reason, NOT_REACHED)  # and soon the circuit is open


def _again(tx: Tx, duty: Taken, row: OutboxMessage, why: str, pause: timedelta) -> None:
    row.status, row.error = "queued", why[:64]
    at: datetime = tx.now + pause
    # Past its expiry it is only taken once more, to be dropped.
    duties.postpone(tx, duty, min(at, max(row.expires_at, tx.now)))


def _unknown(tx: Tx, duty: Taken, row: OutboxMessage, why: str) -> None:
    """Nobody knows whether it went out: never again, but a delivery code once more after a minute."""
    repeat = texts.has_secret(row.values, "delivery") and row.error != SENT_AGAIN
    row.status, row.error = "unknown", why[:64]
    if repeat:
        duties.postpone(tx, duty, tx.now + CODE_AGAIN)
    else:
        duties.finish(tx, duty)
