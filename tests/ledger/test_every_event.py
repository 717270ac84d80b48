"""Every posting stands in the table of 10.2, is made by somebody, and whatever happens sums to 0.00."""

import inspect
import random
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core.db import Database, Tx
from core.ledger import accounts, checks, postings, reading, rules
from core.ledger import service as ledger
from core.ledger.models import JournalEntry, LedgerLine
from core.migrate import ROOT
from tests.helpers import FixedClock
from tests.ledger.test_postings import ROWS
from tests.proving import proves

D = Decimal
EVENTS = [
    event
    for name, event in inspect.getmembers(postings, inspect.isfunction)
    if event.__module__ == postings.__name__ and not name.startswith("_")
]
ANY: dict[str, tuple[Any, ...]] = {
    "till": ("mpesa", "bank"),
    "road": ("b2c", "reversal"),
    "due": ("farmer_due:2", "rider_due:3"),
    "account": ("rider_cash:3", "customer_credit:4", "order_funds:9"),
}


def table() -> list[tuple[str, str, str]]:
    """The rows of 10.2: event, debit, credit."""
    text = (ROOT / "docs/domain.md").read_text().split("### 10.2 Postings")[1].split("\n- DR-")[0]
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [(row[0].strip(), row[1].strip(), row[2].strip()) for row in rows[2:]]


def families(amounts: dict[str, str], *, debit: bool) -> set[str]:
    return {name.partition(":")[0] for name, amount in amounts.items() if (D(amount) > 0) == debit}


@proves("DR-1001", "DR-1004")
@pytest.mark.parametrize(("event", "_post", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_what_is_posted_stands_in_the_table(
    event: str, _post: Callable[[Tx], Any], expected: dict[str, str]
) -> None:
    debits, credits = families(expected, debit=True), families(expected, debit=False)
    assert any(
        all(name in debit for name in debits) and all(name in credit for name in credits)
        for _, debit, credit in table()
    ), f"10.2 has no row for {event}: {debits} | {credits}"


@proves("DR-1004")
def test_every_posting_is_tried_and_somebody_in_the_core_makes_it() -> None:
    tried = {name for _, post, _ in ROWS for name in post.__code__.co_names}
    core = "".join(
        file.read_text() for file in Path(ROOT / "core").rglob("*.py") if file.name != "postings.py"
    )
    for event in EVENTS:
        assert event.__name__ in tried, event.__name__
        assert re.search(rf"\b{event.__name__}\(", core), f"nobody posts {event.__name__}"


@proves("DR-1004")
def test_every_account_of_the_rules_is_known_and_no_other() -> None:
    text = (ROOT / "docs/domain.md").read_text()
    line = next(line for line in text.splitlines() if line.startswith("- DR-1004"))
    named = {name.partition(":")[0] for name in re.findall(r"`([a-z_]+(?::<\w+>)?)`", line)}
    assert named == accounts.PLAIN | accounts.OWNED


def anything(draw: random.Random, tx: Tx) -> None:
    """Some event, with some sums."""
    event = draw.choice(EVENTS)
    given: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(event).parameters.items())[1:]:
        if name in ANY:
            given[name] = draw.choice(ANY[name])
        elif name in ("amount", "value", "earning", "discount", "held", "share"):
            given[name] = D(draw.randint(1, 99_999_999)) / 100
        elif name in ("sold", "shares"):
            given[name] = [
                postings.Sold(draw.randint(1, 400), 2, D(draw.randint(200, 99_999)) / 100, D("1.50"))
                for _ in range(draw.randint(1, 3))
            ]
        elif name == "fee":
            given[name] = D(draw.randint(1, 9_999)) / 100
        elif name == "commission":
            given[name] = D(draw.randint(0, 100)) / 100
        elif parameter.default is not inspect.Parameter.empty:
            continue
        else:
            given[name] = draw.randint(1, 40)
    if event in (postings.provider_charge, postings.bank_moved, postings.owner_money):
        given["till"] = draw.choice(["mpesa", "mpesa_payouts"])
    event(tx, **given)


def several(draw: random.Random, tx: Tx) -> None:
    for _ in range(10):
        anything(draw, tx)


@proves("INV-1", "DR-1001", "DR-1003")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_happens_in_any_order_with_any_sums_every_entry_and_the_whole_come_to_nought(
    db: Database, clock: FixedClock, seed: int
) -> None:
    draw = random.Random(seed)
    began = clock.now()
    for _hour in range(6):
        for _ in range(5):
            db.run(lambda tx: several(draw, tx))
        clock.advance(hours=1)
        if draw.random() < 0.5:
            db.run(checks.move_on)
    with db.read() as tx:
        uneven = (
            select(JournalEntry.kind)
            .join(LedgerLine)
            .group_by(JournalEntry.entry_id, JournalEntry.kind)
            .having(func.sum(LedgerLine.amount) != D(0))
        )
        assert tx.session.scalars(uneven).all() == []
        assert ledger.total(tx) == 0
        assert checks.faults(tx) == []
        everything = list(reading.postings(tx))
        assert len({posting.kind for posting in everything}) > 20
        sums: dict[str, Decimal] = {}
        for posting in everything:
            sums[posting.account] = sums.get(posting.account, D(0)) + posting.amount
        assert reading.standing(tx) == {name: amount for name, amount in sorted(sums.items()) if amount}
        since, until = began, clock.now()
        middle = since + (until - since) / 2
        for first, last in ((since, middle), (middle, until)):
            opening = reading.before(tx, list(sums), moment=first)
            moved = reading.postings(tx, since=first, until=last)
            assert rules.statement(opening, moved, since=first, until=last) == rules.rebuilt(
                everything, since=first, until=last
            )
