"""Whether the money of a refund is there, and by which road it goes back (DR-807, DR-821)."""

from decimal import Decimal

from core.db import Tx
from core.money import ZERO
from core.orders.models import Order
from core.payments import receipts, returning, rules, standing
from core.payments.errors import NothingToRefund, RefundTooHigh
from core.payments.models import PaymentTransaction, Refund
from core.users import payees
from core.users import service as users


def there(tx: Tx, refund: Refund) -> Decimal:
    """What may go back of a refund that waits for a yes, KES: all of it, or what is there of it (DR-821).

    Held money goes back as far as the order does without it by now; nothing of a payment that is gone.
    """
    if returning.payment_gone(tx, refund):
        return ZERO
    if refund.order_id is None or refund.source != "held":
        return refund.amount
    order = tx.session.get_one(Order, refund.order_id)
    uncovered = min(ZERO, standing.refundable(tx, refund.order_id))
    has = min(refund.amount + uncovered, standing.spare(tx, order))
    return refund.amount if has >= refund.amount else rules.refund_sum(has, at_most=max(ZERO, has))


def fit(tx: Tx, refund: Refund, said: Decimal | None) -> None:
    """A refund is lowered to what is there of it where the admin has `said` that very sum, KES; else refused.

    Raises NothingToRefund (left), RefundTooHigh (sum).
    """
    has = there(tx, refund)
    if has <= ZERO:
        raise NothingToRefund(left=ZERO)
    if has != (refund.amount if said is None else said):
        raise RefundTooHigh(sum=has)
    if has == refund.amount:
        return
    tx.note(f"refund:{refund.refund_id}", f"{refund.amount} -> {has}")
    refund.amount, refund.approved_by = has, None  # a first yes was to another sum
    assert refund.order_id is not None, "only an order's held money can be less than was asked back"
    payment = None
    if refund.transaction_id is not None:
        payment = tx.session.get_one(PaymentTransaction, refund.transaction_id)
    by = road(tx, tx.session.get_one(Order, refund.order_id), payment, has)
    if refund.road == "reversal" or by[0] == "credit":
        refund.road, refund.to_number = by  # a part cannot be reversed, and too little cannot be sent


def road(
    tx: Tx, order: Order, payment: PaymentTransaction | None, amount: Decimal
) -> tuple[rules.Final, str]:
    """By which road so much of a payment (None: of cash at the door) goes back, and where to (DR-807)."""
    to = payees.destination(tx, order.customer_id, "refund")
    own = "" if to is None else users.get(tx, order.customer_id).phone_number if payment else to.msisdn
    return rules.road(
        method=payment.method if payment else "cash",
        payer=payment.payer if payment else "",
        own=own,
        amount=amount,
        whole=payment is not None and _is_whole(tx, payment, amount),
        b2c_min=max(tx.setting("mpesa.b2c_min"), tx.setting("refund.min_amount")),
    )


def _is_whole(tx: Tx, payment: PaymentTransaction, amount: Decimal) -> bool:
    """Whether so much is all that M-Pesa moved under the payment's receipt: only that can be reversed.

    Of money that waited in suspense a part may have gone back before it found its order (P6).
    """
    if amount != payment.amount or payment.method != "suspense":
        return amount == payment.amount
    moved = receipts.known(tx, payment.receipt) if payment.receipt else None
    return moved is not None and moved.amount == amount
