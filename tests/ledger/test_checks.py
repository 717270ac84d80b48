"""The books checked every night: kept balances, their step, and what a difference does (DR-1003, INV-1)."""

from decimal import Decimal

from sqlalchemy import select, update

from core.alarms.models import Alarm
from core.books import checking as books
from core.db import Database
from core.ledger import checks, postings
from core.ledger import service as ledger
from core.ledger.models import AccountBalance
from tests.helpers import FixedClock
from tests.proving import proves


def pay(db: Database, number: int, amount: str = "100.00") -> None:
    db.run(lambda tx: postings.payment_matched(tx, number, number, Decimal(amount), till="mpesa"))


def kept(db: Database) -> dict[str, str]:
    with db.read() as tx:
        return {row.account: str(row.balance) for row in tx.session.scalars(select(AccountBalance))}


def balance(db: Database, account: str = "mpesa") -> str:
    with db.read() as tx:
        return str(ledger.balance(tx, account))


def night(db: Database, clock: FixedClock) -> list[str]:
    """A day goes by, the nightly check runs; returns the kinds of the ledger's open alarms."""
    clock.advance(hours=24)
    db.run(lambda tx: books.nightly(tx, 0))
    with db.read() as tx:
        return list(
            tx.session.scalars(
                select(Alarm.kind).where(Alarm.cleared_at.is_(None), Alarm.subject == "ledger")
            )
        )


@proves("DR-1003", "INV-1")
def test_kept_balances_move_on_every_night_and_reading_adds_what_came_since(
    db: Database, clock: FixedClock
) -> None:
    pay(db, 1)
    assert night(db, clock) == []
    assert kept(db) == {"mpesa": "100.00", "order_funds:1": "-100.00"}
    pay(db, 2, "50.00")
    assert balance(db) == "150.00"
    assert kept(db)["mpesa"] == "100.00"
    assert night(db, clock) == []
    assert kept(db) == {"mpesa": "150.00", "order_funds:1": "-100.00", "order_funds:2": "-50.00"}
    assert night(db, clock) == []
    assert balance(db) == "150.00"


@proves("DR-1003")
def test_what_may_still_be_in_an_open_transaction_is_left_for_the_next_night(
    db: Database, clock: FixedClock
) -> None:
    pay(db, 1)
    clock.advance(minutes=59)
    assert db.run(checks.move_on) == 0
    clock.advance(minutes=1)
    assert db.run(checks.move_on) == 2
    assert db.run(checks.move_on) == 0


@proves("DR-1003")
def test_a_kept_balance_that_is_wrong_is_an_alarm(db: Database, clock: FixedClock) -> None:
    pay(db, 1)
    night(db, clock)
    db.run(
        lambda tx: tx.session.execute(
            update(AccountBalance).where(AccountBalance.account == "mpesa").values(balance=Decimal("99.99"))
        )
    )
    with db.read() as tx:
        assert checks.wrong_balances(tx) == ["mpesa is kept as 99.99, its lines come to 100.00"]
    assert night(db, clock) == ["ledger_difference"]


@proves("DR-1303")
def test_whom_we_owe_is_known_from_last_night_and_from_today(db: Database, clock: FixedClock) -> None:
    db.run(lambda tx: postings.rider_earning(tx, 1, 1, 31, Decimal("40.00")))
    night(db, clock)
    db.run(lambda tx: postings.rider_earning(tx, 2, 2, 32, Decimal("40.00")))
    with db.read() as tx:
        assert ledger.owners(tx, "rider_due") == [31, 32]
        assert ledger.owners(tx, "farmer_due") == []
