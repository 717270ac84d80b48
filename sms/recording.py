"""The second half of a sending: what became of each letter, its cost, its line in the log (DR-1506)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core.alarms import service as alarms
from core.db import Tx
from core.duties import service as duties
from core.msisdn import masked
from core.outbox import blacklist, gate
from core.outbox.lanes import LANES
from core.outbox.models import OutboxMessage
from core.outbox.spending import Bill
from core.traffic import service as traffic
from sms.claiming import Letter, unknown
from sms.port import Meaning, Outcome

log = logging.getLogger("tunda.sms")
KIND = "sms-send"
LONGEST_WAIT, NOT_REACHED = timedelta(minutes=5), timedelta(seconds=5)
VERDICTS = {
    Meaning.ACCEPTED: "accepted",
    Meaning.RETRY: "refused",
    Meaning.WAIT: "refused",
    Meaning.NEVER: "refused",
    Meaning.NOT_SENT: "failed",
    Meaning.UNKNOWN: "unknown",
}


@dataclass(frozen=True)
class Back:
    """A letter whose call came back, and how long that took."""

    letter: Letter
    outcome: Outcome
    seconds: float


def record(tx: Tx, provider: str, came: Sequence[Back]) -> bool:
    """What became of each; returns whether the way has just become free for what waits."""
    ids = [back.letter.outbox_id for back in came]
    query = select(OutboxMessage).where(OutboxMessage.outbox_id.in_(ids)).order_by(OutboxMessage.outbox_id)
    rows = {row.outbox_id: row for row in tx.session.scalars(query.with_for_update())}
    freed = gate.returned(tx, provider=provider, served=[back.outcome.served for back in came])
    bill, done, calls, told = Bill(tx), [], [], 0
    for back in came:
        letter, outcome, row = back.letter, back.outcome, rows[back.letter.outbox_id]
        _reckon(bill, row, outcome)
        again = None
        if row.status == "sending":
            again = _settle(tx, row, outcome)
        elif outcome.meaning is Meaning.ACCEPTED and row.provider_id is None:  # a report was quicker
            row.provider_id = outcome.provider_id or None
        if again is None:
            done.append(letter.duty)
        else:
            duties.postpone(tx, letter.duty, again)
        tx.note(f"sms:{row.outbox_id}", f"sending -> {row.status}")
        calls.append(_line(back, tx.changed[told:]))
        told = len(tx.changed)
    tx.flush()
    duties.finish_all(tx, done)
    traffic.record_calls(tx, calls)
    bill.write()
    return freed


def _line(back: Back, changed: Sequence[dict[str, str]]) -> traffic.Call:
    letter, outcome = back.letter, back.outcome
    return traffic.Call(
        kind=KIND,
        msisdn=letter.msisdn,
        provider_id=outcome.provider_id,
        request={
            "to": masked(letter.msisdn), "from": letter.sender, "message": letter.shown, "code": letter.code
        },
        reply=traffic.mask_phones(outcome.answer),
        status=outcome.status,
        verdict=VERDICTS[outcome.meaning],
        error=outcome.reason,
        duration_ms=round(back.seconds * 1000),
        changed=changed,
        cause=letter.cause,
        order_id=letter.order_id,
    )  # fmt: skip


def _reckon(bill: Bill, row: OutboxMessage, outcome: Outcome) -> None:
    """What it cost, beside what we had reckoned; what certainly did not go costs nothing."""
    if outcome.meaning is Meaning.ACCEPTED:
        row.cost = outcome.cost
        if outcome.charged is not None:
            more = bill.charge(row, outcome.charged)
            if more:
                log.info("an SMS cost another sum", extra={"outbox": row.outbox_id, "more": str(more)})
    elif outcome.meaning is not Meaning.UNKNOWN:
        bill.give_back(row)


def _settle(tx: Tx, row: OutboxMessage, outcome: Outcome) -> datetime | None:
    """The row's next status; when its duty is to be done again, None if it is done (DR-1506)."""
    match outcome.meaning:
        case Meaning.ACCEPTED:
            row.status, row.error = "accepted", ""
            row.provider_id = outcome.provider_id or None
            return None
        case Meaning.UNKNOWN:
            return unknown(tx, row, outcome.reason)
        case Meaning.NEVER:
            row.status = "failed"
            row.error = blacklist.REFUSED if outcome.opted_out else outcome.reason[:64]
            return None
        case Meaning.RETRY:
            row.attempts += 1
            if row.attempts > tx.setting("notify.sms_retries"):
                row.status, row.error = "failed", outcome.reason[:64]
                log.error("an SMS was given up", extra={"outbox": row.outbox_id, "why": outcome.reason})
                alarms.raise_alarm(tx, "message_failed", row.code, outbox_id=row.outbox_id)
                return None
            pauses = LANES[row.lane].pauses
            return _again(tx, row, outcome.reason, pauses[min(row.attempts, len(pauses)) - 1])
        case Meaning.WAIT:
            log.error("SMS cannot be sent: our account", extra={"why": outcome.reason})
            alarms.raise_alarm(tx, "message_failed", outcome.reason[:64], outbox_id=row.outbox_id)
            return _again(tx, row, outcome.reason, LONGEST_WAIT)
        case Meaning.NOT_SENT:
            return _again(tx, row, outcome.reason, NOT_REACHED)  # and soon the circuit is open


def _again(tx: Tx, row: OutboxMessage, why: str, pause: timedelta) -> datetime:
    row.status, row.error = "queued", why[:64]
    # Past its expiry it is only taken once more, to be dropped.
    return min(tx.now + pause, max(row.expires_at, tx.now))
