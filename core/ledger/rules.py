"""A posting as it is read, and the statements that follow from postings and from nothing else (DR-1003)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from core.money import ZERO


@dataclass(frozen=True)
class Posting:
    """One line of the ledger with its entry's head; `amount` KES, debits above zero."""

    line_id: int
    entry_id: int
    at: datetime
    kind: str
    source: str
    order_id: int | None
    account: str
    amount: Decimal


@dataclass(frozen=True)
class StatementLine:
    """A line of a statement: an account's opening, one posting, or its closing.

    amount   KES, debits above zero; 0.00 for opening and closing
    balance  of the account after it, KES; below zero where we owe
    """

    what: Literal["opening", "posting", "closing"]
    at: datetime
    account: str
    balance: Decimal
    amount: Decimal = ZERO
    kind: str = ""
    source: str = ""
    entry_id: int | None = None
    order_id: int | None = None


def statement(
    opening: Mapping[str, Decimal], postings: Iterable[Posting], *, since: datetime, until: datetime
) -> list[StatementLine]:
    """What moved from `since` to before `until`, between the balances before and after; in order of writing.

    opening   KES per account; one that is not named begins at 0.00
    postings  those of that time

    Accounts that hold nothing and were not moved do not appear.
    """
    moved = list(postings)
    balances = {account: amount for account, amount in opening.items() if amount != ZERO}
    balances |= {posting.account: balances.get(posting.account, ZERO) for posting in moved}
    accounts = sorted(balances)
    lines = [StatementLine("opening", since, account, balances[account]) for account in accounts]
    for one in moved:
        balances[one.account] += one.amount
        lines.append(
            StatementLine(
                "posting", one.at, one.account, balances[one.account],
                one.amount, one.kind, one.source, one.entry_id, one.order_id,
            )
        )  # fmt: skip
    return lines + [StatementLine("closing", until, account, balances[account]) for account in accounts]


def rebuilt(
    everything: Iterable[Posting],
    *,
    since: datetime,
    until: datetime,
    concerns: Callable[[str], bool] = lambda account: True,
) -> list[StatementLine]:
    """The same statement from all postings there are, from the first one on, and from nothing else.

    concerns  whether an account belongs into it
    """
    opening: dict[str, Decimal] = {}
    moved = []
    for one in everything:
        if not concerns(one.account):
            continue
        if one.at < since:
            opening[one.account] = opening.get(one.account, ZERO) + one.amount
        elif one.at < until:
            moved.append(one)
    touched = {one.account for one in moved}
    standing = {a: amount for a, amount in opening.items() if amount != ZERO or a in touched}
    return statement(standing, moved, since=since, until=until)
