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
from core.payments import arriving, receipts, rules, suspense, twins
from core.payments.arriving import SYSTEM, move
from core.payments.models import PaymentTransaction, SuspensePayment
from core.payments.standing import derive
from core.payments.whys import WHY, Why

log = logging.getLogger("tunda.payments")

WITHDRAWN = "withdrawn"  # the result of a request that was taken back before it was sent
USED = "receipt was used before"
# Kept in `details`: that the paybill's confirmation settled a prompt, or brought its receipt; and what the
# prompt's own callback said then.
PROMPT = "prompt"
TWIN = "twin"  # of an attempt that had failed: its money has come, and was counted by another road
AT_THE_PAYBILL, AT_THE_BANK = "counted at the paybill", "receipt was entered as a bank transfer"


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
    why          of a failure, the reason as she is told it
    """

    checkout_id: str
    code: str
    final: Literal["paid", "failed", "unknown"]
    text: str = ""
    amount: Decimal | None = None
    receipt: str | None = None
    payer: str = ""
    via: Literal["callback", "query"] = "callback"
    why: Why = "ours"


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
    may_be_counted = attempt.status == "failed" or result.via == "query"
    if may_be_counted and (verdict := _at_the_paybill(tx, attempt, result)) is not None:
        return verdict
    if result.via == "callback":
        if result.amount != attempt.amount or not result.receipt:
            return _quarantine(tx, attempt, "amount or receipt does not fit")
        if receipts.entered_as_transfer(tx, result.receipt):
            alarm(tx, attempt, AT_THE_BANK)
            _keep_apart(tx, attempt, result.receipt, result.payer)
            return _counted_there(tx, attempt, result, AT_THE_BANK)
        if not receipts.claim(tx, result.receipt, attempt.amount, f"payment:{attempt.transaction_id}"):
            if result.receipt and (kept := twins.in_suspense(tx, attempt, result.receipt)) is not None:
                return _taken_out(tx, attempt, result, kept)
            if result.receipt and twins.typed_at_paybill(tx, attempt, result.receipt):
                return _counted_there(tx, attempt, result, AT_THE_PAYBILL)
            return _quarantine(tx, attempt, USED)
    succeed(tx, attempt, result)
    return "applied"


def fail(tx: Tx, attempt: PaymentTransaction, event: str, *, code: str, text: str, why: Why) -> None:
    """The attempt ended without money (P2, P4); the phone is free again. Emits PaymentFailed."""
    move(tx, attempt, event)
    attempt.details = {**attempt.details, WHY: why}
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


def alarm(
    tx: Tx, attempt: PaymentTransaction, what: str, *, kind: str = "payment_doubt", subject: str = ""
) -> None:
    """Something about money that a person must look at (DR-1803); ids only, nobody's number (DR-1904)."""
    ids = {"transaction_id": attempt.transaction_id, "order_id": attempt.order_id, "why": what}
    log.error("payment needs a look", extra=ids)
    about = subject or f"payment:{attempt.transaction_id}"
    alarms.raise_alarm(tx, kind, about, order_id=attempt.order_id, why=what)


def _taken_out(tx: Tx, attempt: PaymentTransaction, result: Result, kept: SuspensePayment) -> str:
    """The paybill told of this money first and could not say what it was for; now it is known (DR-812)."""
    assert result.receipt is not None, "it was found by its receipt"
    _keep_ids(tx, attempt, result)
    move(tx, attempt, "paid")
    attempt.receipt, attempt.payer = result.receipt, result.payer[:64]
    attempt.result_code, attempt.result_text = result.code[:24], result.text[:255]
    _close(tx, attempt)
    twins.take_out(tx, kept, attempt)
    arriving.effect(tx, attempt, attempt.order)
    return "applied"


def _counted_there(tx: Tx, attempt: PaymentTransaction, result: Result, where: str) -> str:
    """This very money was counted first by another road: the open prompt brings nothing more."""
    _keep_ids(tx, attempt, result)
    if attempt.status != "failed":
        move(tx, attempt, "failed")
    attempt.result_code, attempt.result_text = TWIN, where
    _close(tx, attempt)
    derive(tx, attempt.order)
    return "duplicate"


def _keep_apart(tx: Tx, attempt: PaymentTransaction, receipt: str, payer: str) -> None:
    """It is in M-Pesa's till too: once the transfer is taken back, it is there to match (DR-812, DR-813)."""
    if receipts.known(tx, receipt) is None:  # the paybill may have told of it first
        number = attempt.order.order_number
        suspense.arrive(tx, receipt=receipt, reference=number, amount=attempt.amount, payer=payer)


def _again(tx: Tx, attempt: PaymentTransaction, result: Result) -> str:
    """A success for an attempt that has succeeded: the receipt still due, a repeat, or something odd."""
    if result.via == "query" or (result.receipt == attempt.receipt and result.amount == attempt.amount):
        return "duplicate"
    if attempt.receipt_due and result.amount == attempt.amount and result.receipt:
        if supply_receipt(tx, attempt, result.receipt, result.payer):
            return "applied"
        return _quarantine(tx, attempt, USED)
    if attempt.details.get(twins.PAYBILL) and result.amount == attempt.amount and result.receipt:
        return _paid_both_ways(tx, attempt, result)
    alarm(tx, attempt, "another receipt or amount for a paid attempt", kind="receipt_mismatch")
    return "mismatched"


