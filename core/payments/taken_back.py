"""Money that M-Pesa has taken back out of our account: by our own reversal, or without our asking (P6).

What a refund of ours was about to give back of it is called off first (core/payments/overtaken.py); what two
admins said wrongly is put right by core/payments/restoring.py.
"""

from decimal import Decimal
from itertools import count

from sqlalchemy import select

from core import events
from core.actor import system
from core.alarms import service as alarms
from core.db import Tx
from core.duties import service as duties
from core.ledger import postings
from core.ledger import service as ledger
from core.payments import locks, matching, overtaken, receipts, returning, standing, suspense
from core.payments.arriving import move
from core.payments.models import MpesaReceipt, PaymentTransaction, SuspensePayment

SYSTEM = system("pay")
TOO = "reversed by the provider, and a refund gives it back too"


def reversed_by_provider(tx: Tx, *, transaction_id: int, receipt: str | None = None) -> str:
    """M-Pesa has taken a payment back (P6): ours completes its refund, any other is booked and alarms.

    receipt  of the reversal, if there is one

    A refund of it that has not gone out is called off. Returns the verdict: applied, duplicate, or unmatched
    where a refund has gone out, or may have: nothing moves, a person is called (DR-821). Raises
    PaymentUnknown. Emits PaymentTakenBack.
    """
    payment = locks.known(tx, transaction_id)
    ours = returning.reversal_of(tx, transaction_id)
    if ours is not None and ours.sent_key is not None:
        return returning.result(tx, sent_key=ours.sent_key, outcome="paid", receipt=receipt)
    if payment.status != "succeeded" or returning.was_reversed(tx, transaction_id):
        return "duplicate"
    if standing.parts_gone(tx, payment.order_id).get(transaction_id):
        return "unmatched"  # a part is gone already: whether the rest is, too, a person says
    called_off = overtaken.of_payment(tx, payment)
    if called_off is None:
        matching.alarm(tx, payment, TOO)
        return "unmatched"
    if receipt is not None:
        receipts.claim(tx, receipt, payment.amount, f"{receipts.REVERSAL}{transaction_id}")
    move(tx, payment, "reversed")
    _post(tx, payment, payment.amount)
    _lacks(tx, payment, payment.amount, called_off)
    return "applied"


def part_reversed(tx: Tx, *, transaction_id: int, amount: Decimal, receipt: str) -> str:
    """Our people know that M-Pesa has taken back a part of a payment, or what an earlier part had left (P6).

    amount   KES; receipt of the reversal

    Returns the verdict: applied, duplicate, or unmatched where so much is not left of it, or where a refund
    that has gone out, or may have, gives it back too (DR-821). Raises PaymentUnknown. Emits PaymentTakenBack.
    """
    payment = locks.known(tx, transaction_id)
    gone = standing.parts_gone(tx, payment.order_id).get(transaction_id, Decimal(0))
    if receipts.known(tx, receipt) is not None and _stands(tx, payment, receipt):
        return "duplicate"
    if payment.status != "succeeded" or not Decimal(0) < amount <= payment.amount - gone:
        return "unmatched"
    called_off = None if payment.method == "bank" else overtaken.of_payment(tx, payment)
    if called_off is None:
        return "unmatched"
    receipts.claim(tx, receipt, amount, f"{receipts.REVERSAL}{transaction_id}:{receipt}")
    _post(tx, payment, amount, receipt)
    if gone + amount == payment.amount:
        move(tx, payment, "reversed")
    _lacks(tx, payment, amount, called_off, receipt)
    return "applied"


def _post(tx: Tx, payment: PaymentTransaction, amount: Decimal, part: str = "") -> None:
    """Book it; what was booked before and taken back as a mistake, under a key of its own."""
    for turn in count(1):
        key = part if turn == 1 else f"{part or 'all'}-{turn}"
        number, order_id = payment.transaction_id, payment.order_id
        if postings.provider_reversal(tx, number, order_id, amount, part=key) is not None:
            return


def _stands(tx: Tx, payment: PaymentTransaction, part: str) -> bool:
    """Whether what was booked under the receipt `part` has not been taken back as a mistake."""
    key = f"{payment.transaction_id}:{part}"
    moved = standing.reversals(tx, payment.order_id)
    return sum(amount for source, amount in moved if source == key or source.startswith(f"{key}-")) != 0


