"""Statements: of one person over some days, and of one day over all accounts, from the postings alone.

Opening and closing come from the kept balances; `rebuild` makes the same from every posting since the first,
so that a statement can be proved without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from core.actor import Actor
from core.audit import service as audit
from core.clock import NAIROBI
from core.db import Tx
from core.errors import BadInput
from core.ledger import accounts, reading, rules
from core.ledger.rules import StatementLine
from core.orders.models import Order
from core.payouts.models import Payout
from core.users import service as users

MOST_DAYS = 366


@dataclass(frozen=True)
class Statement:
    """A statement from the first to the last day (Nairobi), both whole.

    user_id  whose it is; None: the whole house's
    numbers  order_id -> order number, for reading
    """

    user_id: int | None
    first: date
    last: date
    lines: Sequence[StatementLine]
    numbers: dict[int, str]


def of_person(tx: Tx, actor: Actor, *, user_id: int, first: date, last: date) -> Statement:
    """What a person's money did: her balances with us, her payouts, and the money of the orders she bought.

    Raises NotAllowed, NotFound, BadInput (no day, or more than 366).
    """
    users.may(tx, actor, "read", "money", own=False)
    users.get(tx, user_id)
    return _statement(tx, user_id, first, last)


def of_day(tx: Tx, actor: Actor, *, day: date) -> Statement:
    """All postings of one day, over all accounts that it moved. Raises NotAllowed."""
    users.may(tx, actor, "read", "money", own=False)
    return _statement(tx, None, day, day)


def export(tx: Tx, actor: Actor, *, user_id: int | None, first: date, last: date) -> Statement:
    """A statement that leaves the house as a file: a person's, or (None) of the last day. Audited.

    Raises NotAllowed, NotFound, BadInput.
    """
    if user_id is None:
        found = of_day(tx, actor, day=last)
    else:
        found = of_person(tx, actor, user_id=user_id, first=first, last=last)
    record = "books" if user_id is None else f"user:{user_id}"
    days = {"first": found.first.isoformat(), "last": found.last.isoformat()}
    audit.record(tx, actor, what="books.export", record=record, changes=days)
    return found


def rebuild(tx: Tx, statement: Statement) -> list[StatementLine]:
    """The lines of `statement` once more, from all postings since the first and from nothing else."""
    since, until = _bounds(statement.first, statement.last)
    if statement.user_id is None:
        everything = rules.rebuilt(reading.postings(tx), since=since, until=until)
        touched = {line.account for line in everything if line.what == "posting"}
        return [line for line in everything if line.account in touched]
    mine = accounts_of(tx, statement.user_id)
    postings = reading.postings(tx, accounts=mine)
    return rules.rebuilt(postings, since=since, until=until, concerns=mine.__contains__)


def accounts_of(tx: Tx, user_id: int) -> frozenset[str]:
    """Every account in which a person's money may be."""
    own = (accounts.farmer_due, accounts.rider_due, accounts.rider_cash, accounts.customer_credit)
    bought = tx.session.scalars(select(Order.order_id).where(Order.customer_id == user_id)).all()
    payouts = tx.session.scalars(select(Payout.payout_id).where(Payout.payee_id == user_id))
    return frozenset(
        [name(user_id) for name in own]
        + [name(order_id) for name in (accounts.order_funds, accounts.refunds_due) for order_id in bought]
        + [accounts.payout_clearing(payout_id) for payout_id in payouts]
    )


def _statement(tx: Tx, user_id: int | None, first: date, last: date) -> Statement:
    if last < first or last - first > timedelta(days=MOST_DAYS):
        raise BadInput(first=first.isoformat(), last=last.isoformat())
    since, until = _bounds(first, last)
    if user_id is None:
        moved = list(reading.postings(tx, since=since, until=until))
        mine = frozenset(posting.account for posting in moved)
    else:
        mine = accounts_of(tx, user_id)
        moved = list(reading.postings(tx, accounts=mine, since=since, until=until))
    opening = reading.before(tx, mine, moment=since)
    lines = rules.statement(opening, moved, since=since, until=until)
    order_ids = {line.order_id for line in lines if line.order_id is not None}
    order_ids |= {int(line.account.partition(":")[2]) for line in lines if _of_order(line.account)}
    return Statement(user_id, first, last, lines, _numbers(tx, sorted(order_ids)))


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    def midnight(day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), NAIROBI).astimezone(UTC)

    return midnight(first), midnight(last + timedelta(days=1))


def _of_order(account: str) -> bool:
    return account.startswith(("order_funds:", "refunds_due:"))


def _numbers(tx: Tx, order_ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(order_ids), reading.AT_ONCE):
        few = order_ids[start : start + reading.AT_ONCE]
        rows = tx.session.execute(select(Order.order_id, Order.order_number).where(Order.order_id.in_(few)))
        found |= {row.order_id: row.order_number for row in rows}
    return found
