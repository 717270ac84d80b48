"""What came off a payout for money that went back to buyers at the payee's fault (DR-1006)."""

from decimal import Decimal

from sqlalchemy import func, select

from core.db import Tx
from core.ledger.models import JournalEntry, LedgerLine
from core.money import ZERO
from core.payouts.models import Payout, PayoutOrder


def of_payout(tx: Tx, payout: Payout) -> Decimal:
    """KES that had been paid out to her before and went back since, so that this payout is less by it.

    What went back of an order that no payout had covered yet is in that order's own share, and is not here.
    """
    earlier = select(Payout).where(
        Payout.account == payout.account, Payout.payout_id < payout.payout_id, Payout.status != "cancelled"
    )
    before = earlier.subquery()
    since = tx.session.scalar(select(func.max(before.c.created_at)))
    if since is None:
        return ZERO
    covered = select(PayoutOrder.order_id).where(PayoutOrder.payout_id.in_(select(before.c.payout_id)))
    went_back = (
        select(func.sum(LedgerLine.amount))
        .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
        .where(
            LedgerLine.account == payout.account,
            JournalEntry.kind == "refund_of_farmer",
            JournalEntry.at >= since,
            JournalEntry.at <= payout.created_at,
            JournalEntry.order_id.in_(covered),
        )
    )
    return tx.session.scalar(went_back) or ZERO