def _lacks(
    tx: Tx, payment: PaymentTransaction, amount: Decimal, called_off: list[int], part: str = ""
) -> None:
    """The order lacks so much again: a person and its customer are told."""
    order = payment.order
    called_off = called_off + overtaken.kept_for(tx, order)
    if called_off:
        overtaken.promise_anew(tx, order, f"p{payment.transaction_id}{part and '-'}{part}")
    standing.derive(tx, order)
    off = ", ".join(f"refund {refund_id}" for refund_id in called_off)
    what = f"reversed by the provider, order is {order.order_status}"
    matching.alarm(tx, payment, f"{what}; called off: {off}" if off else what)
    due = standing.still_due(tx, order)
    tx.emit(events.PaymentTakenBack(payment.order_id, payment.transaction_id, amount, due, SYSTEM))


def of_receipt(
    tx: Tx, original: MpesaReceipt, *, amount: Decimal, receipt: str | None, by_hand: bool = False
) -> str:
    """What came in under `original` is reversed; `amount` KES went back.

    receipt  of the reversal, where it is known
    by_hand  our people say so, and may speak of a part; M-Pesa's own word is only of the whole

    Returns the verdict: applied, duplicate, or unmatched where a person has to look: another amount, money
    that is on its way back by another road, or what is no payment (a rider's deposit: core/cash/undoing.py).
    """
    family, _, number = original.record.partition(":")
    is_part = amount != original.amount
    if family not in ("payment", "suspense") or (is_part and (receipt is None or not by_hand)):
        return "unmatched"
    if family == "suspense":
        money = locks.suspense(tx, int(number))
        if money.status != "matched":
            return _from_suspense(tx, money, amount, receipt, by_hand=by_hand)
    transaction_id = payment_of(tx, original)
    if transaction_id is None:
        return "unmatched"
    if is_part:
        assert receipt is not None, "a part without a receipt was sent away above"
        return part_reversed(tx, transaction_id=transaction_id, amount=amount, receipt=receipt)
    if tx.session.get_one(PaymentTransaction, transaction_id).amount != amount:
        return "unmatched"  # a part went back before it had found its order: as after a part of a payment
    return reversed_by_provider(tx, transaction_id=transaction_id, receipt=receipt)


def payment_of(tx: Tx, original: MpesaReceipt) -> int | None:
    """The payment that came under this receipt, also by way of suspense; None if it is no order's."""
    by_receipt = select(PaymentTransaction.transaction_id).where(
        PaymentTransaction.receipt == original.receipt
    )
    return tx.session.scalar(by_receipt)


def entry_of(tx: Tx, original: MpesaReceipt) -> int | None:
    """The newest journal entry by which money of this receipt went back (P6)."""
    transaction_id = payment_of(tx, original)
    if transaction_id is not None:
        return ledger.newest(tx, "provider_reversal", str(transaction_id))
    return ledger.newest(tx, "suspense_returned", original.record.partition(":")[2])


def _from_suspense(
    tx: Tx, money: SuspensePayment, amount: Decimal, receipt: str | None, *, by_hand: bool
) -> str:
    """Money that had found no order is with its payer again, or a part of it: what is left waits (DR-812)."""
    left = standing.left_in_suspense(tx, money)
    gone = receipt is not None and standing.suspense_parts(tx, money.suspense_id).get(receipt)
    if money.status == "returned" or gone:
        return "duplicate"
    if amount > left or (amount < money.amount and not by_hand) or not overtaken.of_suspense(tx, money):
        return "unmatched"
    record = f"{receipts.RETURNED}{money.suspense_id}"
    if receipt is not None:
        receipts.claim(tx, receipt, amount, f"{record}:{receipt}")
    _post_returned(tx, money.suspense_id, amount, receipt or "")
    tx.note(f"suspense:{money.suspense_id}", f"{amount} taken back by the provider")
    if amount < left:
        suspense.rest_goes_back(tx, money, left - amount)
        return "applied"
    if money.status == "open":
        suspense.move(tx, SYSTEM, money, "give_back")
    suspense.move(tx, SYSTEM, money, "gone_back")
    money.settled_at = tx.now
    duties.drop(tx, "suspense_refund", money.suspense_id)
    alarms.settle(tx, "unknown_money", f"suspense:{money.suspense_id}")
    return "applied"


def _post_returned(tx: Tx, suspense_id: int, amount: Decimal, part: str) -> None:
    """As `_post`."""
    for turn in count(1):
        key = part if turn == 1 else f"{part or 'all'}-{turn}"
        if postings.suspense_returned(tx, suspense_id, amount, road="reversal", part=key) is not None:
            return
