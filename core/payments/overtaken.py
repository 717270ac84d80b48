"""Refunds that M-Pesa's own reversal has overtaken: called off before they go out, so that nobody is paid
twice (P6, DR-821)."""

from sqlalchemy import select

from core import events
from core.actor import system
from core.db import Tx
from core.money import ZERO
from core.orders.models import Order
from core.payments import refunds, returning, standing
from core.payments.models import PaymentTransaction, Refund, SuspensePayment

SYSTEM = system("pay")
# Nothing has left the house yet; what has failed is with us again.
AT_HOME = ("requested", "approved", "failed")
PROMISED = ("approved", "failed")
REASON = "M-Pesa itself took the payment back"


def of_payment(tx: Tx, payment: PaymentTransaction) -> list[int] | None:
    """Call off the refunds of a payment that is gone by itself, and return their ids; it is locked.

    None where one has gone out, or may have, or is a claim that was found right: nothing is called off then,
    and a person has to look.
    """
    rows = _locked(tx, Refund.transaction_id == payment.transaction_id)
    if not all(_is_at_home(refund) and refund.source == "held" for refund in rows):
        return None
    for refund in rows:
        returning.call_off(tx, SYSTEM, refund, REASON)
    return [refund.refund_id for refund in rows]


def kept_for(tx: Tx, order: Order) -> list[int]:
    """Call off what was promised back of the order's other money, as far as the order needs it now.

    The newest first; its customer is told, since that stays with her order. Emits RefundStopped.
    """
    called_off: list[int] = []
    rows = _locked(tx, Refund.order_id == order.order_id)
    for refund in reversed(rows):
        if standing.still_due(tx, order) == ZERO:
            break
        if refund.status in PROMISED and _is_at_home(refund) and refund.source == "held":
            returning.call_off(tx, SYSTEM, refund, REASON)
            tx.emit(events.RefundStopped(refund.refund_id, SYSTEM))
            called_off.append(refund.refund_id)
    return called_off


def promise_anew(tx: Tx, order: Order, cause_id: str) -> None:
    """What the order has beyond what it needs now goes back, under a cause of its own."""
    cause = "reversed" if order.order_status == "cancelled" else "overpaid"
    refunds.settle(tx, order, cause=cause, cause_id=cause_id, actor=SYSTEM)


def of_suspense(tx: Tx, money: SuspensePayment) -> bool:
    """Call off the sending back of money in suspense, which is locked; False where it has gone out, or may
    have."""
    rows = _locked(tx, Refund.suspense_id == money.suspense_id)
    if not all(map(_is_at_home, rows)):
        return False
    for refund in rows:
        returning.call_off(tx, SYSTEM, refund, REASON)
    return True


def _is_at_home(refund: Refund) -> bool:
    """Whether no money can have left for it: of an approved one by bank only who went there knows."""
    return refund.status in AT_HOME and (refund.status, refund.road) != ("approved", "bank")


def _locked(tx: Tx, of: object) -> list[Refund]:
    query = select(Refund).where(of, Refund.status != "rejected").order_by(Refund.refund_id)  # type: ignore[arg-type]
    return list(tx.session.scalars(query.with_for_update().execution_options(populate_existing=True)))
