"""The outbox goes out: claim a row, make its text in memory, call the provider, record what became of it.

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
from core.orders.models import Order
from core.outbox import blacklist
from core.outbox.models import OutboxMessage
from core.settings import switches
from core.traffic import service as traffic
from core.users import otp
from core.users import service as users
from inbound import metrics
from inbound.gateway import Gateway
from locales.gsm import measure
from sms import texts
from sms.africastalking import AfricasTalking, Meaning, Outcome, is_blacklisted

log = logging.getLogger("tunda.sms")
KIND = "sms-send"
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
LONGEST_WAIT = timedelta(minutes=5)
WHILE_PAUSED = timedelta(minutes=1)
# A delivery code must arrive: the only kind that is sent again after an unknown outcome, once (rule 12).
CODE_AGAIN = timedelta(seconds=60)
SENT_AGAIN = "SentAgain"
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
    config = gateway.config
    provider = AfricasTalking(config.sms_username, config.sms_api_key.get_secret_value(), config.sms_api_url)

    def handler(db: Database, duty: Taken) -> None:
        letter = db.run(lambda tx: _claim(tx, gateway, duty))
        if letter is None:
            return
        started = time.perf_counter()
        outcome = provider.send(letter.text, letter.msisdn, sender=letter.sender)
        seconds = time.perf_counter() - started
        metrics.outbound(KIND, VERDICTS[outcome.meaning], seconds)
        db.run(lambda tx: _record(tx, duty, letter, outcome, seconds))

    return handler


def _claim(tx: Tx, gateway: Gateway, duty: Taken) -> Letter | None:
    """The row, marked `sending`, with its text; None if there is nothing to send now."""
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
        tx.note(f"sms:{row.outbox_id}", f"{row.status} -> dropped")
        row.status, row.error = "dropped", why
        duties.finish(tx, duty)
        return None
    letter = _letter(tx, gateway, row)
    row.error = SENT_AGAIN if row.status == "unknown" else row.error
    row.status, row.sent_at = "sending", tx.now
    row.segments = measure(letter.text).segments
    return letter


def _worthless(tx: Tx, row: OutboxMessage) -> str | None:
    """Why a message is not worth sending any more (DR-1502, DR-1504); None if it is."""
    if row.expires_at <= tx.now:
        return "Expired"
    if blacklist.holds(tx, row.msisdn):
        return "Blacklisted"
    waited = row.not_before > row.created_at
    if waited and row.order_id is not None and not table.outlives(row.code):
        order = tx.session.get(Order, row.order_id)
        if order is not None and order.order_status == "cancelled":
            return "NoLongerTrue"
    return None


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


def _record(tx: Tx, duty: Taken, letter: Letter, outcome: Outcome, seconds: float) -> None:
    row = tx.session.get_one(OutboxMessage, letter.outbox_id, with_for_update=True)
    settled = row.status != "sending"  # a report was quicker
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


def _settle(tx: Tx, duty: Taken, row: OutboxMessage, outcome: Outcome) -> None:
    """The row's next status, and the duty's end or next date (DR-1506)."""
    match outcome.meaning:
        case Meaning.ACCEPTED:
            row.status, row.error = "accepted", ""
            row.provider_id, row.cost = outcome.provider_id or None, outcome.cost
            duties.finish(tx, duty)
        case Meaning.UNKNOWN:
            _unknown(tx, duty, row, outcome.reason)
        case Meaning.NEVER:
            row.status = "failed"
            row.error = blacklist.REFUSED if is_blacklisted(outcome.reason) else outcome.reason[:64]
            duties.finish(tx, duty)
        case Meaning.RETRY:
            row.attempts += 1
            if row.attempts > tx.setting("notify.sms_retries"):
                row.status, row.error = "failed", outcome.reason[:64]
                duties.finish(tx, duty)
                log.error("an SMS was given up", extra={"outbox": row.outbox_id, "why": outcome.reason})
                alarms.raise_alarm(tx, "message_failed", row.code, outbox_id=row.outbox_id)
            else:
                _again(tx, duty, row, outcome.reason, PAUSES[min(row.attempts, len(PAUSES)) - 1])
        case Meaning.WAIT:
            log.error("SMS cannot be sent: our account", extra={"why": outcome.reason})
            _again(tx, duty, row, outcome.reason, LONGEST_WAIT)
        case Meaning.NOT_SENT:
            waited = tx.now - row.not_before
            _again(tx, duty, row, outcome.reason, min(max(waited, timedelta(seconds=5)), LONGEST_WAIT))


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
