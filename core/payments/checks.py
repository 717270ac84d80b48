"""Whether payments, refunds and the ledger tell the same story of an order (INV-3, INV-4, INV-5, DR-1005)."""

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from core.db import Tx
from core.ledger import accounts, postings
from core.ledger import service as ledger
from core.money import ZERO
from core.orders.models import Order
from core.payments import standing
from core.payments.models import MpesaReceipt, PaymentTransaction, Refund, SuspensePayment

UNPAID = ("pending_payment", "cancelled")
CASH = "cash_on_delivery"


def order_faults(tx: Tx, order_id: int) -> list[str]:
    """What does not add up for one order, in words; nothing, as a rule."""
    return [f"order {order_id}: {fault}" for fault in _order_faults(tx, tx.session.get_one(Order, order_id))]


def order_adds_up(tx: Tx, order_id: int) -> bool:
    """INV-4 and its neighbours for one order."""
    return not order_faults(tx, order_id)


def used_twice(tx: Tx) -> list[str]:
    """Receipts, bank references and refund keys that moved money more than once (INV-5)."""
    found = []
    for what, column in (
        ("receipt", MpesaReceipt.receipt),
        ("bank reference", PaymentTransaction.bank_reference),
        ("receipt of a payment", PaymentTransaction.receipt),
        ("receipt in suspense", SuspensePayment.receipt),
        ("refund", Refund.key),
        ("reference of a refund", Refund.reference),
    ):
        twice = select(column).where(column.is_not(None)).group_by(column).having(func.count() > 1)
        found += [f"{what} {value}" for value in tx.session.scalars(twice)]
    unclaimed = select(PaymentTransaction.receipt).where(
        PaymentTransaction.receipt.is_not(None),
        PaymentTransaction.receipt.not_in(select(MpesaReceipt.receipt)),
    )
    return found + [f"receipt {value} was never written down" for value in tx.session.scalars(unclaimed)]


def _order_faults(tx: Tx, order: Order) -> Iterator[str]:
    order_id = order.order_id
    held = accounts.order_funds(order_id)
    received = standing.received(tx, order_id)
    returned = ledger.moved(tx, held, kinds=postings.GIVEN_BACK)
    taken_back = ledger.moved(tx, held, kinds=postings.TAKEN_BACK)
    still_held = -ledger.balance(tx, held)
    taken = ledger.moved(tx, held, kinds=postings.RECOGNISED)
    if received - returned - taken - still_held != ZERO:
        yield f"received {received}, back {returned}, recognised {taken}, held {still_held}"
    arrived = -ledger.moved(tx, held, kinds=("payment", "suspense_matched"))
    of_payments = (
        PaymentTransaction.order_id == order_id,
        PaymentTransaction.method != "credit",
        PaymentTransaction.status.in_(("succeeded", "reversed")),
    )
    if (paid := _sum(tx, PaymentTransaction.amount, *of_payments)) != arrived:
        yield f"payments say {paid}, the ledger {arrived}"
    of_order = Refund.order_id == order_id
    asked = _sum(tx, Refund.amount, of_order, Refund.status != "rejected")
    if asked > received + taken_back:
        yield f"refunds of {asked} for {received} received (DR-821)"
    gone = _sum(tx, Refund.amount, of_order, Refund.status == "completed")
    promised = _sum(tx, Refund.amount, of_order, Refund.status.in_(("approved", "sent", "unknown", "failed")))
    waiting = -ledger.balance(tx, accounts.refunds_due(order_id))
    if waiting != promised:
        yield f"refunds promise {promised}, refunds_due holds {waiting}"
    if gone + promised + ledger.moved(tx, held, kinds=("kept_as_credit",)) != standing.refunded(tx, order_id):
        yield "completed refunds differ from the ledger's"
    prepaid = order.order_status not in UNPAID and order.payment_method != CASH
    if prepaid and received + taken_back - returned < order.amount_asked:
        yield f"{order.order_status} with {received - returned} of {order.amount_asked} (INV-3)"
    if _over(tx, order) and (still_held or waiting):
        yield f"over, and {still_held} held, {waiting} promised (DR-1005)"


def _over(tx: Tx, order: Order) -> bool:
    """Whether the order is at its end, and nothing is promised or refused that its funds may still hold."""
    if order.order_status not in ("completed", "cancelled"):
        return False
    open_or_refused = select(Refund.refund_id).where(
        Refund.order_id == order.order_id, Refund.status != "completed"
    )
    reversed_ = ledger.moved(tx, accounts.order_funds(order.order_id), kinds=postings.TAKEN_BACK)
    return reversed_ == ZERO and tx.session.scalar(open_or_refused.limit(1)) is None


def _sum(tx: Tx, column: InstrumentedAttribute[Decimal], *where: ColumnElement[bool]) -> Decimal:
    return tx.session.scalar(select(func.sum(column)).where(*where)) or ZERO
