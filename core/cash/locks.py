"""Row locks of cash. Collections of one rider are taken oldest first, after the order's lock."""

from sqlalchemy import select

from core.cash.models import CashCollection, CashDeposit
from core.db import Tx
from core.users.models import User


def carrier(tx: Tx, rider_id: int) -> User | None:
    """The person who carries cash, locked: two sums of his at once take turns."""
    query = select(User).where(User.user_id == rider_id).with_for_update()
    return tx.session.scalar(query)


def open_collections(tx: Tx, rider_id: int) -> list[CashCollection]:
    """What he has not brought in yet, locked, the oldest first."""
    query = select(CashCollection).where(CashCollection.open_for == rider_id).with_for_update()
    ordered = query.order_by(CashCollection.collected_at, CashCollection.collection_id)
    return list(tx.session.scalars(ordered.execution_options(populate_existing=True)))


def deposit(tx: Tx, deposit_id: int) -> CashDeposit | None:
    """The deposit, locked, or None."""
    query = select(CashDeposit).where(CashDeposit.deposit_id == deposit_id).with_for_update()
    return tx.session.scalar(query.execution_options(populate_existing=True))


def box(tx: Tx) -> None:
    """The office's box of cash: whoever takes out of it takes turns. What lies in it was counted in, so the
    first counting stands for it."""
    first = (
        select(CashDeposit.deposit_id).where(CashDeposit.how == "counted").order_by(CashDeposit.deposit_id)
    )
    tx.session.execute(first.limit(1).with_for_update())
