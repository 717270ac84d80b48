"""The desk: parked work, the audit trail, and signs that something has stopped (DR-1801, DR-1803)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core.alarms.models import Alarm
from core.audit import service as audit
from core.audit.models import AuditRow
from core.db import Database, Tx
from core.duties import service as duties
from core.duties.heartbeat import WORKER
from core.duties.models import Duty, Heartbeat
from core.duties.service import MAX_ATTEMPTS, Taken
from core.duties.sweep import in_one, sweep
from core.errors import NotAllowed, WrongState
from core.office import parked, trail, watch
from core.office.errors import DutyUnknown
from core.traffic import service as traffic
from core.users.models import User
from tests.helpers import Cast, FixedClock
from tests.proving import proves


@pytest.fixture
def poison(db: Database, clock: FixedClock) -> int:
    """A duty that was given up on."""

    def broken(db: Database, duty: Taken) -> None:
        raise RuntimeError("no such thing")

    db.run(lambda tx: duties.want(tx, "greet", 7))
    for _attempt in range(MAX_ATTEMPTS):
        assert sweep(db, {"greet": broken}) == 1
        clock.advance(minutes=6)
    with db.read() as tx:
        return tx.session.scalars(select(Duty.duty_id).where(Duty.kind == "greet")).one()


@proves("DR-1803")
def test_poison_is_shown_and_tried_again_with_all_its_attempts(db: Database, cast: Cast, poison: int) -> None:
    with db.read() as tx:
        [seen] = parked.listed(tx, cast.admin.actor)
    assert (seen.kind, seen.subject_id, seen.attempts) == ("greet", 7, MAX_ATTEMPTS)
    assert "no such thing" in seen.error
    for _time in range(2):
        db.run(lambda tx: parked.retry(tx, cast.admin.actor, duty_id=poison, reason="mended"))
    done: list[int] = []
    assert sweep(db, {"greet": in_one(lambda tx, subject: done.append(subject))}) == 1
    assert done == [7]
    with db.read() as tx:
        assert parked.listed(tx, cast.admin.actor) == []
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.what.like("work.%"))).all()
        assert [(r.what, r.record, r.reason) for r in rows] == [("work.retry", f"duty:{poison}", "mended")]


@proves("DR-1803")
def test_poison_is_dropped(db: Database, cast: Cast, poison: int) -> None:
    for _time in range(2):
        db.run(lambda tx: parked.drop(tx, cast.admin.actor, duty_id=poison, reason="gone"))
    assert sweep(db, {"greet": in_one(lambda tx, subject: None)}) == 0
    with db.read() as tx:
        assert parked.listed(tx, cast.admin.actor) == []
        assert tx.session.get_one(Duty, poison).status == "dropped"


@pytest.mark.parametrize(
    ("verb", "end"), [(parked.retry, "dropped"), (parked.drop, "due"), (parked.drop, "done")]
)
def test_only_what_is_parked_is_touched(
    db: Database, cast: Cast, poison: int, verb: Callable[..., Any], end: str
) -> None:
    db.run(lambda tx: tx.session.execute(update(Duty).where(Duty.duty_id == poison).values(status=end)))
    with pytest.raises(WrongState):
        db.run(lambda tx: verb(tx, cast.admin.actor, duty_id=poison, reason=""))
    with pytest.raises(DutyUnknown):
        db.run(lambda tx: verb(tx, cast.admin.actor, duty_id=999_999, reason=""))


def test_only_admins_see_the_desk(db: Database, cast: Cast, poison: int) -> None:
    for person in (cast.customer, cast.farmer, cast.rider):
        with db.read() as tx:
            for read in (parked.listed, trail.listed):
                with pytest.raises(NotAllowed):
                    read(tx, person.actor)
        for verb in (parked.retry, parked.drop):
            with pytest.raises(NotAllowed):
                db.run(
                    lambda tx, v=verb, a=person.actor: v(tx, a, duty_id=poison, reason="")  # type: ignore[misc]
                )


@proves("DR-1801")
def test_the_trail_is_read_by_what_record_person_and_page(
    db: Database, cast: Cast, clock: FixedClock
) -> None:
    def write(tx: Tx) -> None:
        for number in range(3):
            audit.record(tx, cast.admin.actor, what="test.one", record=f"thing:{number}")
        audit.record(tx, cast.farmer.actor, what="test.two", record="thing:0")

    db.run(write)
    clock.advance(hours=1)
    db.run(lambda tx: audit.record(tx, cast.admin.actor, what="test.one", record="thing:9"))

    def seen(**how: Any) -> list[tuple[str, str]]:
        with db.read() as tx:
            return [(row.what, row.record) for row in trail.listed(tx, cast.admin.actor, **how)]

    assert seen(what="test.")[:2] == [("test.one", "thing:9"), ("test.two", "thing:0")]
    assert len(seen(what="test.one")) == 4
    assert seen(what="test_") == [], "a sign that SQL knows is only a sign"
    assert seen(record="thing:0") == [("test.two", "thing:0"), ("test.one", "thing:0")]
    assert seen(user_id=cast.farmer.id, what="test.") == [("test.two", "thing:0")]
    assert seen(since=clock.now() - timedelta(minutes=1), what="test.") == [("test.one", "thing:9")]
    with db.read() as tx:
        newest = trail.listed(tx, cast.admin.actor, what="test.")[0]
    assert ("test.one", "thing:9") not in seen(before=newest.audit_id)


@proves("DR-222")
@pytest.mark.parametrize(("scope", "may"), [("auditor", True), ("support", False)])
def test_an_auditor_reads_the_trail_and_support_does_not(
    db: Database, cast: Cast, scope: str, may: bool
) -> None:
    db.run(
        lambda tx: tx.session.execute(
            update(User).where(User.user_id == cast.admin.id).values(staff_scope=scope)
        )
    )
    with db.read() as tx:
        if may:
            trail.listed(tx, cast.admin.actor)
        else:
            with pytest.raises(NotAllowed):
                trail.listed(tx, cast.admin.actor)


def alarms(db: Database) -> list[tuple[str, str, bool]]:
    db.run(lambda tx: watch.watch_signs(tx, 0))
    with db.read() as tx:
        rows = tx.session.scalars(select(Alarm).order_by(Alarm.alarm_id))
        return [(row.kind, row.subject, row.cleared_at is None) for row in rows]


@proves("DR-1803")
def test_a_silent_worker_is_an_alarm_until_it_is_heard_again(db: Database, clock: FixedClock) -> None:
    def beat(tx: Tx) -> None:
        tx.session.merge(Heartbeat(part=WORKER, at=tx.now))

    assert alarms(db) == [], "one that never was is not silent"
    db.run(beat)
    clock.advance(minutes=4)
    assert alarms(db) == []
    clock.advance(minutes=2)
    assert alarms(db) == [("worker_silent", "worker", True)]
    db.run(beat)
    assert alarms(db) == [("worker_silent", "worker", False)]


@proves("DR-1803")
def test_a_kind_of_callback_that_used_to_come_and_stops_is_an_alarm(db: Database, clock: FixedClock) -> None:
    for number in range(watch.BUSY):
        db.run(lambda tx, n=number: traffic.record(tx, direction="in", kind="sms", session=str(n)))  # type: ignore[misc]
    db.run(lambda tx: traffic.record(tx, direction="in", kind="stk"))
    clock.advance(hours=23)
    assert alarms(db) == []
    clock.advance(hours=2)
    assert alarms(db) == [("callback_silent", "sms", True)], "one payment makes no daily kind"
    db.run(lambda tx: traffic.record(tx, direction="in", kind="sms"))
    assert alarms(db) == [("callback_silent", "sms", False)]
