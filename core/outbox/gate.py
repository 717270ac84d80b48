"""The way out, one for all workers: how fast, how dear, and whether the provider is there at all.

It is a row that is locked for the moment in which messages are let through, so the limits hold however many
workers there are, and hold when Redis is away: without the database nothing goes out.

The circuit: after FAILURES calls in a row that the provider did not serve, nothing is tried for a while; then
one message tries the way. If that is served the circuit closes and whatever waits is due, the most urgent
first; else the next pause is twice as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from core.alarms import service as alarms
from core.db import Tx
from core.duties import service as duties
from core.duties.models import Duty
from core.outbox import spending
from core.outbox.models import Gate, OutboxMessage

WIDTH = 10  # so many calls at once, of one worker
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
_LATELY = select(func.count()).where(
    OutboxMessage.sender == bindparam("sender"), OutboxMessage.sent_at > bindparam("since")
)
_OLDEST = (
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


class Way:
    """The way to `provider`, locked for all others until the transaction ends: to be asked for last in it."""

    def __init__(self, tx: Tx, provider: str) -> None:
        self._tx = tx
        self._gate = _locked(tx, provider)
        self._purse = spending.Purse(tx)
        self._free: dict[str, int] = {}  # by sender: so many more may leave within this second
        # So many may be under way together: no more than would open the circuit, and one alone tries a way
        # that was shut.
        self.room = WIDTH
        if self._gate.open_until is not None:
            self.room = 1
        elif self._gate.failures:
            self.room = max(FAILURES - self._gate.failures, 1)

    def enter(self, message: OutboxMessage, *, sender: str, segments: int) -> Wait | None:
        """Let `message` through now, and count it; or when to come again (DR-1506).

        Emits AlarmRaised near a ceiling.
        """
        tx, gate = self._tx, self._gate
        if gate.open_until is not None:
            if tx.now < gate.open_until:
                return Wait(CIRCUIT, gate.open_until)
            if gate.probing_until is not None and tx.now < gate.probing_until:
                return Wait(CIRCUIT, gate.probing_until)
        if sender not in self._free:
            self._free[sender] = _free_now(tx, sender)
        if self._free[sender] <= 0:
            return Wait(RATE, _free_at(tx, sender))
        until = self._purse.reserve(message, segments=segments)
        if until is not None:
            return Wait(SPEND, until)
        if gate.open_until is not None:
            gate.probing_until = tx.now + PROBE
        self._free[sender] -= 1
        self.room -= 1
        message.sender, message.sent_at = sender, tx.now
        return None


def returned(tx: Tx, *, provider: str, served: Sequence[bool]) -> bool:
    """Calls came back: of each, whether the provider `served` it, be it with a no. Returns whether the
    circuit has just closed, so that whatever waits is to be woken. Raises and settles the alarm."""
    if all(served) and tx.look(_CALM, provider=provider).first():
        return False
    gate, freed = _locked(tx, provider), False
    for one in served:
        freed = _one_returned(tx, gate, served=one)
    return freed


def _one_returned(tx: Tx, gate: Gate, *, served: bool) -> bool:
    if served:
        closed = gate.open_until is not None
        gate.failures, gate.pause_seconds, gate.open_until, gate.probing_until = 0, 0, None, None
        if closed:
            alarms.settle(tx, ALARM, SUBJECT)
            tx.note(f"sms gate:{gate.provider}", "open -> closed")
        return closed
    gate.failures += 1
    if gate.failures < FAILURES:
        return False
    if gate.open_until is not None and tx.now < gate.open_until:
        return False  # a call that was under way when it opened
    longest = LONGEST_PAUSE.total_seconds()
    gate.pause_seconds = int(min(gate.pause_seconds * 2 or FIRST_PAUSE.total_seconds(), longest))
    if gate.open_until is None:
        tx.note(f"sms gate:{gate.provider}", "closed -> open")
    gate.open_until, gate.probing_until = tx.now + timedelta(seconds=gate.pause_seconds), None
    alarms.raise_alarm(tx, ALARM, SUBJECT, provider=gate.provider, failures=gate.failures)
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
        .order_by(Duty.priority, Duty.due_at, Duty.duty_id)
        .limit(WOKEN)
    )
    ids = tx.session.scalars(waiting).all()
    if ids:
        duties.wake(tx, ids)


def is_open(tx: Tx) -> dict[str, bool]:
    """Of each provider, whether its circuit is open: the figure of /metrics."""
    return {gate.provider: gate.open_until is not None for gate in tx.session.scalars(select(Gate))}


def received(tx: Tx, provider: str) -> tuple[str, bool]:
    """The provider's id of the last text of its inbox that was looked at, "" before the first; and whether
    this house has begun to read there, or still passes over what is older than itself."""
    gate = tx.session.get(Gate, provider)
    return (gate.last_received, gate.fetched_at is not None) if gate is not None else ("", False)


def remember_received(tx: Tx, provider: str, last: str, *, begun: bool = True) -> None:
    """The inbox was looked at, and `last` is the id to go on from.

    begun  False while what was there before this house is passed over
    """
    gate = _locked(tx, provider)
    gate.last_received, gate.fetched_at = last[:64], tx.now if begun else None


def _free_now(tx: Tx, sender: str) -> int:
    """How many texts may leave from `sender` at once: what a second holds, less what left within the last."""
    left: int = tx.look(_LATELY, sender=sender, since=tx.now - SECOND).scalar_one()
    return int(tx.setting("sms.per_second")) - left


def _free_at(tx: Tx, sender: str) -> datetime:
    """When the next text may leave from `sender`, if not now."""
    most = int(tx.setting("sms.per_second"))
    oldest = tx.look(_OLDEST, sender=sender, since=tx.now - SECOND, before=most - 1).scalar()
    return (tx.now if oldest is None else oldest) + SECOND


def _locked(tx: Tx, provider: str) -> Gate:
    gate = tx.session.get(Gate, provider, with_for_update=True)
    if gate is None:
        gate = Gate(provider=provider, failures=0, pause_seconds=0, last_received="")
        tx.session.add(gate)
        tx.flush()
    return gate
