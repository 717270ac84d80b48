"""Payments and refunds as their readers see them: the customer, her farmers and rider, admins (2.1)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from core.actor import Actor
from core.db import Tx
from core.msisdn import masked
from core.orders import numbers
from core.orders.models import Order
from core.payments import rules, standing
from core.payments.errors import PaymentUnknown
from core.payments.models import PaymentTransaction, Refund
from core.users import service as users


@dataclass(frozen=True)
class PaymentView:
    """One payment, or attempt at one; amount KES; the payer's number only as others may see it (DR-1904)."""

    transaction_id: int
    order_id: int
    order_number: str
    payment_method: str
    amount: Decimal
    status: str
    receipt: str | None
    payer: str
    result: str
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True)
class RefundView:
    """One refund; amount KES; `road` b2c, reversal, bank, credit or decide."""

    refund_id: int
    order_id: int | None
    amount: Decimal
    cause: str
    status: str
    road: str
    tries: int
    reference: str | None
    requested_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True)
class StandingView:
    """How an order stands in money, KES (7.2)."""

    order_id: int
    payment_status: str
    asked: Decimal
    received: Decimal
    refunded: Decimal
    still_due: Decimal


def listed(
    tx: Tx, actor: Actor, *, order_id: int | None = None, before: int | None = None
) -> list[PaymentView]:
    """The payments of the orders that this actor may read, newest first, a page at a time (2.1).

    order_id  only those of one order; before  the last transaction_id of the page before

    Raises NotAllowed.
    """
    users.may(tx, actor, "read", "payments", own=True)
    query = select(PaymentTransaction, Order.order_number).join(
        Order, Order.order_id == PaymentTransaction.order_id
    )
    query = query.where(numbers.visible(tx, actor))
    if order_id is not None:
        query = query.where(PaymentTransaction.order_id == order_id)
    if before is not None:
        query = query.where(PaymentTransaction.transaction_id < before)
    page = query.order_by(PaymentTransaction.transaction_id.desc()).limit(tx.setting("api.page_size"))
    return [_payment(payment, number) for payment, number in tx.session.execute(page)]


def one(tx: Tx, actor: Actor, *, transaction_id: int) -> PaymentView:
    """One payment; a foreign one is PaymentUnknown (DR-211). Raises NotAllowed."""
    users.may(tx, actor, "read", "payments", own=True)
    found = tx.session.execute(
        select(PaymentTransaction, Order.order_number)
        .join(Order, Order.order_id == PaymentTransaction.order_id)
        .where(PaymentTransaction.transaction_id == transaction_id, numbers.visible(tx, actor))
    ).first()
    if found is None:
        raise PaymentUnknown(transaction_id=transaction_id)
    return _payment(found[0], found[1])


def standing_of(tx: Tx, actor: Actor, *, order_id: int) -> StandingView:
    """How an order stands in money; a foreign one is PaymentUnknown. Raises NotAllowed."""
    users.may(tx, actor, "read", "payments", own=True)
    order = tx.session.scalar(select(Order).where(Order.order_id == order_id, numbers.visible(tx, actor)))
    if order is None:
        raise PaymentUnknown(order_id=order_id)
    return StandingView(
        order_id=order_id,
        payment_status=order.payment_status,
        asked=order.amount_asked,
        received=standing.received(tx, order_id),
        refunded=standing.refunded(tx, order_id),
        still_due=standing.still_due(tx, order),
    )


def refunds(
    tx: Tx, actor: Actor, *, order_id: int | None = None, status: str | None = None, limit: int = 50
) -> list[RefundView]:
    """Refunds, newest first: of an order that the actor may read, or (admins) of all, by status.

    Raises NotAllowed, PaymentUnknown.
    """
    if order_id is None:
        users.may(tx, actor, "read", "money", own=False)
        query = select(Refund)
    else:
        standing_of(tx, actor, order_id=order_id)
        query = select(Refund).where(Refund.order_id == order_id)
    if status is not None:
        query = query.where(Refund.status == status)
    found = tx.session.scalars(query.order_by(Refund.refund_id.desc()).limit(limit))
    return [
        RefundView(
            refund_id=refund.refund_id,
            order_id=refund.order_id,
            amount=refund.amount,
            cause=refund.cause,
            status=refund.status,
            road=refund.road,
            tries=refund.tries,
            reference=refund.reference,
            requested_at=refund.requested_at,
            settled_at=refund.settled_at,
        )
        for refund in found
    ]


def _payment(payment: PaymentTransaction, order_number: str) -> PaymentView:
    clear = rules.clear_number(payment.payer) or payment.msisdn
    return PaymentView(
        transaction_id=payment.transaction_id,
        order_id=payment.order_id,
        order_number=order_number,
        payment_method=payment.method,
        amount=payment.amount,
        status=payment.status,
        receipt=payment.receipt or payment.bank_reference,
        payer=masked(clear) if clear else "",
        result=payment.result_text,
        created_at=payment.created_at,
        settled_at=payment.settled_at,
    )
