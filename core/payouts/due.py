"""What a payee may be paid now: the balance in the ledger, less what is not free yet (DR-1301)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from core import events
from core.db import Tx
from core.ledger import accounts
from core.ledger import service as ledger
from core.ledger.models import JournalEntry, LedgerLine
from core.money import ZERO
from core.orders.models import Claim, Order
from core.payouts.models import Payout, PayoutOrder


@dataclass(frozen=True)
class Share:
    """A payee's part of one order, KES, after `commission`; `since` it is in the books."""

    order_id: int
    amount: Decimal
    commission: Decimal
    since: datetime


@dataclass(frozen=True)
class Due:
    """A payee's account.

    owed     KES that we owe in all; below zero: the payee owes us (DR-1006)
    payable  KES of it that may go now; not what a farmer has taken in cash and not brought (DR-903, DR-1210)
    shares   the free orders that no payout has covered yet
    since    since when something has been payable
    """

    account: str
    owed: Decimal
    payable: Decimal
    shares: tuple[Share, ...]
    since: datetime | None


def of_account(tx: Tx, account: str) -> Due:
    """What `account` (farmer_due or rider_due of somebody) holds, and what of it is free."""
    owed = -ledger.balance(tx, account)
    shares = _uncovered(tx, account)
    free = _free(tx, [share.order_id for share in shares])
    held = sum((max(ZERO, share.amount) for share in shares if share.order_id not in free), ZERO)
    ready = tuple(share for share in shares if share.order_id in free)
    since = min((share.since for share in ready), default=None) or _last_payout(tx, account)
    return Due(account, owed, owed - held - _cash_kept(tx, account), ready, since)


def accounts_of(user_id: int) -> tuple[str, str]:
    """The accounts that one person may be paid from."""
    return accounts.farmer_due(user_id), accounts.rider_due(user_id)


def _cash_kept(tx: Tx, account: str) -> Decimal:
    """Cash that a farmer took at her farm, KES: from a rider offers are kept (DR-903), from her the money."""
    family, _, owner = account.partition(":")
    return max(ZERO, ledger.balance(tx, accounts.rider_cash(int(owner)))) if family == "farmer_due" else ZERO


def _uncovered(tx: Tx, account: str) -> list[Share]:
    """The account's orders that no payout covers, with what each comes to."""
    ours = aliased(LedgerLine)
    covered = select(PayoutOrder.order_id).where(PayoutOrder.covered == account)
    rows = tx.session.execute(
        select(
            JournalEntry.order_id,
            func.sum(LedgerLine.amount),
            func.sum(ours.amount),
            func.min(JournalEntry.at),
        )
        .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
        .outerjoin(ours, (ours.entry_id == LedgerLine.entry_id) & (ours.account == accounts.COMMISSION))
        .where(
            LedgerLine.account == account,
            JournalEntry.order_id.is_not(None),
            JournalEntry.order_id.not_in(covered),
        )
        .group_by(JournalEntry.order_id)
        .order_by(JournalEntry.order_id)
    )
    return [Share(int(row[0] or 0), -row[1], -(row[2] or ZERO), row[3]) for row in rows]


def _free(tx: Tx, order_ids: list[int]) -> set[int]:
    """Those that are over, past the hold, and not argued about (DR-1301)."""
    if not order_ids:
        return set()
    until = tx.now - timedelta(hours=tx.setting("payout.hold_hours"))
    over = (Order.order_status == "completed") & (Order.delivered_at <= until)
    called_off = (Order.order_status == "cancelled") & (Order.cancelled_at <= until)
    argued = select(Claim.order_id).where(Claim.order_id == Order.order_id, Claim.claim_status == "open")
    free = set(
        tx.session.scalars(
            select(Order.order_id).where(Order.order_id.in_(order_ids), over | called_off, ~argued.exists())
        )
    )
    sought = events.DisputesSought(order_ids=tuple(sorted(free)))
    tx.emit(sought)
    return free - sought.disputed


def _last_payout(tx: Tx, account: str) -> datetime | None:
    query = select(func.max(Payout.created_at)).where(Payout.account == account, Payout.status == "paid")
    return tx.session.scalar(query)
