"""The way out, one for all workers: how fast, how dear, and whether the provider is there at all.

It is a row that is locked for the moment in which a message is let through, so the limits hold however many
workers there are, and hold when Redis is away: without the database nothing goes out.

The circuit: after FAILURES calls in a row that the provider did not serve, nothing is tried for a while; then
one message tries the way. If that is served the circuit closes and whatever waits is due, the most urgent
first; else the next pause is twice as long.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from core.alarms import service as alarms
from core.db import Tx
from core.duties import service as duties
from core.duties.models import Duty
from core.outbox import spending
from core.outbox.models import Gate, OutboxMessage

FAILURES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(seconds=60)
PROBE = timedelta(seconds=30)  # longer than a call may take
SECOND = timedelta(seconds=1)
CIRCUIT, RATE, SPEND = "CircuitOpen", "TooFast", "OverBudget"
ALARM, SUBJECT = "circuit_open", "sms"
WOKEN = 500  # at once; the rest are due within LONGEST_PAUSE anyway


# The way is free and was: nearly always, and then a call that comes back needs no lock.
_CALM = select(Gate.provider).where(
    Gate.provider == bindparam("provider"), Gate.failures == 0, Gate.open_until.is_(None)
)
_LATELY = (
    select(OutboxMessage.sent_at)
    .where(OutboxMessage.sender == bindparam("sender"), OutboxMessage.sent_at > bindparam("since"))
    .order_by(OutboxMessage.sent_at.desc())
    .limit(1)
    .offset(bindparam("before"))
)


@dataclass(frozen=True)
class Wait:
    """A message may not go yet: why, and when to ask again."""

    why: str
    until: datetime


def enter(tx: Tx, message: OutboxMessage, *, provider: str, sender: str, segments: int) -> Wait | None:
    """Let `message` through to `provider` now, and count it; or when to come again (DR-1506).

    To be asked last in its transaction, since it holds the way for all. Emits AlarmRaised near a ceiling.
    """
    gate = _locked(tx, provider)
    if gate.open_until is not None:
        if tx.now < gate.open_until:
            return Wait(CIRCUIT, gate.open_until)
        if gate.probing_until is not None and tx.now < gate.probing_until:
            return Wait(CIRCUIT, gate.probing_until)
    free_at = _free_at(tx, sender)
    if free_at is not None:
        return Wait(RATE, free_at)
    until = spending.reserve(tx, message, segments=segments)
    if until is not None:
        return Wait(SPEND, until)
    if gate.open_until is not None:
        gate.probing_until = tx.now + PROBE
    message.sender, message.sent_at = sender, tx.now
    return None


def returned(tx: Tx, *, provider: str, served: bool) -> bool:
    """A call came back: whether the provider `served` it, be it with a no. Returns whether the circuit has
    just closed, so that whatever waits is to be woken. Raises and settles the alarm."""
    if served and tx.look(_CALM, provider=provider).first():
        return False
    gate = _locked(tx, provider)
    if served:
        closed = gate.open_until is not None
        gate.failures, gate.pause_seconds, gate.open_until, gate.probing_until = 0, 0, None, None
        if closed:
            alarms.settle(tx, ALARM, SUBJECT)
            tx.note(f"sms gate:{provider}", "open -> closed")
        return closed
    gate.failures += 1
    if gate.failures < FAILURES:
        return False
    if gate.open_until is not None and tx.now < gate.open_until:
        return False  # a call that was under way when it opened
    longest = LONGEST_PAUSE.total_seconds()
    gate.pause_seconds = int(min(gate.pause_seconds * 2 or FIRST_PAUSE.total_seconds(), longest))
    if gate.open_until is None:
        tx.note(f"sms gate:{provider}", "closed -> open")
    gate.open_until, gate.probing_until = tx.now + timedelta(seconds=gate.pause_seconds), None
    alarms.raise_alarm(tx, ALARM, SUBJECT, provider=provider, failures=gate.failures)
    return False


def wake(tx: Tx) -> None:
    """The way is free: what waited for it is due now. What the provider refused for now keeps its pause."""
    waiting = (
        select(Duty.duty_id)
        .join(OutboxMessage, OutboxMessage.outbox_id == Duty.subject_id)
        .where(
            Duty.kind == "send_sms",
            Duty.status == "due",
            Duty.due_at > tx.now,
            OutboxMessage.status == "queued",
            OutboxMessage.not_before <= tx.now,
            OutboxMessage.attempts == 0,
            OutboxMessage.error != SPEND,
        )
        .order_by(Duty.priority, Duty.due_at)
        .limit(WOKEN)
    )
    ids = tx.session.scalars(waiting).all()
    if ids:
        duties.wake(tx, ids)


def is_open(tx: Tx) -> dict[str, bool]:
    """Of each provider, whether its circuit is open: the figure of /metrics."""
    return {gate.provider: gate.open_until is not None for gate in tx.session.scalars(select(Gate))}


def received(tx: Tx, provider: str) -> str:
    """The provider's id of the last text that was fetched from its inbox; "" before the first."""
    gate = tx.session.get(Gate, provider)
    return gate.last_received if gate is not None else ""


def remember_received(tx: Tx, provider: str, last: str) -> None:
    """The inbox was looked at, and `last` is the id to go on from."""
    gate = _locked(tx, provider)
    gate.last_received, gate.fetched_at = last[:64], tx.now


def _free_at(tx: Tx, sender: str) -> datetime | None:
    """When the next text may leave from `sender`; None for now."""
    most = int(tx.setting("sms.per_second"))
    oldest = tx.look(_LATELY, sender=sender, since=tx.now - SECOND, before=most - 1).scalar()
    return None if oldest is None else oldest + SECOND


def _locked(tx: Tx, provider: str) -> Gate:
    gate = tx.session.get(Gate, provider, with_for_update=True)
    if gate is None:
        gate = Gate(provider=provider, failures=0, pause_seconds=0, last_received="")
        tx.session.add(gate)
        tx.flush()
    return gate
