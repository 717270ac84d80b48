"""One inbound thing is one transaction, alike on SQLite and MariaDB."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from core.db import Database, Tx
from core.duties.models import Heartbeat
from core.ledger.models import JournalEntry, LedgerLine
from core.settings.models import SystemSetting
from core.settings.service import initialize_default_settings
from tests.helpers import DEMO_MOMENT, FixedClock


def test_a_forgotten_error_leaves_nothing_behind(db: Database) -> None:
    def half(tx: Tx) -> None:
        tx.session.add(Heartbeat(part="half", at=tx.now))
        tx.flush()
        raise RuntimeError("the building shook")

    with pytest.raises(RuntimeError):
        db.run(half)
    with db.read() as tx:
        assert tx.session.get(Heartbeat, "half") is None


def test_a_moment_keeps_its_instant_and_a_naive_one_is_refused(db: Database) -> None:
    east = timezone(timedelta(hours=3))
    db.run(lambda tx: tx.session.add(Heartbeat(part="east", at=datetime(2025, 6, 24, 3, 0, 0, 250, east))))
    with db.read() as tx:
        row = tx.session.get(Heartbeat, "east")
        assert row is not None
        assert row.at == datetime(2025, 6, 24, 0, 0, 0, 250, UTC)
    with pytest.raises(StatementError, match="naive"):
        db.run(lambda tx: tx.session.add(Heartbeat(part="west", at=datetime(2025, 6, 24))))  # noqa: DTZ001


@pytest.mark.parametrize("amount", ["0.01", "1.01", "9999999999.99", "-400.00"])
def test_money_comes_back_to_the_cent(db: Database, amount: str) -> None:
    """DR-101"""

    def post(tx: Tx) -> None:
        entry = JournalEntry(kind="test", source_id=amount, at=tx.now)
        entry.lines = [LedgerLine(account="mpesa", amount=Decimal(amount))]
        tx.session.add(entry)

    db.run(post)
    with db.read() as tx:
        assert tx.session.scalar(select(LedgerLine.amount)) == Decimal(amount)


@pytest.mark.parametrize("amount", [Decimal("10000000000.00"), Decimal("1.005"), 1.5])
def test_money_that_does_not_fit_is_refused_alike_on_both(db: Database, amount: object) -> None:
    """DR-101"""
    with pytest.raises(StatementError):
        db.run(lambda tx: tx.session.add(LedgerLine(entry_id=1, account="mpesa", amount=amount)))


def test_two_first_writers_of_one_key_end_as_one_row(db: Database) -> None:
    together = threading.Barrier(2)
    runs: list[str] = []

    def write(name: str) -> None:
        waited = False

        def work(tx: Tx) -> None:
            nonlocal waited
            runs.append(name)
            if tx.session.get(SystemSetting, "commission.percent") is None:
                if not waited and db.engine.dialect.name != "sqlite":
                    waited = True
                    together.wait(5)
                tx.session.add(SystemSetting(name="commission.percent", value="9.00", updated_at=tx.now))

        db.run(work)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with db.read() as tx:
        assert len(tx.session.scalars(select(SystemSetting)).all()) == 1


def test_a_unit_that_keeps_failing_is_given_up_after_three_times(db: Database) -> None:
    """R9"""
    db.run(lambda tx: tx.session.add(Heartbeat(part="one", at=tx.now)))
    tries = []

    def again(tx: Tx) -> None:
        tries.append(1)
        tx.session.execute(text("INSERT INTO heartbeats (part, at) VALUES ('one', '2025-06-24 00:00:00')"))

    with pytest.raises(IntegrityError):
        db.run(again)
    assert len(tries) == 3


def test_reading_takes_no_write_lock(db: Database) -> None:
    with db.read() as reading:
        reading.session.scalar(select(Heartbeat.part))
        db.run(lambda tx: tx.session.add(Heartbeat(part="written meanwhile", at=tx.now)))


def test_default_settings_are_added_and_never_overwritten(db: Database) -> None:
    """DR-1701"""
    db.run(
        lambda tx: tx.session.add(SystemSetting(name="commission.percent", value="7.50", updated_at=tx.now))
    )
    added = db.run(initialize_default_settings)
    assert added > 140
    assert db.run(initialize_default_settings) == 0
    db.parts.settings.refresh(db.engine, now=True)
    assert db.parts.settings.value("commission.percent") == Decimal("7.50")
    assert db.parts.settings.value("delivery.base_fee") == Decimal("50.00")


def test_a_transaction_has_one_moment(db: Database, clock: FixedClock) -> None:
    def work(tx: Tx) -> datetime:
        clock.advance(seconds=30)
        return tx.now

    assert db.run(work) == DEMO_MOMENT
