"""Money that M-Pesa has taken back out of our account: by our own reversal, or without our asking (P6)."""

from decimal import Decimal

from sqlalchemy import select

from core import events
from core.actor import system
from core.alarms import service as alarms
from core.db import Tx
from core.duties import service as duties
from core.ledger import postings
from core.payments import locks, matching, receipts, returning, standing, suspense
from core.payments.arriving import move
from core.payments.models import MpesaReceipt, PaymentTransaction, SuspensePayment

SYSTEM = system("pay")


def reversed_by_provider(tx: Tx, *, transaction_id: int, receipt: str | None = None) -> str:
    """M-Pesa has taken a payment back (P6): ours completes its refund, any other is booked and alarms.

    receipt  of the reversal, if there is one

    Returns the verdict: applied, duplicate, or unmatched where a refund gives it back too: nothing moves, a
    person is called (DR-821). Raises PaymentUnknown. Emits PaymentTakenBack.
    """
    payment = locks.known(tx, transaction_id)
    ours = returning.reversal_of(tx, transaction_id)
    if ours is not None and ours.sent_key is not None:
        return returning.result(tx, sent_key=ours.sent_key, outcome="paid", receipt=receipt)
    if payment.status != "succeeded" or returning.was_reversed(tx, transaction_id):
        return "duplicate"
    if returning.gives_back(tx, transaction_id):
        matching.alarm(tx, payment, "reversed by the provider, and a refund gives it back too")
        return "unmatched"
    if standing.parts_gone(tx, payment.order_id).get(transaction_id):
        return "unmatched"  # a part is gone already: whether the rest is, too, a person says
    if receipt is not None:
        receipts.claim(tx, receipt, payment.amount, f"{receipts.REVERSAL}{transaction_id}")
    move(tx, payment, "reversed")
    postings.provider_reversal(tx, transaction_id, payment.order_id, payment.amount)
    _lacks(tx, payment, payment.amount)
    return "applied"


def part_reversed(tx: Tx, *, transaction_id: int, amount: Decimal, receipt: str) -> str:
    """Our people know that M-Pesa has taken back a part of a payment, or what an earlier part had left (P6).

    amount   KES; receipt of the reversal

    Returns the verdict: applied, duplicate, or unmatched where so much is not left of it, or where a refund
    gives it back too (DR-821). Raises PaymentUnknown. Emits PaymentTakenBack.
    """
    payment = locks.known(tx, transaction_id)
    gone = standing.parts_gone(tx, payment.order_id).get(transaction_id, Decimal(0))
    if receipts.known(tx, receipt) is not None:
        return "duplicate"
    if payment.status != "succeeded" or not Decimal(0) < amount <= payment.amount - gone:
        return "unmatched"
    if payment.method == "bank" or returning.gives_back(tx, transaction_id):
        return "unmatched"
    receipts.take(tx, receipt, amount, f"{receipts.REVERSAL}{transaction_id}:{receipt}")
    postings.provider_reversal(tx, transaction_id, payment.order_id, amount, part=receipt)
    if gone + amount == payment.amount:
        move(tx, payment, "reversed")
    _lacks(tx, payment, amount)
    return "applied"


def _lacks(tx: Tx, payment: PaymentTransaction, amount: Decimal) -> None:
    """The order lacks so much again: a person and its customer are told."""
    standing.derive(tx, payment.order)
    matching.alarm(tx, payment, f"reversed by the provider, order is {payment.order.order_status}")
    due = standing.still_due(tx, payment.order)
    tx.emit(events.PaymentTakenBack(payment.order_id, payment.transaction_id, amount, due, SYSTEM))


def of_receipt(tx: Tx, original: MpesaReceipt, *, amount: Decimal, receipt: str | None) -> str:
    """M-Pesa has said that what came in under `original` is reversed; `amount` KES went back.

    receipt  of the reversal, where it is known

    Returns the verdict: applied, duplicate, or unmatched where a person has to look: another amount, money
    that is on its way back by another road, or what is no payment (a rider's deposit: core/cash/undoing.py).
    """
    family, _, number = original.record.partition(":")
    if amount != original.amount or family not in ("payment", "suspense"):
        return "unmatched"
    if family == "suspense":
        money = locks.suspense(tx, int(number))
        if money.status != "matched":
            return _from_suspense(tx, money, receipt)
    transaction_id = payment_of(tx, original)
    if transaction_id is None:
        return "unmatched"
    return reversed_by_provider(tx, transaction_id=transaction_id, receipt=receipt)


def payment_of(tx: Tx, original: MpesaReceipt) -> int | None:
    """The payment that came under this receipt, also by way of suspense; None if it is no order's."""
    by_receipt = select(PaymentTransaction.transaction_id).where(
        PaymentTransaction.receipt == original.receipt
    )
    return tx.session.scalar(by_receipt)


def _from_suspense(tx: Tx, money: SuspensePayment, receipt: str | None) -> str:
    """Money that had found no order is with its payer again, as if we had sent it back (DR-812)."""
    if money.status == "returned":
        return "duplicate"
    if money.status != "open":
        return "unmatched"
    if receipt is not None:
        receipts.claim(tx, receipt, money.amount, f"{receipts.RETURNED}{money.suspense_id}")
    suspense.move(tx, SYSTEM, money, "give_back")
    suspense.move(tx, SYSTEM, money, "gone_back")
    money.settled_at = tx.now
    postings.suspense_returned(tx, money.suspense_id, money.amount, road="reversal")
    duties.drop(tx, "suspense_refund", money.suspense_id)
    alarms.settle(tx, "unknown_money", f"suspense:{money.suspense_id}")
    return "applied"
