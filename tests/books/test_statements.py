"""Statements of a person and of a day, and the same once more from the postings alone (DR-1003)."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.books import statements
from core.books.statements import Statement
from core.clock import nairobi_date
from core.errors import BadInput, NotAllowed
from core.ledger import checks, postings, reading
from core.ledger.models import JournalEntry
from tests.helpers import FixedClock, Person
from tests.orders.shop import Shop
from tests.payouts.till import approve_first, earn, payouts, run, send
from tests.proving import proves
from web import sheets


def of(shop: Shop, person: Person | None, first: date, last: date | None = None) -> Statement:
    with shop.db.read() as tx:
        admin = shop.cast.admin.actor
        if person is None:
            return statements.of_day(tx, admin, day=first)
        return statements.of_person(tx, admin, user_id=person.id, first=first, last=last or first)


def told(statement: Statement) -> list[tuple[str, str, str, str]]:
    """Each line: what, account, amount, balance after it."""
    return [
        (line.kind or line.what, line.account.partition(":")[0], str(line.amount), str(line.balance))
        for line in statement.lines
    ]


def today(shop: Shop, clock: FixedClock) -> date:
    return nairobi_date(clock.now())


@proves("DR-1304", "DR-1003")
def test_a_farmers_days_from_the_sale_to_the_payout(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    first = today(shop, clock)
    earn(shop, clock)
    sold_until = today(shop, clock)
    clock.advance(hours=24)
    run(shop)
    approve_first(shop)
    (payout,) = payouts(shop, shop.cast.farmer)
    send(shop, payout)
    paid_on = today(shop, clock)
    farmer = shop.cast.farmer
    assert told(of(shop, farmer, first, sold_until)) == [
        ("opening", "farmer_due", "0.00", "0.00"),
        ("delivered_item", "farmer_due", "-360.00", "-360.00"),
        ("closing", "farmer_due", "0.00", "-360.00"),
    ]
    assert told(of(shop, farmer, paid_on)) == [
        ("opening", "farmer_due", "0.00", "-360.00"),
        ("opening", "payout_clearing", "0.00", "0.00"),
        ("payout_started", "farmer_due", "360.00", "0.00"),
        ("payout_started", "payout_clearing", "-360.00", "-360.00"),
        ("payout_paid", "payout_clearing", "360.00", "0.00"),
        ("closing", "farmer_due", "0.00", "0.00"),
        ("closing", "payout_clearing", "0.00", "0.00"),
    ]
    assert told(of(shop, farmer, paid_on + timedelta(days=1))) == []


@proves("DR-1003")
def test_what_the_postings_alone_rebuild_is_the_statement_to_the_letter(
    shop: Shop, clock: FixedClock
) -> None:
    """With the kept balances moved on in between, which the rebuilding never looks at."""
    shop.publish()
    first = today(shop, clock)
    earn(shop, clock, "sms-1")
    shop.db.run(checks.move_on)
    shop.paid_order(key="sms-2")
    clock.advance(hours=24)
    shop.db.run(checks.move_on)
    earn(shop, clock, "sms-3")
    run(shop)
    cast = shop.cast
    days = [first + timedelta(days=n) for n in range((today(shop, clock) - first).days + 2)]
    for person in (None, cast.farmer, cast.customer, cast.rider):
        for begin in days:
            for end in [begin] if person is None else days:
                if end < begin:
                    continue
                made = of(shop, person, begin, end)
                with shop.db.read() as tx:
                    again = statements.rebuild(tx, made)
                assert again == list(made.lines), (person and person.user.user_role, begin, end)
    with shop.db.read() as tx:
        everything = list(reading.postings(tx))
    by_day = [line for day in days for line in of(shop, None, day).lines if line.what == "posting"]
    assert [(p.entry_id, p.account, p.amount) for p in everything] == [
        (line.entry_id, line.account, line.amount) for line in by_day
    ], "each posting stands in the statement of exactly one day"


@proves("DR-1003")
def test_a_days_file_alone_gives_every_persons_statement(shop: Shop, clock: FixedClock) -> None:
    """Whoever has the files of all days needs us no more."""
    shop.publish()
    first = today(shop, clock)
    earn(shop, clock)
    last = today(shop, clock)
    files = [
        sheets.of_statement(of(shop, None, first + timedelta(days=n))) for n in range((last - first).days + 1)
    ]
    rows = [row for file in files for row in csv.DictReader(io.StringIO(file))]
    account = f"farmer_due:{shop.cast.farmer.id}"
    mine = [r for r in rows if r["account"] == account and r["event"] not in ("opening", "closing")]
    total = sum((Decimal(r["debit"] or 0) - Decimal(r["credit"] or 0) for r in mine), Decimal(0))
    closing = of(shop, shop.cast.farmer, first, last).lines[-1].balance
    assert total == closing == Decimal("-360.00")
    moved = [r for r in rows if r["event"] not in ("opening", "closing")]
    assert sum(Decimal(r["debit"] or 0) - Decimal(r["credit"] or 0) for r in moved) == 0


@proves("DR-1003")
def test_the_file_as_a_spreadsheet_opens_it(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()
    day = date(2025, 6, 24)
    with shop.db.read() as tx:
        entry, source = tx.session.execute(select(JournalEntry.entry_id, JournalEntry.source_id)).one()
    assert sheets.of_statement(of(shop, shop.cast.customer, day)).split("\r\n") == [
        "day,time,entry,event,source,order,account,debit,credit,balance",
        f"2025-06-24,00:00:00,,opening,,{order.order_number},order_funds:{order.order_id},,,0.00",
        f"2025-06-24,09:30:00,{entry},payment,{source},{order.order_number},order_funds:{order.order_id},,499.00,-499.00",
        f"2025-06-25,00:00:00,,closing,,{order.order_number},order_funds:{order.order_id},,,-499.00",
        "",
    ]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"), ("+254712", "'+254712"), ("@SUM(A1)", "'@SUM(A1)"), ("-2+3", "'-2+3"),
        ("-400.00", "-400.00"), ("\tx", "'\tx"), ("\r=1", "'\r=1"), ("payment", "payment"), ("", ""),
        ("-1.00=1", "'-1.00=1"),
    ],
)  # fmt: skip
def test_no_cell_becomes_a_formula(cell: str, shown: str) -> None:
    assert sheets.safe(cell) == shown


@proves("DR-1801")
def test_a_bank_reference_that_is_a_formula_stays_words_and_the_export_is_in_the_audit(shop: Shop) -> None:
    shop.db.run(lambda tx: postings.float_moved(tx, "=HYPERLINK(1)", Decimal("50.00")))
    day = date(2025, 6, 24)
    made = shop.db.run(
        lambda tx: statements.export(tx, shop.cast.admin.actor, user_id=None, first=day, last=day)
    )
    assert "'=HYPERLINK(1)" in sheets.of_statement(made)
    with shop.db.read() as tx:
        row = tx.session.scalars(select(AuditRow).where(AuditRow.what == "books.export")).one()
    assert (row.user_id, row.record) == (shop.cast.admin.id, "books")


def test_the_file_of_everybody_is_of_the_last_day_asked_for_like_the_page(shop: Shop) -> None:
    first, last = date(2025, 6, 22), date(2025, 6, 24)
    made = shop.db.run(
        lambda tx: statements.export(tx, shop.cast.admin.actor, user_id=None, first=first, last=last)
    )
    assert (made.first, made.last) == (last, last)
    with shop.db.read() as tx:
        row = tx.session.scalars(select(AuditRow).where(AuditRow.what == "books.export")).one()
    assert row.changes == {"first": "2025-06-24", "last": "2025-06-24"}


@proves("DR-222")
def test_statements_are_for_those_who_may_read_money_and_of_a_year_at_most(shop: Shop) -> None:
    day = date(2025, 6, 24)
    with shop.db.read() as tx:
        with pytest.raises(NotAllowed):
            statements.of_day(tx, shop.cast.farmer.actor, day=day)
        for first, last in ((day, day - timedelta(days=1)), (day - timedelta(days=400), day)):
            with pytest.raises(BadInput):
                statements.of_person(
                    tx, shop.cast.admin.actor, user_id=shop.cast.farmer.id, first=first, last=last
                )
