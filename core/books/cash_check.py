"""Cash every night: what riders took, brought in and hold, and what lies in the office, against the ledger.

DR-904, DR-907, DR-1007.
"""

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import func, select

from core.books import differences
from core.books.rules import CASH_BROUGHT, CASH_HELD
from core.cash.models import UNDONE, CashBanking, CashCollection, CashDeposit
from core.db import Tx
from core.ledger import accounts, mirror, reading
from core.ledger.models import JournalEntry
from core.money import ZERO

TILL = "cash"
OPEN = ("differs", "issue")


def differences_of(tx: Tx) -> set[str]:
    """Every difference, as its key: a rider's or the office's sum, and deposits that were not the debt."""
    return {*_riders(tx), *_office(tx), *_deposits(tx)}


def _riders(tx: Tx) -> set[str]:
    """Collected at the doors, less what came in or was let go, is what his account holds."""
    rows: dict[int, Decimal] = defaultdict(lambda: ZERO)
    taken = select(CashCollection.rider_id, func.sum(CashCollection.amount)).group_by(CashCollection.rider_id)
    for rider_id, amount in tx.session.execute(taken):
        rows[rider_id] += amount
    given = (
        select(CashDeposit.rider_id, func.sum(CashDeposit.amount))
        .where(CashDeposit.deposit_status != UNDONE)
        .group_by(CashDeposit.rider_id)
    )
    for rider_id, amount in tx.session.execute(given):
        rows[rider_id] -= amount
    held = reading.standing(tx)
    riders = rows.keys() | {int(a.partition(":")[2]) for a in held if a.startswith("rider_cash:")}
    seen = set()
    for rider_id in sorted(riders):
        ours, theirs = held.get(accounts.rider_cash(rider_id), ZERO), rows.get(rider_id, ZERO)
        seen |= _compared(tx, f"rider:{rider_id}", ours=ours, theirs=theirs, rider=rider_id)
    return seen


def _office(tx: Tx) -> set[str]:
    """Counted in, less what went to the bank, is what lies in the office."""
    counted = select(func.sum(CashDeposit.amount)).where(
        CashDeposit.how == "counted", CashDeposit.deposit_status != UNDONE
    )
    undone = select(JournalEntry.source_id).where(JournalEntry.kind == f"cash_banked{mirror.UNDONE}")
    back = [int(source) for source in tx.session.scalars(undone)]
    banked = select(func.sum(CashBanking.amount)).where(CashBanking.banking_id.not_in(back))
    theirs = (tx.session.scalar(counted) or ZERO) - (tx.session.scalar(banked) or ZERO)
    ours = reading.standing(tx).get(accounts.OFFICE_CASH, ZERO)
    return _compared(tx, f"till:{accounts.OFFICE_CASH}", ours=ours, theirs=theirs)


def _compared(tx: Tx, subject: str, *, ours: Decimal, theirs: Decimal, **details: int) -> set[str]:
    if ours == theirs:
        return set()
    differences.found(tx, CASH_HELD, subject, till=TILL, ours=ours, theirs=theirs, details=details)
    return {f"{CASH_HELD}:{subject}"}


def _deposits(tx: Tx) -> set[str]:
    """Deposits that were more or less than what the rider had taken, until that clears itself (DR-904)."""
    seen = set()
    query = select(CashDeposit).where(CashDeposit.deposit_status.in_(OPEN))
    for deposit in tx.session.scalars(query):
        subject = f"deposit:{deposit.deposit_id}"
        details = {"rider": deposit.rider_id, "how": deposit.how, "at": deposit.made_at.isoformat()}
        differences.found(
            tx, CASH_BROUGHT, subject, till=TILL, ours=deposit.expected, theirs=deposit.amount,
            details=details,
        )  # fmt: skip
        seen.add(f"{CASH_BROUGHT}:{subject}")
    return seen
