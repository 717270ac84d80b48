"""What people do with payouts: an admin creates, looks at, processes, holds; a payee asks (section 13)."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core import events
from core.actor import Actor
from core.audit import service as audit
from core.db import Database, Tx
from core.money import ZERO
from core.payouts import due, locks, making, paying
from core.payouts.errors import ListChanged, NothingToPay, PayoutNeedsApproval, PayoutOwn, PinTooFresh
from core.payouts.machine import PAYOUT
from core.payouts.models import Payout
from core.payouts.paying import move
from core.settings import switches
from core.users import pins
from core.users import service as users


@dataclass(frozen=True)
class FirstPayouts:
    """The first payouts to new numbers that wait for a yes: approved together, as one list with its sum."""

    payouts: tuple[Payout, ...]
    total: Decimal


def create(tx: Tx, actor: Actor, *, payee_id: int) -> list[Payout]:
    """An admin has everything paid out that may go to a person now, before the daily run. Audited.

    Raises NotAllowed, PayoutsPaused, PayoutUnknown, PayoutOpen, NumberSilent, NumberNeeded (sum),
    NothingToPay (sum).
    """
    users.may(tx, actor, "create", "payouts", own=False)
    switches.refuse_if_paused(tx, "payouts")
    made = _make_all(tx, actor, payee_id)
    for payout in made:
        _audited(tx, actor, "payout.create", payout)
    return made


def request(db: Database, actor: Actor, *, pin: str, once_key: str) -> list[Payout]:
    """A farmer or rider asks for what is payable, with the PIN (DR-207); it goes the same way as any other.

    Raises NotAllowed, PayoutsPaused, PinTooFresh (a PIN chosen a short while ago), PayoutOpen, NumberSilent,
    NumberNeeded (sum), NothingToPay (sum), and what pins.with_pin raises.
    """

    def work(tx: Tx) -> list[Payout]:
        user = users.acting(tx, actor, "farmer", "rider")
        switches.refuse_if_paused(tx, "payouts")
        if pins.is_fresh(tx, user.user_id):
            raise PinTooFresh
        made = _make_all(tx, actor, user.user_id)
        for payout in made:
            paying.go_on(tx, paying.SYSTEM, payout)
        return made

    return pins.with_pin(db, actor, pin=pin, once_key=once_key, work=work)


def approve(tx: Tx, actor: Actor, *, payout_id: int) -> Payout:
    """An admin who neither created it nor gets it has looked at it (DR-1302); again changes nothing.

    Audited. Raises NotAllowed, PayoutUnknown, PayoutOwn, WrongState.
    """
    users.may(tx, actor, "update", "payouts", own=False)
    payout = locks.payout(tx, payout_id)
    if payout.approved_by is not None and payout.status != "pending":
        return payout
    if actor.user_id in (payout.created_by, payout.payee_id):
        raise PayoutOwn
    if payout.status != "on_hold":
        move(tx, actor, payout, "release")
    payout.approved_by = actor.user_id
    _audited(tx, actor, "payout.approve", payout)
    return payout


def first_payouts(tx: Tx, actor: Actor) -> FirstPayouts:
    """The list of first payouts with its sum, as an admin looks at it. Raises NotAllowed."""
    users.may(tx, actor, "read", "payouts", own=False)
    return _first(tx)


def approve_first(tx: Tx, actor: Actor, *, payout_ids: Collection[int], total: Decimal) -> list[Payout]:
    """Approve the list of first payouts as it was looked at: these and no others, with that sum. Audited.

    Raises NotAllowed, ListChanged if the list or its sum is another one now, PayoutOwn.
    """
    users.may(tx, actor, "update", "payouts", own=False)
    now = _first(tx)
    if {payout.payout_id for payout in now.payouts} != set(payout_ids) or now.total != total:
        raise ListChanged(sum=str(now.total))
    return [approve(tx, actor, payout_id=payout_id) for payout_id in sorted(payout_ids)]


def process(tx: Tx, actor: Actor, *, payout_id: int) -> Payout:
    """An admin has an eligible payout started now; one under way stays as it is. Audited.

    Raises NotAllowed, PayoutsPaused, PayoutUnknown, PayoutNeedsApproval, WrongState.
    """
    users.may(tx, actor, "update", "payouts", own=False)
    switches.refuse_if_paused(tx, "payouts")
    payout = locks.payout(tx, payout_id)
    if payout.status in ("processing", "unknown", "paid"):
        return payout
    if payout.status == "pending":
        raise PayoutNeedsApproval
    PAYOUT.step(payout.status, "process", actor.role)
    paying.go_on(tx, actor, payout)
    _audited(tx, actor, "payout.process", payout)
    return payout


def hold(tx: Tx, actor: Actor, *, payout_id: int, reason: str) -> Payout:
    """An admin keeps it back; again changes nothing. Audited.

    Raises NotAllowed, PayoutUnknown, WrongState. Emits PayoutHeld.
    """
    users.may(tx, actor, "update", "payouts", own=False)
    payout = locks.payout(tx, payout_id)
    if payout.status != "on_hold":
        move(tx, actor, payout, "hold")
        payout.reason = reason[:160]
        _audited(tx, actor, "payout.hold", payout, reason)
        tx.emit(events.PayoutHeld(payout_id, actor))
    return payout


def resume(tx: Tx, actor: Actor, *, payout_id: int) -> Payout:
    """It may go on; again changes nothing. Audited.

    Raises NotAllowed, PayoutUnknown, PayoutNeedsApproval where nobody has looked at it yet, WrongState.
    """
    users.may(tx, actor, "update", "payouts", own=False)
    payout = locks.payout(tx, payout_id)
    if payout.status in ("eligible", "processing", "paid"):
        return payout
    if paying.must_be_looked_at(tx, payout):
        raise PayoutNeedsApproval
    move(tx, actor, payout, "resume")
    _audited(tx, actor, "payout.resume", payout)
    return payout


def cancel(tx: Tx, actor: Actor, *, payout_id: int, reason: str) -> Payout:
    """An admin lets it go before it starts; the money stays in the balance. Again changes nothing. Audited.

    Raises NotAllowed, PayoutUnknown, WrongState.
    """
    users.may(tx, actor, "update", "payouts", own=False)
    payout = locks.payout(tx, payout_id)
    if payout.status != "cancelled":
        PAYOUT.step(payout.status, "cancel", actor.role)
        paying.cancel(tx, actor, payout, reason=reason)
        _audited(tx, actor, "payout.cancel", payout, reason)
    return payout


def retry(tx: Tx, actor: Actor, *, payout_id: int) -> Payout:
    """A payout that failed may be tried again; again changes nothing. Audited.

    Raises NotAllowed, PayoutUnknown, WrongState: what is unknown is asked about, never sent again (DR-1303).
    """
    users.may(tx, actor, "update", "payouts", own=False)
    payout = locks.payout(tx, payout_id)
    if payout.status in ("eligible", "processing", "paid"):
        return payout
    move(tx, actor, payout, "retry")
    _audited(tx, actor, "payout.retry", payout)
    return payout


def _make_all(tx: Tx, actor: Actor, payee_id: int) -> list[Payout]:
    locks.payee(tx, payee_id)
    made = []
    too_little = ZERO
    for account in due.accounts_of(payee_id):
        try:
            made.append(making.make(tx, actor, payee_id=payee_id, account=account))
        except NothingToPay as nothing:
            too_little += Decimal(nothing.values["sum"])
    if not made:
        raise NothingToPay(sum=str(too_little))
    return made


def _first(tx: Tx) -> FirstPayouts:
    waiting = select(Payout).where(Payout.status == "pending", Payout.first_payout).order_by(Payout.payout_id)
    payouts = tuple(tx.session.scalars(waiting))
    return FirstPayouts(payouts, sum((payout.amount for payout in payouts), ZERO))


def _audited(tx: Tx, actor: Actor, what: str, payout: Payout, reason: str = "") -> None:
    changes = {"amount": str(payout.amount), "payee": payout.payee_id, "status": payout.status}
    record = f"payout:{payout.payout_id}"
    audit.record(tx, actor, what=what, record=record, changes=changes, reason=reason[:255])
