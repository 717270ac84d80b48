"""Statements and the callback log as CSV, as spreadsheets open them; no cell can become a formula there."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from core.books.statements import Statement
from core.clock import nairobi
from core.ledger.rules import StatementLine
from core.money import ZERO
from core.msisdn import masked
from web.queries.callbacks import Line

HEAD = ("day", "time", "entry", "event", "source", "order", "account", "debit", "credit", "balance")
LOG_HEAD = (
    *("row", "day", "time", "direction", "kind", "phone", "session", "verdict", "status", "ms", "repeats"),
    *("order", "what was said"),
)
# What a spreadsheet would work out instead of showing it; a plain amount below zero is no formula.
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_AMOUNT = re.compile(r"-?\d+\.\d\d")


def of_statement(statement: Statement) -> str:
    """The whole statement, CRLF, one head line; amounts in KES with two decimals, days and times Nairobi."""
    return _sheet(HEAD, _rows(statement))


def of_log(lines: Iterable[Line]) -> str:
    """Rows of the callback log as its list shows them, numbers masked; days and times Nairobi."""
    return _sheet(LOG_HEAD, map(_log_row, lines))


def _sheet(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _log_row(line: Line) -> tuple[str, ...]:
    at = nairobi(line.at)
    return (
        str(line.callback_id),
        f"{at:%Y-%m-%d}",
        f"{at:%H:%M:%S}",
        line.direction,
        line.kind,
        masked(line.msisdn) if line.msisdn else "",
        line.session,
        line.verdict,
        "" if line.status is None else str(line.status),
        str(line.duration_ms),
        str(line.repeats),
        line.order_number or "",
        line.gist,
    )


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
