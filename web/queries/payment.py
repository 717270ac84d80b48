"""One payment, told whole: the prompt, what was asked about it, what M-Pesa said, and what it moved (8.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from core.db import Tx
from core.duties.models import Duty
from core.ledger.models import JournalEntry
from core.orders.models import Order
from core.payments.models import MpesaReceipt, PaymentTransaction, ProviderRequest, Refund
from core.traffic.models import Callback
from web.queries.callbacks import Line, lines_where

MOST = 100
# The work that a payment waits for.
WORK = ("stk_push", "stk_query", "prompt_silent")


@dataclass(frozen=True)
class WholePayment:
    """One attempt with everything that hangs on it.

    others    the other attempts of its order, oldest first
    receipts  what moved under which receipt: the payment, a reversal of it, its refunds
    requests  what M-Pesa was asked about it, or had to send back
    log       the rows of the callback log that are about it, oldest first
    """

    payment: PaymentTransaction
    order: Order
    others: Sequence[PaymentTransaction]
    receipts: Sequence[MpesaReceipt]
    refunds: Sequence[Refund]
    requests: Sequence[ProviderRequest]
    entries: Sequence[JournalEntry]
    work: Sequence[Duty]
    log: Sequence[Line]


def whole(tx: Tx, transaction_id: int) -> WholePayment | None:
    """Everything about one payment; None if there is no such one."""
    session = tx.session
    payment = session.get(PaymentTransaction, transaction_id)
    if payment is None:
        return None
    refunds = session.scalars(
        select(Refund).where(Refund.transaction_id == transaction_id).order_by(Refund.refund_id)
    ).all()
    subjects = [f"payment:{transaction_id}", *(f"refund:{one.refund_id}" for one in refunds)]
    requests = session.scalars(
        select(ProviderRequest)
        .where(ProviderRequest.subject.in_(subjects))
        .order_by(ProviderRequest.request_id)
        .limit(MOST)
    ).all()
    work = session.scalars(
        select(Duty)
        .where(Duty.kind.in_(WORK), Duty.subject_id == transaction_id)
        .order_by(Duty.due_at, Duty.duty_id)
        .limit(MOST)
    ).all()
    return WholePayment(
        payment=payment,
        order=session.get_one(Order, payment.order_id),
        others=session.scalars(
            select(PaymentTransaction)
            .where(
                PaymentTransaction.order_id == payment.order_id,
                PaymentTransaction.transaction_id != transaction_id,
            )
            .order_by(PaymentTransaction.transaction_id)
        ).all(),
        receipts=_receipts(tx, payment, refunds),
        refunds=refunds,
        requests=requests,
        entries=_entries(tx, payment, refunds),
        work=work,
        log=_log(tx, payment, requests),
    )


def _receipts(tx: Tx, payment: PaymentTransaction, refunds: Sequence[Refund]) -> Sequence[MpesaReceipt]:
    known = [name for name in (payment.receipt, *(one.reference for one in refunds)) if name]
    asked = select(MpesaReceipt).where(MpesaReceipt.receipt.in_(known))
    return tx.session.scalars(asked.order_by(MpesaReceipt.receipt_id)).all()


def _entries(tx: Tx, payment: PaymentTransaction, refunds: Sequence[Refund]) -> Sequence[JournalEntry]:
    """What it moved in the books: entries of its order that name it or a refund of it."""
    mine, theirs = str(payment.transaction_id), {str(one.refund_id) for one in refunds}
    found = tx.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.order_id == payment.order_id)
        .options(selectinload(JournalEntry.lines))
        .order_by(JournalEntry.entry_id)
    )
    return [
        entry
        for entry in found
        if (entry.kind == "payment" and entry.source_id == mine)
        or (entry.kind.startswith("refund") and entry.source_id in theirs)
    ]


def _log(tx: Tx, payment: PaymentTransaction, requests: Sequence[ProviderRequest]) -> Sequence[Line]:
    """By M-Pesa's names for it, our own for its prompts and, of its order's rows, those that changed it."""
    names = {payment.checkout_request_id, payment.receipt}
    names |= {name for one in requests for name in (one.conversation_id, one.name)}
    known = [name for name in names if name]
    record = f"payment:{payment.transaction_id}"
    of_order = tx.session.execute(
        select(Callback.callback_id, Callback.changed).where(Callback.order_id == payment.order_id)
    )
    noted = [row.callback_id for row in of_order if any(c["record"] == record for c in row.changed)]
    prompts = Callback.dedupe_key.like(f"stk-push:{payment.transaction_id}:%")
    named = Callback.provider_id.in_(known)
    return lines_where(tx, or_(named, prompts, Callback.callback_id.in_(noted)), most=MOST)
