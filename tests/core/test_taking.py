"""Due work is taken once, on both databases, and outlives a process and the broker (R1, R4, R20)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select

from core.db import Database, Tx, make_engine
from core.duties import service as duties
from core.duties.models import Duty
from core.duties.sweep import in_one, sweep
from core.reactions import react
from tests.databases import Store

GREET = frozenset({"greet"})


def wanted(db: Database, *subjects: int) -> None:
    def work(tx: Tx) -> None:
        for subject in subjects:
            duties.want(tx, "greet", subject)

    db.run(work)


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    ran: list[str] = []

    def before(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        ran.append(" ".join(statement.split()))

    for engine in db.engines:
        event.listen(engine, "before_cursor_execute", before)
    try:
        yield ran
    finally:
        for engine in db.engines:
            event.remove(engine, "before_cursor_execute", before)


def test_mariadb_skips_locked_rows_and_both_update_only_what_is_free(db: Database, store: Store) -> None:
    wanted(db, 1)
    with statements(db) as ran:
        assert len(duties.take(db, GREET)) == 1
    [update] = [statement for statement in ran if statement.startswith("UPDATE duties")]
    assert "lease_until IS NULL OR" in update
    assert "duties.status =" in update
    looked = [statement for statement in ran if statement.startswith("SELECT")]
    assert any("SKIP LOCKED" in statement for statement in looked) == (store.kind == "mariadb")


@pytest.mark.parametrize("store", ["mariadb"], indirect=True)
def test_a_row_that_another_process_is_taking_is_passed_by(db: Database) -> None:
    wanted(db, 1, 2)
    with db.transaction() as tx:
        tx.session.execute(select(Duty).where(Duty.subject_id == 1).with_for_update())
        [taken] = duties.take(db, GREET)
        assert taken.subject_id == 2
    assert [duty.subject_id for duty in duties.take(db, GREET)] == [1]


def test_takers_at_a_barrier_share_the_rows_and_none_is_taken_twice(db: Database) -> None:
    wanted(db, *range(30))
    barrier = threading.Barrier(4)
    taken: list[int] = []

    def run() -> None:
        barrier.wait(10)
        while mine := duties.take(db, GREET, 3):
            taken.extend(duty.subject_id for duty in mine)

    threads = [threading.Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == len(set(taken))
    assert set(taken) | {d.subject_id for d in duties.take(db, GREET, 30)} == set(range(30))


def test_what_one_process_wanted_another_does_after_it_has_died(db: Database, store: Store) -> None:
    """No broker, no nudge, no memory of the first process: the row is enough."""

    def no_broker(_due: object) -> None:
        raise ConnectionError

    wanted(db, 7)
    engine = make_engine(store.url)
    reborn = Database(engine, db.parts, react)
    reborn.nudge = no_broker
    done: list[int] = []
    try:
        assert sweep(reborn, {"greet": in_one(lambda tx, subject: done.append(subject))}) == 1
    finally:
        reborn.dispose()
    assert done == [7]
    assert sweep(db, {"greet": in_one(lambda tx, subject: done.append(subject))}) == 0
