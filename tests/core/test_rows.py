"""Rows written past the unit of work are as good as others: keys, defaults, once where a key says so."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import rows
from core.db import Database, Tx
from core.duties.models import Duty


def duty(tx: Tx, key: str, kind: str | None = "read_sms") -> Duty:
    return Duty(kind=kind, subject_id=1, key=key, due_at=tx.now, created_at=tx.now)


def keys(db: Database) -> list[str]:
    with db.read() as tx:
        return list(tx.session.scalars(select(Duty.key).order_by(Duty.duty_id)))


def test_an_added_row_has_its_key_and_its_defaults(db: Database) -> None:
    def work(tx: Tx) -> Duty:
        row = duty(tx, "a")
        rows.add(tx, row)
        assert tx.session.get(Duty, row.duty_id) is row
        return row

    row = db.run(work)
    assert row.duty_id > 0
    assert (row.status, row.attempts, row.lease, row.lease_until, row.done_at) == ("due", 0, "", None, None)


def test_an_added_row_can_be_changed_like_any_other(db: Database) -> None:
    def work(tx: Tx) -> None:
        row = duty(tx, "a")
        rows.add(tx, row)
        row.key = "b"

    db.run(work)
    assert keys(db) == ["b"]


def test_what_is_there_already_is_not_added_and_the_transaction_goes_on(db: Database) -> None:
    db.run(lambda tx: rows.add(tx, duty(tx, "a")))

    def work(tx: Tx) -> list[bool]:
        return [rows.add_once(tx, duty(tx, key), Duty.key) for key in ("b", "a", "b", "c")]

    assert db.run(work) == [True, False, False, True]
    assert sorted(keys(db)) == ["a", "b", "c"]


def test_what_is_refused_for_another_reason_is_raised(db: Database) -> None:
    with pytest.raises(IntegrityError):
        db.run(lambda tx: rows.add_once(tx, duty(tx, "a", kind=None), Duty.key), attempts=1)
    assert keys(db) == []
