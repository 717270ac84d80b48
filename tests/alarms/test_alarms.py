"""Alarms: one open row, counted, texted hourly until somebody has seen it (DR-1803)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from core.actor import system
from core.alarms import service as alarms
from core.alarms.errors import AlarmUnknown
from core.alarms.models import Alarm
from core.alarms.rules import KINDS
from core.audit.models import AuditRow
from core.db import Database, Tx
from core.duties import service as duties
from core.duties.service import MAX_ATTEMPTS
from core.duties.sweep import sweep
from core.errors import NotAllowed
from core.outbox.models import OutboxMessage
from core.settings.models import SystemSetting
from core.users.models import User
from locales.messages import MESSAGES
from tests.helpers import ADMIN, Cast, FixedClock
from tests.proving import proves

STRANGER = "+254712000999"


def raised(db: Database, kind: str = "unknown_money", subject: str = "payment:45") -> None:
    db.run(lambda tx: alarms.raise_alarm(tx, kind, subject, order_id=7))


def rows(db: Database) -> list[Alarm]:
    with db.read() as tx:
        return list(tx.session.scalars(select(Alarm).order_by(Alarm.alarm_id)))


def phones(db: Database, numbers: str) -> None:
    def work(tx: Tx) -> None:
        tx.session.add(SystemSetting(name="alarm.phones", value=numbers, updated_at=tx.now))

    db.run(work)
    db.parts.settings.refresh(db.engine, now=True)


def texts(db: Database) -> list[tuple[str, str, str]]:
    with db.read() as tx:
        query = (
            select(OutboxMessage).where(OutboxMessage.code.like("alarm%")).order_by(OutboxMessage.outbox_id)
        )
        return [(m.msisdn, m.code, m.values["count"]) for m in tx.session.scalars(query)]


@proves("DR-1803")
def test_the_same_alarm_is_one_open_row_that_counts(db: Database, clock: FixedClock) -> None:
    raised(db)
    began = clock.now()
    clock.advance(minutes=7)
    raised(db)
    raised(db, subject="payment:46")
    first, other = rows(db)
    assert (first.kind, first.subject, first.count, other.count) == ("unknown_money", "payment:45", 2, 1)
    assert (first.first_at, first.last_at) == (began, clock.now())


def test_a_kind_that_nobody_knows_is_our_own_fault(db: Database) -> None:
    with pytest.raises(KeyError):
        raised(db, kind="gossip")


@proves("DR-1803")
def test_an_admin_sees_and_clears_and_the_next_one_is_a_new_row(db: Database, cast: Cast) -> None:
    raised(db)
    alarm_id = rows(db)[0].alarm_id
    for _time in range(2):
        db.run(lambda tx: alarms.acknowledge(tx, cast.admin.actor, alarm_id=alarm_id))
    raised(db)
    assert [(a.count, a.acknowledged_by) for a in rows(db)] == [(2, cast.admin.id)]
    for _time in range(2):
        db.run(lambda tx: alarms.clear(tx, cast.admin.actor, alarm_id=alarm_id, reason="matched by hand"))
    assert rows(db)[0].cleared_by == cast.admin.id
    raised(db)
    assert [a.count for a in rows(db)] == [2, 1]
    with db.read() as tx:
        assert [a.alarm_id for a in alarms.listed(tx, cast.admin.actor)] == [rows(db)[1].alarm_id]
        assert len(alarms.listed(tx, cast.admin.actor, only_open=False)) == 2
        written = tx.session.scalars(select(AuditRow.what).where(AuditRow.what.like("alarm.%"))).all()
    assert written == ["alarm.acknowledge", "alarm.clear"]


@pytest.mark.parametrize("verb", [alarms.acknowledge, alarms.clear])
def test_only_admins_touch_alarms_and_only_those_there_are(
    db: Database, cast: Cast, verb: Callable[..., Any]
) -> None:
    raised(db)
    for person in (cast.farmer, cast.customer, cast.rider):
        with pytest.raises(NotAllowed):
            db.run(lambda tx, a=person.actor: verb(tx, a, alarm_id=1))  # type: ignore[misc]
        with db.read() as tx, pytest.raises(NotAllowed):
            alarms.listed(tx, person.actor)
    with pytest.raises(NotAllowed):
        db.run(lambda tx: verb(tx, system("job"), alarm_id=1))
    with pytest.raises(AlarmUnknown):
        db.run(lambda tx: verb(tx, cast.admin.actor, alarm_id=999_999))


def test_an_auditor_reads_alarms_and_acknowledges_none(db: Database, cast: Cast) -> None:
    """DR-222."""
    raised(db)
    db.run(
        lambda tx: tx.session.execute(
            update(User).where(User.user_id == cast.admin.id).values(staff_scope="auditor")
        )
    )
    with db.read() as tx:
        assert len(alarms.listed(tx, cast.admin.actor)) == 1
    with pytest.raises(NotAllowed):
        db.run(lambda tx: alarms.acknowledge(tx, cast.admin.actor, alarm_id=1))


@proves("DR-1803")
def test_it_is_texted_at_once_then_hourly_until_it_was_seen(
    db: Database, cast: Cast, clock: FixedClock, sweep_until_idle: Callable[..., int]
) -> None:
    phones(db, "0712 000 404, 0712000999")
    raised(db)
    sweep_until_idle(db)
    both = [(ADMIN, "alarm_unknown_money", "1"), (STRANGER, "alarm_unknown_money", "1")]
    assert texts(db) == both
    clock.advance(minutes=59)
    raised(db)
    sweep_until_idle(db)
    assert texts(db) == both, "not twice within the hour"
    clock.advance(minutes=2)
    sweep_until_idle(db)
    assert texts(db)[2:] == [(ADMIN, "alarm_unknown_money", "2"), (STRANGER, "alarm_unknown_money", "2")]
    db.run(lambda tx: alarms.acknowledge(tx, cast.admin.actor, alarm_id=rows(db)[0].alarm_id))
    clock.advance(hours=5)
    raised(db)
    sweep_until_idle(db)
    assert len(texts(db)) == 4


def test_with_no_phone_to_text_the_row_still_stands(
    db: Database, sweep_until_idle: Callable[..., int]
) -> None:
    raised(db)
    sweep_until_idle(db)
    assert texts(db) == []
    assert len(rows(db)) == 1


def test_what_comes_right_by_itself_is_cleared_by_nobody(db: Database) -> None:
    raised(db, kind="worker_silent", subject="worker")
    assert db.run(lambda tx: alarms.settle(tx, "worker_silent", "worker"))
    assert not db.run(lambda tx: alarms.settle(tx, "worker_silent", "worker"))
    assert rows(db)[0].cleared_at is not None
    assert rows(db)[0].cleared_by is None


@proves("DR-1803")
def test_work_that_is_parked_raises_an_alarm(db: Database, clock: FixedClock) -> None:
    def poison(db: Database, duty: duties.Taken) -> None:
        raise RuntimeError("no")

    db.run(lambda tx: duties.want(tx, "greet", 1))
    for _attempt in range(MAX_ATTEMPTS):
        assert rows(db) == []
        assert sweep(db, {"greet": poison}) == 1
        clock.advance(minutes=6)
    assert [(a.kind, a.subject) for a in rows(db)] == [("parked_work", "greet")]


def test_the_figure_names_every_kind(db: Database) -> None:
    raised(db)
    with db.read() as tx:
        figures = alarms.open_by_kind(tx)
    assert figures.keys() == KINDS.keys()
    assert figures["unknown_money"] == 1
    assert sum(figures.values()) == 1


def test_every_kind_has_its_text() -> None:
    assert {f"alarm_{kind}" for kind in KINDS} <= MESSAGES.keys()
