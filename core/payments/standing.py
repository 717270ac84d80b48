"""How an order stands in money: received, given back, still due, and the status that follows (7.2).

Everything comes from the ledger and the refunds; `orders.payment_status` is only its copy for lists.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from core.db import Tx
from core.ledger import accounts, postings
from core.ledger import service as ledger
from core.money import ZERO
from core.orders.models import Order
from core.payments import rules
from core.payments.machine import OPEN, REFUND_OPEN
from core.payments.models import PaymentTransaction, Refund, SuspensePayment

KEPT = ("kept_as_credit",)


def received(tx: Tx, order_id: int) -> Decimal:
    """All money for the order, KES: M-Pesa, bank, cash collected, credit used; less provider reversals."""
    return -ledger.moved(tx, accounts.order_funds(order_id), kinds=postings.MONEY_IN)


@dataclass(frozen=True)
class Moved:
    """What was moved on an order's two accounts, by kind of entry; KES, credits negative."""

    funds: Mapping[str, Decimal]
    refunds: Mapping[str, Decimal]

    def held(self, kinds: Collection[str]) -> Decimal:
        """On the order's funds, by entries of these kinds."""
        return sum((self.funds.get(kind, ZERO) for kind in kinds), ZERO)

    def promised(self, kinds: Collection[str]) -> Decimal:
        """On the refunds due of the order, by entries of these kinds."""
        return sum((self.refunds.get(kind, ZERO) for kind in kinds), ZERO)

    @property
    def received(self) -> Decimal:
        """All money for the order, as `standing.received`."""
        return -self.held(postings.MONEY_IN)

    @property
    def refunded(self) -> Decimal:
        """All that was given back or promised, also by claims after delivery."""
        return self.held(KEPT) - self.promised(postings.PROMISED)

    @property
    def lost(self) -> Decimal:
        """What of it was written off, since nobody will pay it."""
        return -self.held(("write_off",))

    @property
    def balance(self) -> Decimal:
        """What stands on the order's funds."""
        return sum(self.funds.values(), ZERO)


def moved(tx: Tx, order_id: int) -> Moved:
    """All that was moved for an order; one SQL statement."""
    held, due = accounts.order_funds(order_id), accounts.refunds_due(order_id)
    found = ledger.by_kind(tx, held, due)
    return Moved(
        funds={kind: amount for (account, kind), amount in found.items() if account == held},
        refunds={kind: amount for (account, kind), amount in found.items() if account == due},
    )


def refunded(tx: Tx, order_id: int) -> Decimal:
    """All that was given back or promised, KES, also by claims after delivery."""
    return moved(tx, order_id).refunded


def books(tx: Tx, order: Order) -> rules.Books:
    """The order's sums in the ledger, beside what it asks for now."""
    excess = tx.session.scalar(
        select(func.sum(Refund.amount)).where(
            Refund.order_id == order.order_id,
            Refund.cause.in_(rules.EXCESS),
            Refund.status.not_in(("requested", "rejected")),
        )
    )
    so_far = moved(tx, order.order_id)
    return rules.Books(
        received=so_far.received,
        returned=so_far.held(postings.GIVEN_BACK),
        excess=(excess or ZERO) + so_far.held(KEPT),
        claimed=-so_far.promised(postings.CLAIMED),
        asked=_charged(so_far) if order.order_status == "cancelled" else order.amount_asked,
    )


def _charged(so_far: Moved) -> Decimal:
    """What a cancelled order costs: the prepared goods and the fee it was charged (7.3); mostly nothing."""
    return so_far.balance - so_far.held((*postings.MONEY_IN, *postings.GIVEN_BACK))


def still_due(tx: Tx, order: Order) -> Decimal:
    """What is missing of the sum asked, KES, never below 0.00: asked, less what we have and keep."""
    now = books(tx, order)
    return max(ZERO, now.asked - (now.received - now.returned))


def spare(tx: Tx, order: Order) -> Decimal:
    """What the order has beyond what it asks for and gives back already, KES, never below 0.00 (DR-821)."""
    return rules.surplus(books(tx, order), asked_back=ZERO)


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
    so_far = moved(tx, order_id)
    waiting = select(func.sum(Refund.amount)).where(Refund.order_id == order_id, Refund.status == "requested")
    ours = so_far.received - so_far.lost
    return ours - so_far.refunded - (tx.session.scalar(waiting) or ZERO)


def taken_back(tx: Tx, order_id: int) -> list[int]:
    """The payments of the order that are gone again, or a part of them: taken back by the provider (P6), or
    entered wrongly."""
    query = select(PaymentTransaction.transaction_id).where(
        PaymentTransaction.order_id == order_id, PaymentTransaction.status == "reversed"
    )
    return sorted({*tx.session.scalars(query), *parts_gone(tx, order_id)})


def parts_gone(tx: Tx, order_id: int) -> dict[int, Decimal]:
    """What the provider took back of each of the order's payments, KES; by the payment's id (P6)."""
    gone: dict[int, Decimal] = {}
    for source, amount in reversals(tx, order_id):
        number = int(source.partition(":")[0])
        gone[number] = gone.get(number, ZERO) - amount
    return {number: amount for number, amount in gone.items() if amount}


def reversals(tx: Tx, order_id: int) -> list[tuple[str, Decimal]]:
    """What the provider took back of the order's payments, and what of that was said wrongly: (the entry's
    source, KES on our account)."""
    kinds = ("provider_reversal", "provider_reversal_undone")
    return ledger.of_order(tx, order_id, kinds=kinds, account=accounts.MPESA)


def suspense_parts(tx: Tx, suspense_id: int | None = None) -> dict[str, Decimal]:
    """What the provider took back of money in suspense without our asking (P6): by the reversal's receipt, of
    this one; without `suspense_id` by the number of each, KES."""
    kinds, own = (
        ("suspense_returned", "suspense_returned_undone"),
        "%" if suspense_id is None else suspense_id,
    )
    gone: dict[str, Decimal] = {}
    for source, amount in ledger.of_parts(tx, kinds=kinds, account=accounts.SUSPENSE, source=str(own)):
        number, _, receipt = source.partition(":")
        key = number if suspense_id is None else receipt.partition("-")[0]
        gone[key] = gone.get(key, ZERO) + amount
    return {key: amount for key, amount in gone.items() if amount}


def left_in_suspense(tx: Tx, money: SuspensePayment) -> Decimal:
    """What is left of money in suspense that the provider has taken parts of, KES (P6)."""
    return money.amount - sum(suspense_parts(tx, money.suspense_id).values(), ZERO)


def lacks_again(tx: Tx, order: Order) -> bool:
    """Whether a placed order was paid, and lacks money again since one of its payments is gone (P6)."""
    if order.order_status in ("pending_payment", "cancelled"):
        return False
    return bool(taken_back(tx, order.order_id)) and still_due(tx, order) > ZERO


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
