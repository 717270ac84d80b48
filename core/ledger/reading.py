"""Reading the ledger as it was written: postings of a time, accounts that hold something (DR-1003)."""

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, func, select, union_all

from core.db import Tx
from core.ledger.models import AccountBalance, JournalEntry, LedgerLine
from core.ledger.rules import Posting
from core.money import ZERO

AT_ONCE = 500


def standing(tx: Tx) -> dict[str, Decimal]:
    """Every account that is not 0.00, and its balance in KES, by name."""
    through = tx.session.scalar(select(func.max(AccountBalance.through_line))) or 0
    parts = union_all(
        select(AccountBalance.account, AccountBalance.balance.label("amount")).where(
            AccountBalance.balance != ZERO
        ),
        select(LedgerLine.account, func.sum(LedgerLine.amount).label("amount"))
        .where(LedgerLine.line_id > through)
        .group_by(LedgerLine.account),
    ).subquery()
    sums = (
        select(parts.c.account, func.sum(parts.c.amount).label("amount"))
        .group_by(parts.c.account)
        .having(func.sum(parts.c.amount) != ZERO)
        .order_by(parts.c.account)
    )
    return {row.account: row.amount for row in tx.session.execute(sums)}


def postings(
    tx: Tx,
    *,
    accounts: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Posting]:
    """The postings in the order of writing, from `since` to before `until`; of all accounts, or of these."""
    if accounts is None:
        yield from _read(tx, _of_time(since, until))
        return
    names = sorted(accounts)
    found: list[Posting] = []
    for start in range(0, len(names), AT_ONCE):
        few = _of_time(since, until).where(LedgerLine.account.in_(names[start : start + AT_ONCE]))
        found += _read(tx, few)
    yield from sorted(found, key=lambda posting: posting.line_id)


def before(tx: Tx, accounts: Collection[str], *, moment: datetime) -> dict[str, Decimal]:
    """What these accounts held at `moment`, KES: what they hold now, less what was written since."""
    names = sorted(accounts)
    held: dict[str, Decimal] = {}
    for start in range(0, len(names), AT_ONCE):
        few = names[start : start + AT_ONCE]
        kept = select(AccountBalance.account, AccountBalance.balance, AccountBalance.through_line)
        through = 0
        for row in tx.session.execute(kept.where(AccountBalance.account.in_(few))):
            held[row.account], through = row.balance, row.through_line
        since_kept = select(LedgerLine.account, func.sum(LedgerLine.amount).label("amount")).where(
            LedgerLine.account.in_(few), LedgerLine.line_id > through
        )
        _add(tx, held, since_kept, 1)
        since_moment = (
            select(LedgerLine.account, func.sum(LedgerLine.amount).label("amount"))
            .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
            .where(LedgerLine.account.in_(few), JournalEntry.at >= moment)
        )
        _add(tx, held, since_moment, -1)
    return held


def _add(tx: Tx, held: dict[str, Decimal], sums: "Select[str, Decimal]", sign: int) -> None:
    for account, amount in tx.session.execute(sums.group_by(LedgerLine.account)):
        held[account] = held.get(account, ZERO) + sign * amount


def _of_time(
    since: datetime | None, until: datetime | None
) -> "Select[int, int, datetime, str, str, int | None, str, Decimal]":
    query = select(
        LedgerLine.line_id,
        JournalEntry.entry_id,
        JournalEntry.at,
        JournalEntry.kind,
        JournalEntry.source_id,
        JournalEntry.order_id,
        LedgerLine.account,
        LedgerLine.amount,
    ).join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
    if since is not None:
        query = query.where(JournalEntry.at >= since)
    if until is not None:
        query = query.where(JournalEntry.at < until)
    return query.order_by(LedgerLine.line_id)


def _read(
    tx: Tx, query: "Select[int, int, datetime, str, str, int | None, str, Decimal]"
) -> Iterator[Posting]:
    for row in tx.session.execute(query):
        yield Posting(*row)
