"""How an order stands in money: received, given back, still due, and the status that follows (7.2).

Everything comes from the ledger and the refunds; `orders.payment_status` is only its copy for lists.
"""

from decimal import Decimal

from sqlalchemy import func, select

from core.db import Tx
from core.ledger import accounts, postings
from core.ledger import service as ledger
from core.money import ZERO
from core.orders.models import Order
from core.payments import rules
from core.payments.machine import OPEN, REFUND_OPEN
from core.payments.models import PaymentTransaction, Refund


def received(tx: Tx, order_id: int) -> Decimal:
    """All money for the order, KES: M-Pesa, bank, cash collected, credit used; less provider reversals."""
    return -ledger.moved(tx, accounts.order_funds(order_id), kinds=postings.MONEY_IN)


def refunded(tx: Tx, order_id: int) -> Decimal:
    """All that was given back or promised, KES, also by claims after delivery."""
    promised = ledger.moved(tx, accounts.refunds_due(order_id), kinds=postings.PROMISED)
    return ledger.moved(tx, accounts.order_funds(order_id), kinds=("kept_as_credit",)) - promised


def books(tx: Tx, order: Order) -> rules.Books:
    """The order's sums in the ledger, beside what it asks for now."""
    held = accounts.order_funds(order.order_id)
    excess = tx.session.scalar(
        select(func.sum(Refund.amount)).where(
            Refund.order_id == order.order_id,
            Refund.cause.in_(rules.EXCESS),
            Refund.status.not_in(("requested", "rejected")),
        )
    )
    return rules.Books(
        received=received(tx, order.order_id),
        returned=ledger.moved(tx, held, kinds=postings.GIVEN_BACK),
        excess=(excess or ZERO) + ledger.moved(tx, held, kinds=("kept_as_credit",)),
        claimed=-ledger.moved(tx, accounts.refunds_due(order.order_id), kinds=postings.CLAIMED),
        asked=_charged(tx, held) if order.order_status == "cancelled" else order.amount_asked,
    )


def _charged(tx: Tx, held: str) -> Decimal:
    """What a cancelled order costs: the prepared goods and the fee it was charged (7.3); mostly nothing."""
    everything = ledger.balance(tx, held)
    return everything - ledger.moved(tx, held, kinds=(*postings.MONEY_IN, *postings.GIVEN_BACK))


def still_due(tx: Tx, order: Order) -> Decimal:
    """What is missing of the sum asked, KES, never below 0.00: asked, less what we have and keep."""
    now = books(tx, order)
    return max(ZERO, now.asked - (now.received - now.returned))


def to_pay(tx: Tx, order: Order) -> Decimal:
    """What to ask the customer for, KES: what is still due, and what she owes from a door (DR-902).

    0.00 when nothing is due: a debt alone is not asked for.
    """
    due = still_due(tx, order)
    return due + debt(tx, order.customer_id) if due > ZERO else ZERO


def credit(tx: Tx, user_id: int) -> Decimal:
    """What a customer has with us, KES, never below 0.00."""
    return max(ZERO, -ledger.balance(tx, accounts.customer_credit(user_id)))


def debt(tx: Tx, user_id: int) -> Decimal:
    """What a customer owes us from a short sum at the door, KES, never below 0.00 (DR-902)."""
    return max(ZERO, ledger.balance(tx, accounts.customer_credit(user_id)))


def asked_back(tx: Tx, order_id: int) -> Decimal:
    """Refunds out of the order's funds that wait for a yes; the ledger does not know them yet, KES."""
    waiting = select(func.sum(Refund.amount)).where(
        Refund.order_id == order_id, Refund.status == "requested", Refund.source == "held"
    )
    return tx.session.scalar(waiting) or ZERO


def refundable(tx: Tx, order_id: int) -> Decimal:
    """What could still be refunded: received, less every refund asked for or made (DR-821), KES.

    What we wrote off of an order whose payment the provider took back was never received.
    """
    written_off = -ledger.moved(tx, accounts.order_funds(order_id), kinds=("write_off",))
    waiting = select(func.sum(Refund.amount)).where(Refund.order_id == order_id, Refund.status == "requested")
    ours = received(tx, order_id) - written_off
    return ours - refunded(tx, order_id) - (tx.session.scalar(waiting) or ZERO)


def derive(tx: Tx, order: Order) -> str:
    """Work out the order's payment status and keep it on the order (7.2); returns it."""
    tx.flush()
    tried = set(
        tx.session.scalars(
            select(PaymentTransaction.status).where(PaymentTransaction.order_id == order.order_id)
        )
    )
    waiting = tx.session.scalar(
        select(Refund.refund_id)
        .where(Refund.order_id == order.order_id, Refund.status.in_(REFUND_OPEN))
        .limit(1)
    )
    order.payment_status = rules.payment_status(
        books(tx, order),
        refund_open=waiting is not None,
        any_open=bool(tried & set(OPEN)),
        any_failed="failed" in tried,
    )
    return order.payment_status
