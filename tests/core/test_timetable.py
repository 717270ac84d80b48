"""Regular work: always one row that waits for the next time, with the database alone."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from core.clock import nairobi
from core.db import Database, Tx
from core.duties import timetable
from core.duties.models import Duty
from core.duties.service import MAX_ATTEMPTS
from core.duties.sweep import in_one, sweep
from core.duties.timetable import Daily, Every
from core.settings.models import SystemSetting
from tests.helpers import FixedClock

NIGHTLY, RUN, OFTEN = Daily("nightly", "02:30"), Daily("run", "payout.run_local"), Every("often", 5)
LINES = (NIGHTLY, RUN, OFTEN)


def waiting(db: Database) -> dict[str, str]:
    with db.read() as tx:
        found = tx.session.scalars(select(Duty).where(Duty.status == "due")).all()
        assert len({duty.kind for duty in found}) == len(found), "one row each"
        return {duty.kind: nairobi(duty.due_at).strftime("%a %H:%M") for duty in found}


def change(db: Database, value: str) -> None:
    def work(tx: Tx) -> None:
        tx.session.merge(SystemSetting(name="payout.run_local", value=value, updated_at=tx.now))

    db.run(work)
    db.parts.settings.refresh(db.engine, now=True)


def test_each_exists_after_the_start_and_a_second_start_adds_nothing(db: Database) -> None:
    for _start in range(3):
        timetable.ensure(db, LINES)
    assert waiting(db) == {"nightly": "Wed 02:30", "run": "Tue 10:00", "often": "Tue 09:35"}


def test_it_is_done_once_in_its_time_and_comes_back(db: Database, clock: FixedClock) -> None:
    done: list[str] = []
    handlers = {
        kind: in_one(lambda tx, _zero, kind=kind: done.append(kind))  # type: ignore[misc]
        for kind in ("nightly", "run", "often")
    }
    for _minute in range(31):
        timetable.ensure(db, LINES)
        sweep(db, handlers)
        clock.advance(minutes=1)
    timetable.ensure(db, LINES)
    assert sorted(done) == ["often"] * 6 + ["run"]
    assert waiting(db) == {"nightly": "Wed 02:30", "run": "Wed 10:00", "often": "Tue 10:05"}


def test_a_time_that_was_missed_is_made_up_for_once(db: Database, clock: FixedClock) -> None:
    timetable.ensure(db, LINES)
    clock.advance(days=3)  # nothing ran
    done: list[str] = []
    handlers = {"nightly": in_one(lambda tx, _zero: done.append("nightly"))}
    for _pass in range(3):
        timetable.ensure(db, LINES)
        sweep(db, handlers)
    timetable.ensure(db, LINES)
    assert done == ["nightly"]
    assert waiting(db)["nightly"] == "Sat 02:30"


def test_poison_is_parked_and_the_next_night_comes_all_the_same(db: Database, clock: FixedClock) -> None:
    timetable.ensure(db, (NIGHTLY,))
    clock.advance(days=1)

    def poison(tx: Tx, _zero: int) -> None:
        raise RuntimeError("no")

    for _attempt in range(MAX_ATTEMPTS):
        timetable.ensure(db, (NIGHTLY,))
        assert sweep(db, {"nightly": in_one(poison)}) == 1
        clock.advance(minutes=6)
    timetable.ensure(db, (NIGHTLY,))
    assert waiting(db) == {"nightly": "Thu 02:30"}


def test_a_time_that_an_admin_changes_moves_what_waits(db: Database) -> None:
    for value, expected in (("11:15", "Tue 11:15"), ("09:00", "Wed 09:00"), ("11:15", "Tue 11:15")):
        change(db, value)
        timetable.ensure(db, (RUN,))
        assert waiting(db) == {"run": expected}


def test_no_broker_is_needed(db: Database, clock: FixedClock, sweep_until_idle: Callable[..., int]) -> None:
    def no_broker(_due: object) -> None:
        raise AssertionError("the broker is away, and nobody may mind")

    timetable.ensure(db, (OFTEN,))
    db.nudge = no_broker
    clock.advance(minutes=6)
    assert sweep_until_idle(db, {"often": in_one(lambda tx, _zero: None)}) == 1


def test_the_next_time_is_always_ahead(db: Database, clock: FixedClock) -> None:
    for hour in range(48):
        with db.read() as tx:
            for line in LINES:
                ahead = timetable.next_time(tx, line) - tx.now
                assert timedelta() < ahead <= timedelta(days=1), (hour, line)
        clock.advance(hours=1)