def _paid_both_ways(tx: Tx, attempt: PaymentTransaction, result: Result) -> str:
    """She typed it at the paybill, and then said yes to the prompt too: money of its own (DR-810)."""
    assert result.receipt is not None, "only a result with a receipt comes here"
    seen = receipts.known(tx, result.receipt)
    if seen is not None:  # told before: by this very callback, or by the prompt's own twin at the paybill
        counted = seen.record == attempt.details.get(PROMPT)
        counted = counted or twins.typed_at_paybill(tx, attempt, result.receipt)
        return "duplicate" if counted else _quarantine(tx, attempt, USED)
    order, receipt, payer = attempt.order, result.receipt, result.payer[:64]
    second = arriving.arrived(tx, order, method="stk", amount=attempt.amount, receipt=receipt, payer=payer)
    record = f"payment:{second.transaction_id}"
    receipts.take(tx, result.receipt, attempt.amount, record)
    attempt.details = {**attempt.details, PROMPT: record}
    arriving.book(tx, second, attempt.order)
    return "applied"


def _at_the_paybill(tx: Tx, attempt: PaymentTransaction, result: Result) -> str | None:
    """Whether the money of this attempt has been counted already, since the paybill told of it first.

    A prompt that was on its way when its order was cancelled counts as failed; if it is paid all the same,
    its C2B confirmation finds no open attempt and is a payment of its own, or finds the next prompt of the
    order open and settles that. The prompt's own callback shows by its receipt that it is the same money. A
    query shows no receipt: then a person is called, and nothing is counted twice.
    """
    if attempt.result_code == TWIN:
        return "duplicate"
    there = twins.told_by_paybill(tx, attempt)
    if result.receipt is not None:
        if all(payment.receipt != result.receipt for payment in there):
            return None
        _keep_ids(tx, attempt, result)
        attempt.result_code, attempt.result_text = TWIN, AT_THE_PAYBILL
        alarms.settle(tx, "payment_doubt", _asked(attempt))
        return "duplicate"
    if not any(rules.may_be(payment.payer, attempt.msisdn) for payment in there):
        return None
    why = "paid, says M-Pesa without a receipt; the same sum came by the paybill"
    alarm(tx, attempt, why, subject=_asked(attempt))
    return "mismatched"


def _asked(attempt: PaymentTransaction) -> str:
    """The doubt that a query without a receipt leaves; the receipt ends it."""
    return f"payment:{attempt.transaction_id}:receipt"


def _failed(tx: Tx, attempt: PaymentTransaction, result: Result) -> str:
    if attempt.status == "failed":
        if attempt.result_code == WITHDRAWN:  # it was on its way already, and now its end is certain
            _keep_ids(tx, attempt, result)
            attempt.result_code, attempt.result_text = result.code[:24], result.text[:255]
        return "duplicate"
    if attempt.details.get(twins.PAYBILL) and not attempt.details.get(PROMPT):
        attempt.details = {**attempt.details, PROMPT: "failed"}  # it was paid at the paybill instead
        return "duplicate"
    if attempt.status in ("succeeded", "reversed"):  # a stored success is never overturned (DR-805)
        alarm(tx, attempt, "a failure was reported for a paid attempt")
        return "mismatched"
    _keep_ids(tx, attempt, result)
    fail(tx, attempt, "failed", code=result.code, text=result.text, why=result.why)
    return "applied"


def succeed(tx: Tx, attempt: PaymentTransaction, result: Result) -> None:
    """P3: the money is there. A query brings no receipt: that is still due (DR-803)."""
    _keep_ids(tx, attempt, result)
    if attempt.status == "failed":
        alarms.settle(tx, "payment_doubt", _asked(attempt))
    move(tx, attempt, "paid")
    attempt.receipt, attempt.receipt_due = result.receipt, result.receipt is None
    attempt.payer = result.payer[:64]
    attempt.result_code, attempt.result_text = result.code[:24], result.text[:255]
    _close(tx, attempt)
    arriving.book(tx, attempt, attempt.order)


def supply_receipt(
    tx: Tx, attempt: PaymentTransaction, receipt: str, payer: str, *, at_paybill: bool = False
) -> bool:
    """The receipt that a query could not bring; no money moves (DR-803). False if it is another payment's."""
    if not receipts.claim(tx, receipt, attempt.amount, f"payment:{attempt.transaction_id}"):
        return False
    attempt.receipt, attempt.receipt_due = receipt, False
    attempt.payer = payer[:64]
    if at_paybill:
        attempt.details = {**attempt.details, twins.PAYBILL: True}
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
    attempt.details = {**attempt.details, twins.PAYBILL: True}
    succeed(tx, attempt, told)


def _keep_ids(tx: Tx, attempt: PaymentTransaction, result: Result) -> None:
    if attempt.checkout_request_id is None and result.checkout_id:
        attempt.checkout_request_id = result.checkout_id
    attempt.requested_at = attempt.requested_at or tx.now


def no_result(tx: Tx, attempt: PaymentTransaction) -> None:
    """P5: M-Pesa was asked for the last time and said nothing; a result that comes all the same ends it."""
    alarm(tx, attempt, "no result after the last status query", subject=_unanswered(attempt))


def _unanswered(attempt: PaymentTransaction) -> str:
    return f"payment:{attempt.transaction_id}:result"


def _close(tx: Tx, attempt: PaymentTransaction) -> None:
    if attempt.asked_count:
        alarms.settle(tx, "payment_doubt", _unanswered(attempt))
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
