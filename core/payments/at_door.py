"""What several orders still cost at the door: `standing.to_pay` of all of them in one statement (DR-901)."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import bindparam, func, or_, select, union_all

from core.db import Tx
from core.ledger import accounts, postings
from core.ledger.models import AccountBalance, JournalEntry, LedgerLine
from core.money import ZERO

_FUNDS = (
    select(LedgerLine.account.label("account"), func.sum(LedgerLine.amount).label("amount"))
    .join(JournalEntry, JournalEntry.entry_id == LedgerLine.entry_id)
    .where(
        LedgerLine.account.in_(bindparam("funds", expanding=True)),
        JournalEntry.kind.in_((*postings.MONEY_IN, *postings.GIVEN_BACK)),
    )
    .group_by(LedgerLine.account)
)
# A balance is what was kept last night and the lines since (core/ledger/service.py).
_KEPT = select(AccountBalance.account, AccountBalance.balance).where(
    AccountBalance.account.in_(bindparam("people", expanding=True))
)
_SINCE = (
    select(LedgerLine.account, func.sum(LedgerLine.amount))
    .outerjoin(AccountBalance, AccountBalance.account == LedgerLine.account)
    .where(
        LedgerLine.account.in_(bindparam("people", expanding=True)),
        or_(AccountBalance.through_line.is_(None), LedgerLine.line_id > AccountBalance.through_line),
    )
    .group_by(LedgerLine.account)
)
_MOVED = union_all(_FUNDS, _KEPT, _SINCE)


def to_pay_each(tx: Tx, orders: Mapping[int, tuple[int, Decimal]]) -> dict[int, Decimal]:
    """What to ask for each order, KES: what is still due, and what its customer owes from a door (DR-902).

    orders  by order id: the customer's id, and the sum the order asks for now (none is cancelled)
    """
    funds = {accounts.order_funds(order_id): order_id for order_id in orders}
    people = {accounts.customer_credit(customer_id) for customer_id, _ in orders.values()}
    moved: dict[str, Decimal] = {}
    for row in tx.look(_MOVED, funds=list(funds), people=list(people)):
        moved[row.account] = moved.get(row.account, ZERO) + row.amount
    found = {}
    for account, order_id in funds.items():
        customer_id, asked = orders[order_id]
        due = max(ZERO, asked + moved.get(account, ZERO))
        debt = max(ZERO, moved.get(accounts.customer_credit(customer_id), ZERO))
        found[order_id] = due + debt if due > ZERO else ZERO
    return found
