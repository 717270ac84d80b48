"""Money typed at the paybill by hand (C2B): whose is it? (DR-111, DR-803, DR-812, DR-904)

A channel asks `c2b_validate` before M-Pesa takes the money, where that is possible, and tells `c2b_confirm`
when it has. The same payment by prompt and by paybill is one payment, known by its receipt.
"""

import re
from decimal import Decimal
from typing import Literal

from sqlalchemy import select

from core import events
from core.actor import system
from core.alarms import service as alarms
from core.db import Tx
from core.errors import DomainError
from core.ledger import accounts
from core.ledger import service as ledger
from core.money import ZERO
from core.msisdn import e164
from core.orders import locks as order_locks
from core.orders import rules as order_rules
from core.orders.models import Order
from core.payments import arriving, matching, receipts, rules, service, standing, suspense, twins
from core.payments.errors import AmountWrong, ReferenceWrong
from core.payments.machine import OPEN
from core.payments.models import MpesaReceipt, PaymentTransaction
from core.users import service as users
from core.users.models import User
from core.words import reference_of

SYSTEM = system("pay")
RECEIPT = re.compile(r"[A-Z0-9]{6,16}")
Verdict = Literal["applied", "duplicate", "mismatched", "suspense"]
Validity = Literal["ok", "unknown_reference", "nothing_due", "wrong_amount"]


def c2b_validate(tx: Tx, reference: str, amount: Decimal) -> Validity:
    """Whether M-Pesa should take this payment: what is due for an order that waits for money, or any deposit.

    reference  as it was typed; amount KES

    What an order asks for is what is still due of it; with or without what she owes from a door (DR-902).
    Of one that is paid at the door any part may come, since the rest may be cash.
    """
    if amount <= ZERO:
        return "wrong_amount"
    if (msisdn := deposit_of(reference)) is not None:
        return "ok" if _carrier(tx, msisdn) is not None else "unknown_reference"
    order_id = order_of(tx, reference)
    if order_id is None:
        return "unknown_reference"
    order = tx.session.get_one(Order, order_id)
    if not service.wants_money(tx, order):
        return "nothing_due"
    fits = amount in (standing.still_due(tx, order), standing.to_pay(tx, order))
    part = order.payment_method == service.CASH and amount < standing.still_due(tx, order)
    return "ok" if fits or part else "wrong_amount"


def c2b_confirm(tx: Tx, *, receipt: str, reference: str, amount: Decimal, payer: str = "") -> Verdict:
    """M-Pesa has taken a payment at the paybill (DR-803); any number of repeats is one payment.

    receipt    M-Pesa's code; reference as it was typed; amount KES
    payer      the number as it came: in clear, masked or hashed

    Returns applied (an order's or a deposit), duplicate, mismatched (the receipt with another amount: nothing
    moves, a person is called, DR-804), or suspense (nobody knows the reference, DR-812; or an admin has
    entered the receipt as a bank transfer, DR-813). Raises AmountWrong, ReferenceWrong. Emits DepositArrived
    for a rider's deposit (DR-904).
    """
    code = reference_of(receipt)
    if not RECEIPT.fullmatch(code):
        raise ReferenceWrong(reference=str(receipt)[:20])
    if amount <= ZERO:
        raise AmountWrong(amount=amount)
    order_id = order_of(tx, reference)
    if order_id is None and not reference.strip():  # at a till no account is typed
        order_id = twins.order_of_prompt(tx, amount, payer)
    order = order_locks.order(tx, order_id) if order_id is not None else None
    if (seen := receipts.known(tx, code)) is not None:
        return _seen(tx, seen, amount)
    if receipts.entered_as_transfer(tx, code):  # it counts for an order already: a person must look
        suspense.arrive(tx, receipt=code, reference=reference, amount=amount, payer=payer)
        return "suspense"
    if order is not None:
        return _for_order(tx, order, code, amount, payer)
    msisdn = deposit_of(reference)
    carrier = _carrier(tx, msisdn) if msisdn is not None else None
    if msisdn is not None and carrier is not None:
        receipts.take(tx, code, amount, f"deposit:{carrier.user_id}")
        entry = receipts.known(tx, code)
        assert entry is not None
        tx.emit(events.DepositArrived(msisdn, amount, code, entry.receipt_id, SYSTEM))
        return "applied"
    suspense.arrive(tx, receipt=code, reference=reference, amount=amount, payer=payer)
    return "suspense"


def order_of(tx: Tx, reference: str) -> int | None:
    """The order a reference names: with or without TUN, any case, spaces and dashes ignored (DR-111)."""
    number = order_rules.whole_number(reference)
    if number is None:
        return None
    return tx.session.scalar(select(Order.order_id).where(Order.order_number == number))


def deposit_of(reference: str) -> str | None:
    """The rider's number (+254...) of a deposit's reference, `R0712345678` in any spelling (DR-904)."""
    spelled = order_rules.spelled(reference)
    if not spelled.startswith("R"):
        return None
    try:
        return e164(spelled[1:])
    except DomainError:
        return None


def _carrier(tx: Tx, msisdn: str) -> User | None:
    """Who brings cash in under this number: a rider, or whoever handed over and holds some (DR-1210)."""
    user = users.find(tx, msisdn)
    if user is None or user.user_role == "rider":
        return user
    return user if ledger.balance(tx, accounts.rider_cash(user.user_id)) > ZERO else None


def _seen(tx: Tx, seen: MpesaReceipt, amount: Decimal) -> Verdict:
    if seen.amount == amount:
        return "duplicate"
    alarms.raise_alarm(tx, "receipt_mismatch", seen.record, was=str(seen.amount), now=str(amount))
    return "mismatched"


def _for_order(tx: Tx, order: Order, receipt: str, amount: Decimal, payer: str) -> Verdict:
    """A prompt's payment that still lacks its receipt; else a prompt that is open; else money of its own."""
    tries = tx.session.scalars(
        select(PaymentTransaction)
        .where(PaymentTransaction.order_id == order.order_id, PaymentTransaction.method == "stk")
        .order_by(PaymentTransaction.transaction_id.desc())
        .with_for_update()
    ).all()
    fitting = [a for a in tries if a.amount == amount and rules.may_be(payer, a.msisdn)]
    for attempt in fitting:
        if attempt.status == "succeeded" and attempt.receipt_due:
            matching.supply_receipt(tx, attempt, receipt, payer, at_paybill=True)
            return "applied"
    for attempt in fitting:
        if attempt.status in OPEN:
            attempt.order = order
            receipts.take(tx, receipt, amount, f"payment:{attempt.transaction_id}")
            matching.settled_by_c2b(tx, attempt, receipt, payer)
            return "applied"
    payment = arriving.begin(tx, order, method="c2b", amount=amount, payer=payer)
    payment.receipt = receipt
    receipts.take(tx, receipt, amount, f"payment:{payment.transaction_id}")
    arriving.succeed(tx, payment)
    arriving.book(tx, payment, order)
    return "applied"
