"""Posting and reading the double-entry ledger (section 10). Nothing here changes or deletes a row."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from sqlalchemy import bindparam, func, or_, select

from core.db import Tx
from core.ledger import accounts
from core.ledger.models import AccountBalance, JournalEntry, LedgerLine
from core.money import ZERO, exact


class Unbalanced(ValueError):
    """An entry whose lines do not sum to 0.00, or with an account nobody knows: our own fault (DR-1001)."""


_BY_KIND = (
    select(LedgerLine.account, JournalEntry.kind, func.sum(LedgerLine.amount))
    .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
    .where(LedgerLine.account.in_(bindparam("accounts", expanding=True)))
    .group_by(LedgerLine.account, JournalEntry.kind)
)


def post(
    tx: Tx,
    kind: str,
    source_id: int | str,
    lines: Mapping[str, Decimal],
    order_id: int | None = None,
    *,
    reverses: str = "",
) -> JournalEntry | None:
    """Write one journal entry, once per (kind, source_id) (DR-1001, DR-1002).

    lines     KES per account, debits positive, credits negative; lines of 0.00 are left out
    reverses  the kind of the entry of the same source that this one takes back, and names

    Returns None when this key is posted already, or when nothing is left to post. Raises Unbalanced.
    """
    amounts = checked(kind, source_id, lines)
    if not amounts or entry_of(tx, kind, source_id) is not None:
        return None
    first = entry_of(tx, reverses, source_id) if reverses else None
    entry = JournalEntry(kind=kind, source_id=str(source_id), order_id=order_id, reverses=first, at=tx.now)
    entry.lines = [LedgerLine(account=account, amount=amount) for account, amount in amounts.items()]
    tx.session.add(entry)
    tx.flush()
    tx.note(f"ledger:{entry.entry_id}", kind)
    return entry


def checked(kind: str, source_id: int | str, lines: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What is to be written of an entry's lines, KES per account; raises Unbalanced."""
    amounts = {account: exact(amount) for account, amount in lines.items() if amount != ZERO}
    if sum(amounts.values(), ZERO) != ZERO:
        raise Unbalanced(f"{kind}:{source_id} {amounts}")
    if strange := [account for account in amounts if not accounts.known(account)]:
        raise Unbalanced(f"{kind}:{source_id} {strange}")
    return amounts


def balance(tx: Tx, account: str) -> Decimal:
    """The sum of an account's lines in KES; negative where we owe (DR-1003).

    What is kept of last night, and the lines since.
    """
    kept = tx.session.get(AccountBalance, account)
    since = select(func.sum(LedgerLine.amount)).where(LedgerLine.account == account)
    if kept is not None:
        since = since.where(LedgerLine.line_id > kept.through_line)
    return (tx.session.scalar(since) or ZERO) + (kept.balance if kept is not None else ZERO)


def of_entry(tx: Tx, entry_id: int, account: str) -> Decimal:
    """What one entry moved on `account`, in KES."""
    found = select(func.sum(LedgerLine.amount)).where(
        LedgerLine.entry_id == entry_id, LedgerLine.account == account
    )
    return tx.session.scalar(found) or ZERO


def owners(tx: Tx, family: str) -> list[int]:
    """The owners of a family's accounts (farmer_due ...) whom we owe something, or owed it last night."""
    last = tx.session.scalar(select(func.max(AccountBalance.through_line))) or 0
    mine = f"{family}:%"
    kept = select(AccountBalance.account).where(
        AccountBalance.account.like(mine), AccountBalance.balance < ZERO
    )
    moved_since = (
        select(LedgerLine.account).where(LedgerLine.account.like(mine), LedgerLine.line_id > last).distinct()
    )
    names = {*tx.session.scalars(kept), *tx.session.scalars(moved_since)}
    return sorted(int(name.partition(":")[2]) for name in names)


def total(tx: Tx) -> Decimal:
    """The sum of all lines: 0.00, or something is badly wrong (INV-1)."""
    found = tx.session.scalar(select(func.sum(LedgerLine.amount)))
    return ZERO if found is None else found


def moved(tx: Tx, account: str, *, kinds: Collection[str]) -> Decimal:
    """What the entries of these kinds moved on `account`, in KES; credits are negative."""
    found = tx.session.scalar(
        select(func.sum(LedgerLine.amount))
        .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
        .where(LedgerLine.account == account, JournalEntry.kind.in_(kinds))
    )
    return ZERO if found is None else found


def by_kind(tx: Tx, *names: str) -> Mapping[tuple[str, str], Decimal]:
    """What the entries of each kind moved on each of these accounts, in KES; credits are negative.

    (account, kind) -> sum; a kind that never touched the account is missing. One SQL statement, for whoever
    would ask `moved` several times.
    """
    found = tx.session.execute(_BY_KIND, {"accounts": names})
    return {(account, kind): amount for account, kind, amount in found}


def of_order(tx: Tx, order_id: int, *, kinds: Collection[str], account: str) -> list[tuple[str, Decimal]]:
    """What each entry of these kinds of an order moved on `account`: (source, KES)."""
    query = (
        select(JournalEntry.source_id, LedgerLine.amount)
        .join(LedgerLine, LedgerLine.entry_id == JournalEntry.entry_id)
        .where(JournalEntry.order_id == order_id, JournalEntry.kind.in_(kinds), LedgerLine.account == account)
        .order_by(JournalEntry.entry_id)
    )
    return [(source, amount) for source, amount in tx.session.execute(query)]


def entry_of(tx: Tx, kind: str, source_id: int | str) -> int | None:
    """The id of the entry with this key, if it is posted (DR-1002)."""
    query = select(JournalEntry.entry_id).where(
        JournalEntry.kind == kind, JournalEntry.source_id == str(source_id)
    )
    return tx.session.scalar(query)


def of_parts(tx: Tx, *, kinds: Collection[str], account: str, source: str = "%") -> list[tuple[str, Decimal]]:
    """What each entry of these kinds about a part ("12:UA1", of `source` or of all) moved on `account`."""
    query = (
        select(JournalEntry.source_id, LedgerLine.amount)
        .join(LedgerLine, LedgerLine.entry_id == JournalEntry.entry_id)
        .where(
            JournalEntry.kind.in_(kinds),
            JournalEntry.source_id.like(f"{source}:%"),
            LedgerLine.account == account,
        )
        .order_by(JournalEntry.entry_id)
    )
    return [(row.source_id, row.amount) for row in tx.session.execute(query)]


def newest(tx: Tx, kind: str, source_id: str) -> int | None:
    """The id of the newest entry of this kind about `source_id`, or about a part of it ("12:UA1")."""
    query = (
        select(JournalEntry.entry_id)
        .where(
            JournalEntry.kind == kind,
            or_(JournalEntry.source_id == source_id, JournalEntry.source_id.like(f"{source_id}:%")),
        )
        .order_by(JournalEntry.entry_id.desc())
    )
    return tx.session.scalar(query.limit(1))
