"""Statements as CSV, as spreadsheets open them; nothing in a cell can become a formula there."""

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal

from core.books.statements import Statement
from core.clock import nairobi
from core.ledger.rules import StatementLine
from core.money import ZERO

HEAD = ("day", "time", "entry", "event", "source", "order", "account", "debit", "credit", "balance")
# What a spreadsheet would work out instead of showing it; a plain amount below zero is no formula.
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_AMOUNT = re.compile(r"-?\d+\.\d\d")


def of_statement(statement: Statement) -> str:
    """The whole statement, CRLF, one head line; amounts in KES with two decimals, days and times Nairobi."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows([safe(cell) for cell in row] for row in _rows(statement))
    return out.getvalue()


def safe(cell: str) -> str:
    """A cell that is shown as it stands."""
    if _FORMULA.match(cell) and not _AMOUNT.fullmatch(cell):
        return f"'{cell}"
    return cell


def name_of(statement: Statement) -> str:
    """The file's name, without a person in it but her id: `tunda-7-2025-06-01-2025-06-30.csv`."""
    who = f"{statement.user_id}-{statement.first}" if statement.user_id else "day"
    return f"tunda-{who}-{statement.last}.csv"


def _rows(statement: Statement) -> Iterator[tuple[str, ...]]:
    for line in statement.lines:
        at = nairobi(line.at)
        yield (
            f"{at:%Y-%m-%d}",
            f"{at:%H:%M:%S}",
            str(line.entry_id or ""),
            line.kind.replace("_", " ") if line.what == "posting" else line.what,
            line.source,
            order_of(statement, line),
            line.account,
            f"{line.amount}" if line.amount > ZERO else "",
            f"{-line.amount}" if line.amount < ZERO else "",
            _plain(line.balance),
        )


def order_of(statement: Statement, line: StatementLine) -> str:
    """The number of the order that a line is about."""
    family, _, owner = line.account.partition(":")
    if line.order_id is not None:
        return statement.numbers.get(line.order_id, "")
    return statement.numbers.get(int(owner), "") if family in ("order_funds", "refunds_due") else ""


def _plain(amount: Decimal) -> str:
    return f"{amount:.2f}"
