"""Bank transfers, as an admin finds them on the statement (DR-813), and the simulated payment (DR-814)."""

import re
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from core.actor import Actor
from core.audit import service as audit
from core.clock import nairobi_date
from core.db import Tx
from core.errors import WrongState
from core.money import LIMIT, ZERO, some
from core.orders.models import Order
from core.payments import arriving, locks, receipts, slips
from core.payments.errors import (
    AmountWrong,
    DateWrong,
    NotPayable,
    PaymentUnknown,
    ReferenceUsed,
    ReferenceWrong,
    SecondAdminNeeded,
    SimulationOff,
)
from core.payments.machine import PAYMENT
from core.payments.models import PaymentTransaction
from core.users import service as users
from core.words import reference_of

REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9/.\-]{3,39}")
# A transfer older than this is no payment of a present order but a slip of the pen.
OLDEST = timedelta(days=60)


def bank_paid(
    tx: Tx, actor: Actor, *, order_id: int, bank_reference: str, amount: Decimal, paid_on: date
) -> PaymentTransaction:
    """An admin has found a transfer on the bank's statement (DR-813); the same again changes nothing.

    bank_reference  the bank's own name for it, unique; amount KES; paid_on the bank's day

    Above `bank.two_person_over`, together with what was entered for the order before, it stays `created`
    until another admin approves it; else it counts at once, and a wrong amount is a part or a payment too
    much (DR-809, DR-810). An M-Pesa receipt that has counted is no transfer (DR-804), nor is the slip of cash
    brought to the bank (DR-904), nor what we paid back ourselves. Audited. Raises NotAllowed, PaymentUnknown,
    ReferenceWrong, ReferenceUsed, SlipIsCash (sum, day), AmountWrong, DateWrong.
    """
    users.may(tx, actor, "create", "money", own=False)
    told = reference_of(bank_reference)
    if not REFERENCE.fullmatch(told):
        raise ReferenceWrong(reference=str(bank_reference)[:40])
    value = _amount(amount)
    today = nairobi_date(tx.now)
    if not today - OLDEST <= paid_on <= today:
        raise DateWrong(paid_on=paid_on.isoformat())
    order = locks.locked_order(tx, order_id)
    known = tx.session.scalar(select(PaymentTransaction).where(PaymentTransaction.bank_reference == told))
    if known is not None:
        if (known.order_id, known.amount) == (order_id, value):
            return known
        raise ReferenceUsed(reference=told)
    if receipts.known(tx, told) is not None:  # M-Pesa's code for money that is counted already (DR-804)
        raise ReferenceUsed(reference=told)
    slips.refuse_cash(tx, told)
    if slips.is_refund(tx, told):
        raise ReferenceUsed(reference=told)
    together = value + _entered(tx, order_id)
    payment = arriving.begin(tx, order, method="bank", amount=value)
    payment.bank_reference, payment.paid_on, payment.entered_by = told, paid_on, actor.user_id
    _audited(tx, actor, "bank.enter", payment)
    if together <= tx.setting("bank.two_person_over"):
        _count(tx, payment, order)
    return payment


def approve_bank(tx: Tx, actor: Actor, *, transaction_id: int) -> PaymentTransaction:
    """A second admin has seen a large transfer too (DR-813); approved before, it changes nothing. Audited.

    Raises NotAllowed, PaymentUnknown, SecondAdminNeeded, WrongState.
    """
    users.may(tx, actor, "create", "money", own=False)
    payment = locks.known(tx, transaction_id)
    if payment.method != "bank":
        raise PaymentUnknown(transaction_id=transaction_id)
    if payment.status == "succeeded":
        return payment
    if payment.status != "created":  # struck out: only M-Pesa's money may come after a failure (P3)
        raise WrongState(machine=PAYMENT.name, status=payment.status, event="paid")
    if payment.entered_by == actor.user_id:
        raise SecondAdminNeeded
    payment.approved_by = actor.user_id
    _audited(tx, actor, "bank.approve", payment)
    _count(tx, payment, payment.order)
    return payment


def refuse_bank(tx: Tx, actor: Actor, *, transaction_id: int, reason: str) -> PaymentTransaction:
    """A transfer that was entered wrongly and has not counted yet is struck out; again changes nothing.

    Audited. Raises NotAllowed, PaymentUnknown, WrongState.
    """
    users.may(tx, actor, "create", "money", own=False)
    payment = locks.known(tx, transaction_id)
    if payment.method != "bank":
        raise PaymentUnknown(transaction_id=transaction_id)
    if payment.status != "failed":
        arriving.move(tx, payment, "refused")
        payment.result_text, payment.settled_at, payment.bank_reference = reason[:255], tx.now, None
        _audited(tx, actor, "bank.refuse", payment, reason)
    return payment


def simulate(tx: Tx, actor: Actor, *, order_id: int) -> PaymentTransaction:
    """An order is paid as by M-Pesa, without M-Pesa: for trying things out only (DR-814). Audited.

    The customer or an admin may, where `payments.simulation_enabled` is true, and never in production; again
    changes nothing.
    Raises SimulationOff, NotAllowed, PaymentUnknown, NotPayable (status).
    """
    if tx.parts.production or not tx.setting("payments.simulation_enabled"):
        raise SimulationOff
    order = locks.payable(tx, actor, order_id)
    earlier = select(PaymentTransaction).where(
        PaymentTransaction.order_id == order_id, PaymentTransaction.method == "simulated"
    )
    if (found := tx.session.scalar(earlier.limit(1))) is not None:
        return found
    if order.order_status != "pending_payment":
        raise NotPayable(order=order.order_number, status=order.order_status)
    payment = arriving.begin(tx, order, method="simulated", amount=order.amount_asked)
    _audited(tx, actor, "payment.simulate", payment)
    _count(tx, payment, order)
    return payment


def _entered(tx: Tx, order_id: int) -> Decimal:
    """What nobody but who entered it has seen of the order's transfers: parts of a large one are one, KES."""
    parts = select(func.sum(PaymentTransaction.amount)).where(
        PaymentTransaction.order_id == order_id,
        PaymentTransaction.method == "bank",
        PaymentTransaction.status != "failed",
        PaymentTransaction.approved_by.is_(None),
    )
    return tx.session.scalar(parts) or ZERO


def _count(tx: Tx, payment: PaymentTransaction, order: Order) -> None:
    arriving.succeed(tx, payment)
    arriving.book(tx, payment, order)


def _amount(amount: Decimal) -> Decimal:
    value = some(amount)
    if value is None or value >= LIMIT:
        raise AmountWrong(amount=str(amount)[:20])
    return value


def _audited(tx: Tx, actor: Actor, what: str, payment: PaymentTransaction, reason: str = "") -> None:
    changes = {
        "amount": str(payment.amount),
        "reference": payment.bank_reference,
        "order_id": payment.order_id,
    }
    record = f"payment:{payment.transaction_id}"
    audit.record(tx, actor, what=what, record=record, changes=changes, reason=reason[:255])
