"""What is written once stays as it was written (DR-212, DR-411, DR-706, DR-1001, DR-1801, S17)."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import service as audit
from core.audit.guard import APPEND_ONLY, AppendOnly
from core.audit.models import AuditRow
from core.db import Database, Tx
from core.ledger.models import JournalEntry
from core.schema import METADATA
from core.settings.models import SystemSetting
from tests.proving import proves

ADMIN = Actor(7, "admin", "web", "req-1", "en")


@proves("DR-1801")
def test_a_row_says_who_did_what_to_which_record_and_why(db: Database) -> None:
    def work(tx: Tx) -> None:
        audit.record(
            tx,
            ADMIN,
            what="vehicle.approve",
            record="vehicle:3",
            changes={"vehicle_status": ["pending", "approved"]},
            reason="papers seen",
        )

    db.run(work)
    with db.read() as tx:
        row = tx.session.scalars(select(AuditRow)).one()
        assert row.at == tx.now
    assert (row.user_id, row.role, row.channel, row.request_id) == (7, "admin", "web", "req-1")
    assert (row.what, row.record, row.reason) == ("vehicle.approve", "vehicle:3", "papers seen")
    assert row.changes == {"vehicle_status": ["pending", "approved"]}


def change(session: Session) -> None:
    session.scalars(select(JournalEntry)).one().kind = "something else"
    session.flush()


def remove(session: Session) -> None:
    session.delete(session.scalars(select(JournalEntry)).one())
    session.flush()


def change_all(session: Session) -> None:
    session.execute(update(JournalEntry).values(kind="something else"))


def remove_all(session: Session) -> None:
    session.execute(delete(JournalEntry))


@proves("DR-212")
@pytest.mark.parametrize("fraud", [change, remove, change_all, remove_all])
@proves("DR-1801")
def test_a_written_row_can_neither_be_changed_nor_deleted(
    db: Database, fraud: Callable[[Session], None]
) -> None:
    db.run(lambda tx: tx.session.add(JournalEntry(kind="payment", source_id="1", at=tx.now)))
    with pytest.raises(AppendOnly), db.transaction() as tx:
        fraud(tx.session)
    with db.read() as tx:
        assert tx.session.scalars(select(JournalEntry.kind)).all() == ["payment"]


def test_every_guarded_table_exists() -> None:
    assert set(METADATA.tables) >= set(APPEND_ONLY)


def test_other_tables_may_change(db: Database) -> None:
    db.run(lambda tx: tx.session.add(SystemSetting(name="x", value="1", updated_at=tx.now)))
    db.run(lambda tx: tx.session.execute(update(SystemSetting).values(value="2")))
    db.run(lambda tx: tx.session.execute(delete(SystemSetting)))
