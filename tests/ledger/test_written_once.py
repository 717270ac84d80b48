"""What is written once stays: the database itself refuses, past every session (DR-1001, DR-212)."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.actor import system
from core.audit import service as audit
from core.audit import triggers
from core.audit.guard import APPEND_ONLY
from core.books import importing, reconciling
from core.db import Database
from core.privacy import retention
from core.schema import METADATA
from tests.databases import Store
from tests.helpers import Cast, FixedClock
from tests.orders.shop import Shop
from tests.proving import proves


@pytest.fixture
def filled(db: Database, shop: Shop) -> Database:
    """At least one row in every table that is written once."""
    shop.publish()
    shop.paid_order()
    db.run(lambda tx: reconciling.balance_told(tx, till="mpesa", amount=Decimal("499.00"), at=tx.now))
    file = "Receipt No.,Completion Time,Paid In,Withdrawn\nTFO1AA11AA,2025-06-24 09:31:00,499.00,\n"
    importing.take(db, shop.cast.admin.actor, till="mpesa", text=file)
    return db


WAYS = (
    "UPDATE {table} SET {key} = {key}",
    "UPDATE {table} SET {key} = {key} + 1000000",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE {key} > 0",
    "REPLACE INTO {table} SELECT * FROM {table}",
)
MAKING = (
    "TRUNCATE TABLE ledger_lines",
    "DROP TABLE ledger_lines",
    "ALTER TABLE ledger_lines DROP COLUMN amount",
    "DROP TRIGGER ledger_lines_kept_update",
    "CREATE TRIGGER mine BEFORE INSERT ON ledger_lines FOR EACH ROW SET NEW.amount = 0",
    "CREATE TABLE mine (id INT)",
    "CREATE INDEX mine ON ledger_lines (amount)",
    "RENAME TABLE ledger_lines TO mine",
    "GRANT TRIGGER ON *.* TO CURRENT_USER",
)


@proves("DR-1001", "DR-212", "DR-1801")
def test_the_applications_own_user_can_neither_change_nor_delete(filled: Database, store: Store) -> None:
    for table, key in APPEND_ONLY.items():
        for way in WAYS:
            with store.engine.connect() as connection, pytest.raises(DBAPIError, match="is written once"):
                connection.execute(text(way.format(table=table, key=key)))


@proves("DR-1001")
def test_saying_to_be_the_keeper_does_not_make_the_applications_user_one(
    filled: Database, store: Store
) -> None:
    if store.kind == "sqlite":
        return  # one user, one file: who can say so can change the file as well
    with store.engine.connect() as connection:
        connection.execute(text("SET @tunda_keeper = 1"))
        with pytest.raises(DBAPIError, match="is written once"):
            connection.execute(text("DELETE FROM ledger_lines"))


@proves("DR-1001")
def test_the_applications_own_user_makes_and_drops_nothing(filled: Database, store: Store) -> None:
    if store.kind == "sqlite":
        return  # it has no users
    for statement in MAKING:
        with store.engine.connect() as connection, pytest.raises(DBAPIError, match="denied"):
            connection.exec_driver_sql(statement)


@proves("DR-1003")
def test_every_night_the_locks_are_tried(filled: Database, store: Store) -> None:
    with filled.transaction() as tx:
        assert triggers.not_locked(tx.session) == []
    with store.keeper.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_lines_kept_delete")
    try:
        with filled.transaction() as tx:
            assert triggers.not_locked(tx.session) == ["ledger_lines: delete"]
    finally:
        with store.keeper.begin() as connection:
            assert triggers.set_up(connection) == 1
            assert triggers.set_up(connection) == 0


@proves("DR-1903")
def test_the_keeper_alone_forgets_the_audit_trail_after_its_years(
    db: Database, store: Store, clock: FixedClock, cast: Cast
) -> None:
    def audited() -> list[str]:
        with store.engine.connect() as connection:
            return list(connection.scalars(text("SELECT what FROM audit_log ORDER BY audit_id")))

    with store.keeper.begin() as connection:
        connection.execute(text("DELETE FROM audit_log"))
    db.run(lambda tx: audit.record(tx, system("job"), what="old", record="x"))
    clock.advance(hours=24 * 366 * 7)
    db.run(lambda tx: audit.record(tx, system("job"), what="young", record="x"))
    with pytest.raises(DBAPIError, match="is written once"):
        retention.prune(db)
    keeper = Database(store.keeper, db.parts, lambda tx, happened: None)
    assert retention.prune(keeper) == 1
    assert audited() == ["young", "retention.prune"]
    assert retention.prune(keeper) == 0


def test_what_is_written_once_is_a_table_with_that_key() -> None:
    assert {name: [c.name for c in METADATA.tables[name].primary_key] for name in APPEND_ONLY} == {
        name: [key] for name, key in APPEND_ONLY.items()
    }
