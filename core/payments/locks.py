"""Row locks of payment attempts; the order's lock comes first (core/orders/locks.py)."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.db import Tx
from core.orders import locks as order_locks
from core.payments.models import PaymentTransaction


def attempt(tx: Tx, transaction_id: int) -> PaymentTransaction | None:
    """The attempt with its order, both locked, the order first; None if there is none."""
    order_id = tx.session.scalar(
        select(PaymentTransaction.order_id).where(PaymentTransaction.transaction_id == transaction_id)
    )
    if order_id is None:
        return None
    order_locks.order(tx, order_id)
    query = select(PaymentTransaction).where(PaymentTransaction.transaction_id == transaction_id)
    locked = query.options(selectinload(PaymentTransaction.order)).with_for_update()
    return tx.session.scalar(locked.execution_options(populate_existing=True))


def known(tx: Tx, transaction_id: int) -> PaymentTransaction:
    """As `attempt`, for a caller who got the id from us."""
    found = attempt(tx, transaction_id)
    if found is None:
        raise LookupError(f"no payment attempt {transaction_id}")
    return found
