"""Several accounts in one look, several entries in as many statements as one (DR-1001 to DR-1003)."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import bindparam, func, or_, select, union_all

from core import rows
from core.db import Tx
from core.ledger.models import AccountBalance, JournalEntry, LedgerLine
from core.ledger.service import checked
from core.money import ZERO

_PARTS = union_all(
    select(AccountBalance.account, AccountBalance.balance.label("amount")).where(
        AccountBalance.account.in_(bindparam("names", expanding=True))
    ),
    select(LedgerLine.account, LedgerLine.amount)
    .outerjoin(AccountBalance, AccountBalance.account == LedgerLine.account)
    .where(
        LedgerLine.account.in_(bindparam("names", expanding=True)),
        or_(AccountBalance.through_line.is_(None), LedgerLine.line_id > AccountBalance.through_line),
    ),
).subquery()
_BALANCES = select(_PARTS.c.account, func.sum(_PARTS.c.amount).label("amount")).group_by(_PARTS.c.account)


def balances(tx: Tx, names: Sequence[str]) -> dict[str, Decimal]:
    """As ledger.balance of each account, in KES; 0.00 for one that was never moved."""
    found: dict[str, Decimal] = {row.account: row.amount for row in tx.look(_BALANCES, names=list(names))}
    return {name: found.get(name, ZERO) for name in names}


# KES per account, by the id of what is booked.
Entries = dict[int, dict[str, Decimal]]


def post_all(tx: Tx, kind: str, entries: Entries, order_id: int | None = None) -> None:
    """As ledger.post of each source_id with its lines, each once per (kind, source_id). Raises Unbalanced."""
    wanted = {str(source): checked(kind, source, lines) for source, lines in entries.items()}
    wanted = {source: amounts for source, amounts in wanted.items() if amounts}
    if not wanted:
        return
    before = _posted(tx, kind, list(wanted))
    new = [source for source in wanted if source not in before]
    # Whoever posts the same at this moment is refused by the key, and the transaction is run again.
    rows.add_all(
        tx,
        [JournalEntry(kind=kind, source_id=source, order_id=order_id, at=tx.now) for source in new],
    )
    written = _posted(tx, kind, new)
    rows.add_all(
        tx,
        [
            LedgerLine(entry_id=written[source], account=account, amount=amount)
            for source in new
            for account, amount in wanted[source].items()
        ],
    )
    for source in new:
        tx.note(f"ledger:{written[source]}", kind)


def _posted(tx: Tx, kind: str, sources: Sequence[str]) -> dict[str, int]:
    """The entry of each of these sources that is posted."""
    query = select(JournalEntry.source_id, JournalEntry.entry_id).where(
        JournalEntry.kind == kind, JournalEntry.source_id.in_(sources)
    )
    return {row.source_id: row.entry_id for row in tx.session.execute(query)}
