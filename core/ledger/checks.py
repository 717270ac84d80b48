"""Whether the books are right (INV-1, DR-1003), and the nightly step of what is kept of them."""

from datetime import timedelta

from sqlalchemy import func, select

from core.db import Tx
from core.ledger.models import AccountBalance, JournalEntry, LedgerLine
from core.ledger.service import total
from core.money import ZERO

# No transaction is open so long: lines older than this are all there.
SETTLED = timedelta(hours=1)


def faults(tx: Tx) -> list[str]:
    """What is wrong with the books, in words with ids; nothing, as a rule (INV-1, DR-1001, DR-1003)."""
    found = [] if (sum_of_all := total(tx)) == ZERO else [f"the ledger sums to {sum_of_all}"]
    uneven = (
        select(LedgerLine.entry_id).group_by(LedgerLine.entry_id).having(func.sum(LedgerLine.amount) != ZERO)
    )
    found += [f"entry {entry_id} does not balance" for entry_id in tx.session.scalars(uneven.limit(20))]
    return found + wrong_balances(tx)


def wrong_balances(tx: Tx) -> list[str]:
    """The accounts whose kept balance is not the sum of their lines up to where it reaches (DR-1003)."""
    counted = (
        select(AccountBalance.account, AccountBalance.balance, func.sum(LedgerLine.amount).label("lines"))
        .outerjoin(
            LedgerLine,
            (LedgerLine.account == AccountBalance.account)
            & (LedgerLine.line_id <= AccountBalance.through_line),
        )
        .group_by(AccountBalance.account, AccountBalance.balance)
    )
    return [
        f"{row.account} is kept as {row.balance}, its lines come to {row.lines or ZERO}"
        for row in tx.session.execute(counted)
        if row.balance != (row.lines or ZERO)
    ]


def move_on(tx: Tx) -> int:
    """Add the settled lines since the last time to the kept balances; returns how many accounts moved.

    All of them reach to the same line afterwards.
    """
    through = tx.session.scalar(
        select(func.max(LedgerLine.line_id))
        .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
        .where(JournalEntry.at <= tx.now - SETTLED)
    )
    before = tx.session.scalar(select(func.max(AccountBalance.through_line))) or 0
    if through is None or through <= before:
        return 0
    kept = {row.account: row for row in tx.session.scalars(select(AccountBalance).with_for_update())}
    moved = tx.session.execute(
        select(LedgerLine.account, func.sum(LedgerLine.amount))
        .where(LedgerLine.line_id > before, LedgerLine.line_id <= through)
        .group_by(LedgerLine.account)
    ).all()
    for account, amount in moved:
        if account not in kept:
            kept[account] = AccountBalance(account=account, balance=ZERO, through_line=0, at=tx.now)
            tx.session.add(kept[account])
        kept[account].balance += amount
    for row in kept.values():
        row.through_line, row.at = through, tx.now
    return len(moved)
