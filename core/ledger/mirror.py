"""An entry that was wrong, taken back by its mirror: the same lines, the other way round (DR-1001)."""

from sqlalchemy import select

from core.db import Tx
from core.ledger.models import JournalEntry, LedgerLine
from core.ledger.service import entry_of, post

UNDONE = "_undone"


def take_back(tx: Tx, kind: str, source_id: int | str) -> JournalEntry | None:
    """Post the mirror of the entry with this key, once; it names the first.

    None: there is no such entry, or it has been taken back before.
    """
    first = entry_of(tx, kind, source_id)
    if first is None:
        return None
    lines = select(LedgerLine.account, LedgerLine.amount).where(LedgerLine.entry_id == first)
    mirrored = {row.account: -row.amount for row in tx.session.execute(lines)}
    order_id = tx.session.get_one(JournalEntry, first).order_id
    return post(tx, f"{kind}{UNDONE}", source_id, mirrored, order_id, reverses=kind)
