"""Forgetting by night: words go in time, figures stay, the audit counts (DR-1903)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.clock import nairobi
from core.db import Database, Tx
from core.duties import timetable
from core.duties.models import Duty
from core.notifications.models import Notification
from core.outbox.models import OutboxMessage
from core.privacy import retention
from core.traffic import service as traffic
from core.traffic.models import Callback
from core.users.models import OneTimeCode
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.proving import proves


def night(shop: Shop, clock: FixedClock) -> dict[str, int]:
    """The timetable makes the duty, the sweep does it after half past two; what the audit counted."""
    timetable.ensure(shop.db)
    at = nairobi(clock.now())
    clock.set((at + timedelta(days=1)).replace(hour=3, minute=0))
    shop.sweep()
    with shop.db.read() as tx:
        rows = tx.session.scalars(
            select(AuditRow).where(AuditRow.what == "retention.run").order_by(AuditRow.audit_id)
        ).all()
        return dict(rows[-1].changes)


def callback(db: Database, kind: str, direction: str = "in") -> None:
    db.run(lambda tx: traffic.record(tx, direction=direction, kind=kind, request={"text": "habari"}))


def kinds(db: Database) -> list[str]:
    with db.read() as tx:
        return sorted(tx.session.scalars(select(Callback.kind)))


@proves("DR-1903", "DR-1802")
def test_what_was_dialled_goes_after_thirty_days_and_callbacks_after_ninety(
    shop: Shop, clock: FixedClock
) -> None:
    for kind in ("ussd", "ussd-event", "sms", "stk"):
        callback(shop.db, kind)
    clock.advance(days=28)
    assert "ussd" not in night(shop, clock)
    clock.advance(days=1)
    counted = night(shop, clock)
    assert counted["ussd"] == 2
    assert kinds(shop.db) == ["sms", "stk"]
    clock.advance(days=58)
    assert "callbacks" not in night(shop, clock)
    clock.advance(days=1)
    assert night(shop, clock)["callbacks"] == 2
    assert kinds(shop.db) == []


@proves("DR-1903")
def test_the_words_of_texts_go_and_the_rows_stay(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    shop.paid_order()
    clock.advance(days=181)
    counted = night(shop, clock)
    with shop.db.read() as tx:
        old = OutboxMessage.created_at < tx.now - timedelta(days=180)
        rows = tx.session.scalars(select(OutboxMessage).where(old)).all()
        assert rows
        assert all(row.values == {} for row in rows)
        assert (
            tx.session.scalars(
                select(Notification).where(Notification.created_at < tx.now - timedelta(days=180))
            ).all()
            == []
        )
        assert counted["sms"] == len(rows)
    assert "sms" not in night(shop, clock), "what is forgotten is not forgotten again"


@proves("DR-1903")
def test_codes_are_forgotten_the_next_day(shop: Shop, clock: FixedClock) -> None:
    def code(tx: Tx) -> None:
        tx.session.add(
            OneTimeCode(
                msisdn="+254712000909", purpose="login", digest="d", attempts=0,
                asked_at=tx.now, expires_at=tx.now + timedelta(minutes=10),
            )
        )  # fmt: skip

    shop.db.run(code)
    clock.advance(hours=20)
    assert night(shop, clock)["codes"] == 1
    with shop.db.read() as tx:
        assert tx.session.scalars(select(OneTimeCode)).all() == []


@proves("DR-1903", "DR-1801")
def test_the_audit_and_the_ledger_are_counted_and_never_deleted(shop: Shop, clock: FixedClock) -> None:
    shop.publish()
    shop.paid_order()
    entries = shop.entries()
    clock.advance(days=int(7 * 365.25) + 2)
    counted = night(shop, clock)
    assert counted["old_ledger"] == len(entries)
    assert counted["old_audit"] > 0
    assert shop.entries() == entries
    with shop.db.read() as tx:
        assert len(tx.session.scalars(select(AuditRow)).all()) > counted["old_audit"]


@proves("DR-1903")
def test_it_takes_small_steps_until_nothing_is_left(
    shop: Shop, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _number in range(5):
        callback(shop.db, "ussd")
    clock.advance(days=31)
    assert night(shop, clock)["ussd"] == 5


@proves("DR-1903")
def test_every_night_leaves_its_row_also_when_there_was_nothing(shop: Shop, clock: FixedClock) -> None:
    for _night in range(3):
        night(shop, clock)
    with shop.db.read() as tx:
        runs = tx.session.scalars(select(AuditRow).where(AuditRow.what == "retention.run")).all()
        waiting = tx.session.scalars(select(Duty).where(Duty.kind == "retention", Duty.status == "due")).all()
    assert len(runs) == 3
    assert len(waiting) <= 1
