"""Money whose reference nobody knows: kept apart, asked about, matched by hand or sent back (DR-812)."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from core import events
from core.actor import Actor, system
from core.alarms import service as alarms
from core.audit import service as audit
from core.db import Tx
from core.duties import service as duties
from core.ledger import postings
from core.machine import NEW
from core.orders import numbers
from core.payments import arriving, locks, receipts, refunds, rules, standing
from core.payments.errors import ReferenceUsed
from core.payments.machine import SUSPENSE
from core.payments.models import Refund, SuspensePayment
from core.users import service as users
from core.words import tidy

SYSTEM = system("pay")


def arrive(tx: Tx, *, receipt: str, reference: str, amount: Decimal, payer: str) -> SuspensePayment:
    """Keep it apart, call an admin, ask the payer if she is one of our people. Emits MoneyUnmatched."""
    clear = rules.clear_number(payer)
    known = users.find(tx, clear) if clear is not None else None
    money = SuspensePayment(
        receipt=receipt,
        amount=amount,
        reference=tidy(reference, 40),
        payer=tidy(payer, 64),
        user_id=known.user_id if known else None,
        status=SUSPENSE.step(NEW, "arrive", "system").target,
        received_at=tx.now,
    )
    tx.session.add(money)
    tx.flush()
    tx.note(f"suspense:{money.suspense_id}", f"new -> {money.status}")
    receipts.take(tx, receipt, amount, f"suspense:{money.suspense_id}")
    postings.payment_unmatched(tx, money.suspense_id, amount)
    alarms.raise_alarm(tx, "unknown_money", f"suspense:{money.suspense_id}", amount=str(amount))
    _go_back_later(tx, money.suspense_id)
    tx.emit(events.MoneyUnmatched(money.suspense_id, SYSTEM))
    return money


def match(tx: Tx, actor: Actor, *, suspense_id: int, order_number: str) -> SuspensePayment:
    """An admin has found out whose it is: what is left of it counts for that order as if it had just arrived.
    Audited.

    Matching it to the same order again changes nothing. Raises NotAllowed, SuspenseUnknown, OrderUnknown,
    OrderAmbiguous, WrongState; ReferenceUsed while it counts as a transfer (DR-813).
    """
    users.may(tx, actor, "create", "money", own=False)
    order = locks.locked_order(tx, numbers.find(tx, actor, order_number).order_id)
    money = locks.suspense(tx, suspense_id)
    if money.status == "matched" and money.order_id == order.order_id:
        return money
    if receipts.entered_as_transfer(tx, money.receipt):
        raise ReferenceUsed(reference=money.receipt)
    move(tx, actor, money, "match")
    money.order_id, money.matched_by, money.settled_at = order.order_id, actor.user_id, tx.now
    audit.record(
        tx, actor, what="suspense.match", record=f"suspense:{suspense_id}",
        changes={"order_id": [None, order.order_id], "amount": str(money.amount)},
    )  # fmt: skip
    duties.drop(tx, "suspense_refund", suspense_id)
    alarms.settle(tx, "unknown_money", f"suspense:{suspense_id}")
    left = standing.left_in_suspense(tx, money)
    payment = arriving.begin(tx, order, method="suspense", amount=left, payer=money.payer)
    payment.receipt = money.receipt
    arriving.succeed(tx, payment)
    postings.suspense_matched(tx, suspense_id, order.order_id, left)
    arriving.effect(tx, payment, order)
    return money


def give_back(tx: Tx, actor: Actor, *, suspense_id: int) -> SuspensePayment:
    """An admin sends it back before its time; again changes nothing. Audited.

    Raises NotAllowed, SuspenseUnknown, WrongState; ReferenceUsed while it counts as a transfer (DR-813).
    """
    users.may(tx, actor, "create", "money", own=False)
    money = locks.suspense(tx, suspense_id)
    if money.status in ("returning", "returned"):
        return money
    if receipts.entered_as_transfer(tx, money.receipt):
        raise ReferenceUsed(reference=money.receipt)
    audit.record(
        tx, actor, what="suspense.give_back", record=f"suspense:{suspense_id}",
        changes={"amount": str(money.amount)},
    )  # fmt: skip
    _give_back(tx, actor, money)
    return money


def overdue(tx: Tx, suspense_id: int) -> None:
    """The duty suspense_refund: nobody has found its order in time, it goes back (DR-812).

    While its receipt counts as a bank transfer it pays for an order already: it stays, and an admin is called
    again each time (DR-813).
    """
    money = locks.suspense(tx, suspense_id)
    if money.status != "open":
        return
    if receipts.entered_as_transfer(tx, money.receipt):
        alarms.raise_alarm(tx, "unknown_money", f"suspense:{suspense_id}", amount=str(money.amount))
        _go_back_later(tx, suspense_id)
    else:
        _give_back(tx, SYSTEM, money)


def rest_goes_back(tx: Tx, money: SuspensePayment, left: Decimal) -> None:
    """The provider has taken a part without our asking, and `left` KES of it stay (P6): they wait on, or go
    back on their own where the whole was to go back, to be approved like that."""
    before = select(Refund.requested_by).where(Refund.suspense_id == money.suspense_id)
    if money.status == "returning":
        asked_by = tx.session.scalar(before.order_by(Refund.refund_id.desc()).limit(1))
        refunds.of_suspense(tx, SYSTEM, money, left, asked_by=asked_by)


def reopen(tx: Tx, actor: Actor, money: SuspensePayment, entry_id: int) -> None:
    """By that journal entry it is with us again, and waits for its order, or for its time to go back."""
    move(tx, actor, money, "stays")
    money.settled_at = None
    alarms.raise_alarm(tx, "unknown_money", f"suspense:{money.suspense_id}", amount=str(money.amount))
    _go_back_later(tx, money.suspense_id, f":{entry_id}")


def refund_paid(tx: Tx, happened: events.RefundPaid) -> None:
    """Reaction: it has reached the payer."""
    suspense_id = refunds.suspense_of(tx, happened.refund_id)
    if suspense_id is not None:
        money = locks.suspense(tx, suspense_id)
        move(tx, SYSTEM, money, "gone_back")
        money.settled_at = tx.now


def listed(tx: Tx, actor: Actor, *, status: str = "open", limit: int = 50) -> list[SuspensePayment]:
    """Money that waits for its order, oldest first; raises NotAllowed."""
    users.may(tx, actor, "read", "money", own=False)
    query = select(SuspensePayment).where(SuspensePayment.status == status)
    return list(tx.session.scalars(query.order_by(SuspensePayment.suspense_id).limit(limit)))


def move(tx: Tx, actor: Actor, money: SuspensePayment, event: str) -> None:
    """Take the step for `event`; only here its status changes."""
    step = SUSPENSE.step(money.status, event, actor.role)
    money.status = step.target
    tx.note(f"suspense:{money.suspense_id}", f"{step.source} -> {step.target}")


def _go_back_later(tx: Tx, suspense_id: int, again: str = "") -> None:
    until = tx.now + timedelta(days=tx.setting("suspense.refund_days"))
    key = f"suspense_refund:{suspense_id}:{until:%Y%m%d%H%M}{again}"
    duties.want(tx, "suspense_refund", suspense_id, at=until, key=key)


def _give_back(tx: Tx, actor: Actor, money: SuspensePayment) -> None:
    move(tx, actor, money, "give_back")
    duties.drop(tx, "suspense_refund", money.suspense_id)
    alarms.settle(tx, "unknown_money", f"suspense:{money.suspense_id}")
    refunds.of_suspense(tx, actor, money, standing.left_in_suspense(tx, money))
