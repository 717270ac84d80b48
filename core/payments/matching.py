"""Believing a payment result or not, and booking it (DR-803 to DR-805). The attempt is locked already."""

import logging
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import select

from core import events
from core.alarms import service as alarms
from core.db import Tx
from core.duties import service as duties
from core.payments import arriving, receipts
from core.payments.arriving import SYSTEM, move
from core.payments.models import PaymentTransaction
from core.payments.standing import derive

log = logging.getLogger("tunda.payments")


@dataclass(frozen=True)
class Result:
    """What the provider says about an attempt, in our words.

    checkout_id  its CheckoutRequestID
    code, text   the provider's own result, kept for reading
    final        paid, failed, or unknown (still in progress, or an answer nobody understands)
    amount       KES; None where a query does not say
    receipt      M-Pesa's code; None from a query
    payer        the number as it came: in clear, masked or hashed (DR-807)
    via          callback or query
    """

    checkout_id: str
    code: str
    final: Literal["paid", "failed", "unknown"]
    text: str = ""
    amount: Decimal | None = None
    receipt: str | None = None
    payer: str = ""
    via: Literal["callback", "query"] = "callback"


def match(tx: Tx, attempt: PaymentTransaction, result: Result) -> str:
    """The verdict on a final result, and its effect."""
    if attempt.checkout_request_id not in (None, result.checkout_id):
        return _quarantine(tx, attempt, "another checkout id")
    if attempt.checkout_request_id is None and _checkout_used(tx, result.checkout_id):
        return _quarantine(tx, attempt, "checkout id of another attempt")
    if result.final == "failed":
        return _failed(tx, attempt, result)
    if attempt.status in ("succeeded", "reversed"):
        return _again(tx, attempt, result)
    if result.via == "callback":
        if result.amount != attempt.amount or not result.receipt:
            return _quarantine(tx, attempt, "amount or receipt does not fit")
        if not receipts.claim(tx, result.receipt, attempt.amount, f"payment:{attempt.transaction_id}"):
            return _quarantine(tx, attempt, "receipt was used before")
    succeed(tx, attempt, result)
    return "applied"


def fail(tx: Tx, attempt: PaymentTransaction, event: str, *, code: str, text: str) -> None:
    """The attempt ended without money (P2, P4); the phone is free again. Emits PaymentFailed."""
    move(tx, attempt, event)
    attempt.result_code, attempt.result_text = code[:24], text[:255]
    _close(tx, attempt)
    derive(tx, attempt.order)
    tx.emit(
        events.PaymentFailed(order_id=attempt.order_id, transaction_id=attempt.transaction_id, actor=SYSTEM)
    )


def ask_at(tx: Tx, attempt: PaymentTransaction, at: datetime) -> None:
    """Have the attempt's status asked for at `at`, once per minute at most."""
    key = f"stk_query:{attempt.transaction_id}:{at:%Y%m%d%H%M}"
    duties.want(tx, "stk_query", attempt.transaction_id, at=at, key=key)


def alarm(tx: Tx, attempt: PaymentTransaction, what: str, *, kind: str = "payment_doubt") -> None:
    """Something about money that a person must look at (DR-1803); ids only, nobody's number (DR-1904)."""
    ids = {"transaction_id": attempt.transaction_id, "order_id": attempt.order_id, "why": what}
    log.error("payment needs a look", extra=ids)
    alarms.raise_alarm(tx, kind, f"payment:{attempt.transaction_id}", order_id=attempt.order_id, why=what)


def _again(tx: Tx, attempt: PaymentTransaction, result: Result) -> str:
    """A success for an attempt that has succeeded: the receipt still due, a repeat, or something odd."""
    if result.via == "query" or (result.receipt == attempt.receipt and result.amount == attempt.amount):
        return "duplicate"
    if attempt.receipt_due and result.amount == attempt.amount and result.receipt:
        if supply_receipt(tx, attempt, result.receipt, result.payer):
            return "applied"
        return _quarantine(tx, attempt, "receipt was used before")
    alarm(tx, attempt, "another receipt or amount for a paid attempt", kind="receipt_mismatch")
    return "mismatched"


def _failed(tx: Tx, attempt: PaymentTransaction, result: Result) -> str:
    if attempt.status == "failed":
        return "duplicate"
    if attempt.status in ("succeeded", "reversed"):  # a stored success is never overturned (DR-805)
        alarm(tx, attempt, "a failure was reported for a paid attempt")
        return "mismatched"
    _keep_ids(tx, attempt, result)
    fail(tx, attempt, "failed", code=result.code, text=result.text)
    return "applied"


def succeed(tx: Tx, attempt: PaymentTransaction, result: Result) -> None:
    """P3: the money is there. A query brings no receipt: that is still due (DR-803)."""
    _keep_ids(tx, attempt, result)
    move(tx, attempt, "paid")
    attempt.receipt, attempt.receipt_due = result.receipt, result.receipt is None
    attempt.payer = result.payer[:64]
    attempt.result_code, attempt.result_text = result.code[:24], result.text[:255]
    _close(tx, attempt)
    arriving.book(tx, attempt, attempt.order)


def supply_receipt(tx: Tx, attempt: PaymentTransaction, receipt: str, payer: str) -> bool:
    """The receipt that a query could not bring; no money moves (DR-803). False if it is another payment's."""
    if not receipts.claim(tx, receipt, attempt.amount, f"payment:{attempt.transaction_id}"):
        return False
    attempt.receipt, attempt.receipt_due = receipt, False
    attempt.payer = payer[:64]
    tx.note(f"payment:{attempt.transaction_id}", "receipt supplied")
    return True


def settled_by_c2b(tx: Tx, attempt: PaymentTransaction, receipt: str, payer: str) -> None:
    """A paybill confirmation that fits an open prompt is that prompt's payment (DR-803)."""
    told = Result(
        checkout_id=attempt.checkout_request_id or "",
        code="0",
        final="paid",
        text="confirmed at the paybill",
        amount=attempt.amount,
        receipt=receipt,
        payer=payer,
    )
    succeed(tx, attempt, told)


def _keep_ids(tx: Tx, attempt: PaymentTransaction, result: Result) -> None:
    if attempt.checkout_request_id is None and result.checkout_id:
        attempt.checkout_request_id = result.checkout_id
    attempt.requested_at = attempt.requested_at or tx.now


def _close(tx: Tx, attempt: PaymentTransaction) -> None:
    attempt.open_for = None
    attempt.token_sealed = ""
    attempt.settled_at = tx.now


def _quarantine(tx: Tx, attempt: PaymentTransaction, why: str) -> str:
    """Store it, move nothing, and ask the provider what is true (DR-805)."""
    alarm(tx, attempt, why)
    if attempt.checkout_request_id is not None and attempt.status != "succeeded":
        key = f"stk_query:{attempt.transaction_id}:doubt"
        duties.want(tx, "stk_query", attempt.transaction_id, key=key)
    return "mismatched"


def _checkout_used(tx: Tx, checkout_id: str) -> bool:
    query = select(PaymentTransaction.transaction_id).where(
        PaymentTransaction.checkout_request_id == checkout_id
    )
    return tx.session.scalar(query) is not None
