"""One payment, told twice, where the paybill cannot say what it is for: at a till no reference is typed.

Whichever comes first, it is the prompt's payment (DR-803, contract 3.6): by its receipt, or while that is not
known by the amount and the number.
"""

from decimal import Decimal

from sqlalchemy import select

from core.alarms import service as alarms
from core.db import Tx
from core.duties import service as duties
from core.ledger import postings
from core.payments import rules, standing
from core.payments.machine import OPEN, SUSPENSE
from core.payments.models import PaymentTransaction, SuspensePayment

# In the details of a prompt whose money the paybill has told of.
PAYBILL = "paybill"


def typed_at_paybill(tx: Tx, attempt: PaymentTransaction, receipt: str) -> bool:
    """Whether the receipt is booked as a payment at the paybill for this order and amount."""
    return any(payment.receipt == receipt for payment in told_by_paybill(tx, attempt))


def told_by_paybill(tx: Tx, attempt: PaymentTransaction) -> list[PaymentTransaction]:
    """What the paybill has told of since this prompt began, for the same order and sum.

    A payment of its own, or another prompt of the order that was open just then: the paybill says nothing of
    which prompt its money came by, so that the money of one may have settled the other.
    """
    query = select(PaymentTransaction).where(
        PaymentTransaction.order_id == attempt.order_id,
        PaymentTransaction.transaction_id != attempt.transaction_id,
        PaymentTransaction.amount == attempt.amount,
        PaymentTransaction.method.in_(("c2b", "stk")),
        PaymentTransaction.settled_at >= attempt.created_at,
    )
    found = tx.session.scalars(query.order_by(PaymentTransaction.transaction_id))
    return [payment for payment in found if payment.method == "c2b" or payment.details.get(PAYBILL)]


def in_suspense(tx: Tx, attempt: PaymentTransaction, receipt: str) -> SuspensePayment | None:
    """The same money, kept apart since the paybill could not say what it was for, and all of it; locked."""
    query = select(SuspensePayment).where(
        SuspensePayment.receipt == receipt,
        SuspensePayment.status == "open",
        SuspensePayment.amount == attempt.amount,
    )
    found = tx.session.scalar(query.with_for_update())
    return None if found is None or standing.suspense_parts(tx, found.suspense_id) else found


def take_out(tx: Tx, money: SuspensePayment, attempt: PaymentTransaction) -> None:
    """Now it is known what it was for: the prompt's order (10.2, payment unmatched, later matched)."""
    step = SUSPENSE.step(money.status, "match", "system")
    money.status = step.target
    money.order_id, money.settled_at = attempt.order_id, tx.now
    tx.note(f"suspense:{money.suspense_id}", f"{step.source} -> {step.target}")
    duties.drop(tx, "suspense_refund", money.suspense_id)
    alarms.settle(tx, "unknown_money", f"suspense:{money.suspense_id}")
    postings.suspense_matched(tx, money.suspense_id, attempt.order_id, money.amount)


def order_of_prompt(tx: Tx, amount: Decimal, payer: str) -> int | None:
    """The order of the only prompt that money without a reference can be of: its amount and its phone."""
    waiting = PaymentTransaction.status.in_(OPEN) | (
        (PaymentTransaction.status == "succeeded") & PaymentTransaction.receipt_due
    )
    query = select(PaymentTransaction).where(
        PaymentTransaction.method == "stk", PaymentTransaction.amount == amount, waiting
    )
    clear = rules.clear_number(payer)
    fitting = {
        attempt.order_id
        for attempt in tx.session.scalars(query.limit(500))
        if (clear == attempt.msisdn if clear else rules.fits(payer, attempt.msisdn))
    }
    return fitting.pop() if len(fitting) == 1 else None
