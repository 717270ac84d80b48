"""The balances of several accounts in one look (DR-1003)."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import bindparam, func, or_, select, union_all

from core.db import Tx
from core.ledger.models import AccountBalance, LedgerLine
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
