"""Row locks of payments, refunds and suspense; the order's lock comes first (core/orders/locks.py)."""

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from core.actor import Actor
from core.db import Tx
from core.errors import NotFound
from core.orders import locks as order_locks
from core.orders.models import Order
from core.payments.errors import PaymentUnknown, RefundUnknown, SuspenseUnknown
from core.payments.models import PaymentTransaction, Refund, SuspensePayment
from core.users import service as users


def locked_order(tx: Tx, order_id: int) -> Order:
    """The order, locked; raises PaymentUnknown if there is none."""
    if tx.session.scalar(select(Order.order_id).where(Order.order_id == order_id)) is None:
        raise PaymentUnknown(order_id=order_id)
    return order_locks.order(tx, order_id)


def payable(tx: Tx, actor: Actor, order_id: int) -> Order:
    """The order, locked, if the actor may pay for it: its customer, or an admin for her.

    Raises NotAllowed; PaymentUnknown, whether it is foreign or not there (DR-211).
    """
    customer_id = tx.session.scalar(select(Order.customer_id).where(Order.order_id == order_id))
    own = customer_id is not None and customer_id == actor.user_id
    try:
        users.may(tx, actor, "create", "payments", own=own)
    except NotFound:
        raise PaymentUnknown(order_id=order_id) from None
    return locked_order(tx, order_id)


def attempt(tx: Tx, transaction_id: int) -> PaymentTransaction | None:
    """The attempt with its order, both locked, the order first; None if there is none."""
    order_id = tx.session.scalar(
        select(PaymentTransaction.order_id).where(PaymentTransaction.transaction_id == transaction_id)
    )
    if order_id is None:
        return None
    order = order_locks.order(tx, order_id)
    query = select(PaymentTransaction).where(PaymentTransaction.transaction_id == transaction_id)
    found = tx.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
    set_committed_value(found, "order", order)
    return found


def known(tx: Tx, transaction_id: int) -> PaymentTransaction:
    """As `attempt`, for a caller who got the id from us; raises PaymentUnknown."""
    found = attempt(tx, transaction_id)
    if found is None:
        raise PaymentUnknown(transaction_id=transaction_id)
    return found


def refund(tx: Tx, refund_id: int) -> Refund:
    """The refund, locked after its order or its money in suspense; raises RefundUnknown."""
    row = tx.session.execute(
        select(Refund.order_id, Refund.suspense_id).where(Refund.refund_id == refund_id)
    ).first()
    if row is None:
        raise RefundUnknown(refund_id=refund_id)
    if row.order_id is not None:
        order_locks.order(tx, row.order_id)
    else:
        suspense(tx, row.suspense_id)
    query = select(Refund).where(Refund.refund_id == refund_id).with_for_update()
    return tx.session.scalars(query.execution_options(populate_existing=True)).one()


def suspense(tx: Tx, suspense_id: int) -> SuspensePayment:
    """The money in suspense, locked; raises SuspenseUnknown."""
    query = select(SuspensePayment).where(SuspensePayment.suspense_id == suspense_id).with_for_update()
    found = tx.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise SuspenseUnknown(suspense_id=suspense_id)
    return found
