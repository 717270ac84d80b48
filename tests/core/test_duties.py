"""Due work as rows: done once, late rather than never, poison parked (R1, R20, R21)."""

import threading
from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from core.db import Database, Tx
from core.duties import service as duties
from core.duties.models import Duty
from core.duties.service import LEASE, MAX_ATTEMPTS, Taken
from core.duties.sweep import in_one, sweep
from tests.helpers import FixedClock


def wanted(db: Database, *subjects: int, kind: str = "greet", after: timedelta = timedelta()) -> None:
    def work(tx: Tx) -> None:
        for subject in subjects:
            duties.want(tx, kind, subject, at=tx.now + after)

    db.run(work)


def statuses(db: Database) -> dict[int, str]:
    with db.read() as tx:
        return {d.subject_id: d.status for d in tx.session.scalars(select(Duty))}


def test_a_duty_is_one_row_however_often_it_is_wanted(db: Database) -> None:
    wanted(db, 1)
    wanted(db, 1)
    assert statuses(db) == {1: "due"}


def test_nothing_is_done_before_its_time_and_everything_after(db: Database, clock: FixedClock) -> None:
    wanted(db, 1, after=timedelta(minutes=10))
    greeted: list[int] = []
    handlers = {"greet": in_one(lambda tx, subject: greeted.append(subject))}
    assert sweep(db, handlers) == 0
    clock.advance(minutes=11)
    assert sweep(db, handlers) == 1
    assert greeted == [1]
    assert sweep(db, handlers) == 0
    assert statuses(db) == {1: "done"}


def test_a_dropped_duty_is_not_done(db: Database) -> None:
    wanted(db, 1)
    db.run(lambda tx: duties.drop(tx, "greet", 1))
    assert sweep(db, {"greet": in_one(lambda tx, subject: None)}) == 0


def test_many_sweeps_at_once_do_each_duty_once(db: Database) -> None:
    """R1"""
    wanted(db, *range(40))
    done: Counter[int] = Counter()
    handlers = {"greet": in_one(lambda tx, subject: done.update([subject]))}

    def run() -> None:
        while sweep(db, handlers, limit=5):
            pass

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(done.values()) == 40
    assert set(statuses(db).values()) == {"done"}


def test_a_dead_workers_duty_is_taken_again_after_its_lease(db: Database, clock: FixedClock) -> None:
    """R1"""
    wanted(db, 1)
    assert len(duties.take(db, frozenset({"greet"}))) == 1  # and here the worker dies
    assert duties.take(db, frozenset({"greet"})) == []
    clock.advance(seconds=LEASE.total_seconds() + 1)
    [again] = duties.take(db, frozenset({"greet"}))
    assert again.attempts == 2


def test_whoever_lost_the_lease_finishes_nothing(db: Database, clock: FixedClock) -> None:
    """R20"""
    wanted(db, 1)
    [slow] = duties.take(db, frozenset({"greet"}))
    clock.advance(seconds=LEASE.total_seconds() + 1)
    [quick] = duties.take(db, frozenset({"greet"}))
    assert db.run(lambda tx: duties.finish(tx, quick))
    assert not db.run(lambda tx: duties.finish(tx, slow))


def test_poison_is_parked_after_five_attempts_and_the_others_go_on(db: Database, clock: FixedClock) -> None:
    """R21"""
    wanted(db, 1, 2)
    greeted: list[int] = []

    def work(tx: Tx, subject: int) -> None:
        if subject == 1:
            raise RuntimeError("cannot be greeted")
        greeted.append(subject)

    for _ in range(MAX_ATTEMPTS):
        sweep(db, {"greet": in_one(work)})
        clock.advance(minutes=10)
    assert statuses(db) == {1: "parked", 2: "done"}
    assert greeted == [2]
    with db.read() as tx:
        parked = tx.session.scalar(select(Duty).where(Duty.status == "parked"))
        assert parked is not None
        assert parked.error == "RuntimeError: cannot be greeted"
    assert sweep(db, {"greet": in_one(work)}) == 0


def test_a_duty_that_kills_its_worker_is_parked_too(db: Database, clock: FixedClock) -> None:
    """R21"""
    wanted(db, 1)
    for _ in range(MAX_ATTEMPTS):
        assert len(duties.take(db, frozenset({"greet"}))) == 1
        clock.advance(minutes=5)
    sweep(db, {"greet": in_one(lambda tx, subject: None)})
    assert statuses(db) == {1: "parked"}


def test_waiting_on_purpose_does_not_count_as_failing(db: Database, clock: FixedClock) -> None:
    wanted(db, 1)

    def patient(db: Database, duty: Taken) -> None:
        db.run(lambda tx: duties.postpone(tx, duty, tx.now + timedelta(minutes=1)))

    for _ in range(MAX_ATTEMPTS * 2):
        assert sweep(db, {"greet": patient}) == 1
        clock.advance(minutes=2)
    assert statuses(db) == {1: "due"}
