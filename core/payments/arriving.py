"""Money for an order has arrived, by whatever road: book it, and see what it means for the order.

The order is locked. Too little waits for the rest, enough confirms, too much goes back, and what comes after
a cancellation revives the order or goes back; nothing is silently kept (DR-809 to DR-811).
"""

from decimal import Decimal
from typing import Literal

from sqlalchemy import select

from core import events
from core.actor import system
from core.alarms import service as alarms
from core.db import Tx
from core.ledger import postings
from core.machine import NEW
from core.money import SHILLING, whole_shillings
from core.orders import service as orders
from core.orders.cash_rules import CASH
from core.orders.models import Order
from core.payments import refunds, standing
from core.payments.machine import PAYMENT
from core.payments.models import PaymentTransaction
from core.payments.money_of import BEFORE_THE_DOOR

SYSTEM = system("pay")


def book(tx: Tx, payment: PaymentTransaction, order: Order) -> None:
    """Post a payment that has just succeeded, by its method, and let it have its effect."""
    payment_id, order_id, amount = payment.transaction_id, order.order_id, payment.amount
    if payment.method == "credit":
        postings.credit_used(tx, f"payment:{payment_id}", order_id, order.customer_id, amount)
    else:
        till: Literal["mpesa", "bank"] = "bank" if payment.method == "bank" else "mpesa"
        postings.payment_matched(tx, payment_id, order_id, amount, till=till)
    effect(tx, payment, order)


def effect(tx: Tx, payment: PaymentTransaction, order: Order) -> None:
    """What a booked payment means for its order: enough, a part, money at the door, or too much.

    Emits OrderPaid, PartPaid, DoorPaid, PaidAgain.
    """
    standing.derive(tx, order)
    missing = standing.still_due(tx, order)
    cause_id = str(payment.transaction_id)
    if order.order_status == "pending_payment":
        if missing:
            if payment.method != "credit":
                tx.emit(events.PartPaid(order.order_id, payment.transaction_id, missing, SYSTEM))
            return
        tx.emit(events.OrderPaid(order.order_id, payment.transaction_id, SYSTEM))
        refunds.settle(tx, order, cause="overpaid", cause_id=cause_id, actor=SYSTEM)
    elif order.order_status == "cancelled":
        late(tx, payment, order)
    else:
        if order.payment_method == CASH and order.order_status in BEFORE_THE_DOOR:
            due = standing.to_pay(tx, order)
            tx.emit(events.DoorPaid(order.order_id, payment.transaction_id, due, SYSTEM))
        elif lacking := standing.taken_back(tx, order.order_id):
            _made_good(tx, payment, lacking, missing)
        refunds.settle(tx, order, cause="duplicate", cause_id=cause_id, actor=SYSTEM)


def _made_good(tx: Tx, payment: PaymentTransaction, lacking: list[int], missing: Decimal) -> None:
    """What was paid and taken back (P6) has been paid again, or a part of it."""
    if not missing:
        for transaction_id in lacking:
            alarms.settle(tx, "payment_doubt", f"payment:{transaction_id}")
    tx.emit(events.PaidAgain(payment.order_id, payment.transaction_id, missing, SYSTEM))


def late(tx: Tx, payment: PaymentTransaction, order: Order) -> None:
    """DR-811: an order that ran out of time is revived if it can be; otherwise the money goes back."""
    if _enough(tx, order) and orders.revive(tx, SYSTEM, order.order_id):
        refunds.settle(tx, order, cause="overpaid", cause_id=str(payment.transaction_id), actor=SYSTEM)
        return
    refunds.settle(tx, order, cause="late", cause_id=str(payment.transaction_id), actor=SYSTEM)


def arrived(
    tx: Tx,
    order: Order,
    *,
    method: str,
    amount: Decimal,
    receipt: str | None = None,
    payer: str = "",
    bank_reference: str | None = None,
) -> PaymentTransaction:
    """A new row for money that no prompt asked for; it is succeeded from the start, and not booked yet."""
    payment = begin(tx, order, method=method, amount=amount, payer=payer)
    payment.receipt = receipt
    payment.bank_reference = bank_reference
    succeed(tx, payment)
    return payment


def begin(tx: Tx, order: Order, *, method: str, amount: Decimal, payer: str = "") -> PaymentTransaction:
    """A payment without a prompt, `created`."""
    payment = PaymentTransaction(
        order_id=order.order_id,
        method=method,
        msisdn="",
        amount=amount,
        status=PAYMENT.step(NEW, "start", "system").target,
        payer=payer[:64],
        created_at=tx.now,
    )
    payment.order = order
    tx.session.add(payment)
    tx.flush()
    tx.note(f"payment:{payment.transaction_id}", f"new -> {payment.status} ({method})")
    return payment


def succeed(tx: Tx, payment: PaymentTransaction) -> None:
    """P3 for a payment that no prompt asked for."""
    move(tx, payment, "paid")
    payment.settled_at = tx.now
    tx.flush()


def move(tx: Tx, payment: PaymentTransaction, event: str) -> None:
    """Take the payment's step for `event`; only here its status changes."""
    step = PAYMENT.step(payment.status, event, "system")
    payment.status = step.target
    tx.note(f"payment:{payment.transaction_id}", f"{step.source} -> {step.target}")


def use_credit(tx: Tx, order: Order) -> Decimal:
    """What a customer has with us pays for her order first, in whole shillings; returns how much, KES.

    Once per order: a repeat finds the order's row.
    """
    used = select(PaymentTransaction.transaction_id).where(
        PaymentTransaction.order_id == order.order_id, PaymentTransaction.method == "credit"
    )
    whole = min(standing.credit(tx, order.customer_id), standing.still_due(tx, order)) // SHILLING
    amount = (whole * SHILLING).quantize(Decimal("0.01"))
    if amount <= 0 or tx.session.scalar(used.limit(1)) is not None:
        return Decimal("0.00")
    payment = arrived(tx, order, method="credit", amount=amount)
    book(tx, payment, order)
    return amount


def _enough(tx: Tx, order: Order) -> bool:
    """Whether the money covers all of an order that ran out of time, as it was (DR-811)."""
    if order.cancel_reason != "payment_timeout":
        return False
    cost = whole_shillings(order.subtotal + order.delivery_fee - order.discount_amount)
    now = standing.books(tx, order)
    return now.received - now.returned - standing.asked_back(tx, order.order_id) >= cost
