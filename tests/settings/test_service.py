"""Settings are read and changed by admins, audited, and in force within a minute (DR-1701, DR-1702)."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import time as time_of_day
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from core.actor import Actor, system
from core.audit.models import AuditRow
from core.db import Database, Tx
from core.errors import DomainError, NotAllowed
from core.reactions import react
from core.settings import service as settings
from core.settings.cache import SettingsCache, UnknownSetting
from core.settings.defaults import DEFINITIONS
from core.settings.errors import SettingRefused, SettingUnknown
from core.settings.models import SystemSetting
from core.users.models import User
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.proving import proves

Change = Callable[[str, str], settings.SettingView]


@pytest.fixture
def change(db: Database, cast: Cast) -> Change:
    """The admin gives a setting a value; this process knows at once."""

    def work(name: str, value: str) -> settings.SettingView:
        view = db.run(lambda tx: settings.change(tx, cast.admin.actor, name=name, value=value))
        db.parts.settings.refresh(db.engine, now=True)
        return view

    return work


def value(db: Database, name: str) -> object:
    with db.read() as tx:
        return tx.setting(name)


@proves("DR-1701")
def test_the_defaults_are_added_once_and_never_overwrite(db: Database, change: Change) -> None:
    change("order.max_unpaid", "5")
    assert db.run(settings.initialize_default_settings) == len(DEFINITIONS) - 1
    assert db.run(settings.initialize_default_settings) == 0
    db.parts.settings.refresh(db.engine, now=True)
    assert value(db, "order.max_unpaid") == 5
    assert value(db, "payout.run_local") == time_of_day(10, 0)


@proves("DR-1702")
def test_an_admin_changes_a_setting_and_the_audit_has_old_and_new(
    db: Database, cast: Cast, change: Change
) -> None:
    view = change("commission.percent", "7.5")
    assert (view.value, view.default, view.low, view.high) == ("7.50", "10.00", Decimal(0), Decimal(50))
    assert value(db, "commission.percent") == Decimal("7.50")
    change("commission.percent", "7.50")  # the same again
    change("commission.percent", "10")
    with db.read() as tx:
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.what == "setting.change")).all()
        assert [(r.user_id, r.record, r.changes) for r in rows] == [
            (cast.admin.id, "setting:commission.percent", {"value": ["10.00", "7.50"]}),
            (cast.admin.id, "setting:commission.percent", {"value": ["7.50", "10.00"]}),
        ]


@proves("DR-1801")
def test_the_audit_never_holds_a_phone_number(db: Database, change: Change) -> None:
    change("alarm.phones", "0712000101")
    with db.read() as tx:
        row = tx.session.scalars(select(AuditRow).where(AuditRow.what == "setting.change")).one()
    assert row.changes == {"value": ["", "07******01"]}


@proves("DR-1702")
def test_only_admins_of_full_scope_change_and_nobody_else_reads(db: Database, cast: Cast) -> None:
    def tries(actor: Actor) -> list[type[Exception]]:
        found: list[type[Exception]] = []
        for verb in (
            lambda tx: settings.listed(tx, actor),
            lambda tx: settings.read(tx, actor, name="order.max_unpaid"),
            lambda tx: settings.change(tx, actor, name="order.max_unpaid", value="4"),
        ):
            try:
                db.run(verb)
            except DomainError as error:
                found.append(type(error))
        return found

    for person in (cast.customer, cast.farmer, cast.rider):
        assert tries(person.actor) == [NotAllowed] * 3
    assert tries(system("job")) == [NotAllowed] * 3
    for scope, refused in (("support", 3), ("auditor", 1), ("full", 0)):
        db.run(
            lambda tx, scope=scope: tx.session.execute(  # type: ignore[misc]
                update(User).where(User.user_id == cast.admin.id).values(staff_scope=scope)
            )
        )
        assert tries(cast.admin.actor) == [NotAllowed] * refused, scope


@proves("DR-1702")
@pytest.mark.parametrize(
    ("name", "given", "error"),
    [
        ("no.such", "1", SettingUnknown),
        ("", "1", SettingUnknown),
        ("order.max_unpaid", "0", SettingRefused),
        ("order.max_unpaid", None, SettingRefused),
        ("order.max_unpaid", 5, SettingRefused),
        ("order.max_unpaid", "five", SettingRefused),
        ("order.min_total", "100001", SettingRefused),
        ("delivery.min_fee", "1000.01", SettingRefused),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    db: Database, cast: Cast, name: str, given: str, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        db.run(lambda tx: settings.change(tx, cast.admin.actor, name=name, value=given))
    with db.read() as tx:
        assert tx.session.scalars(select(SystemSetting)).all() == []
        assert tx.session.scalars(select(AuditRow.what).where(AuditRow.what == "setting.change")).all() == []


@proves("DR-1701", "DR-1702")
def test_the_list_names_every_setting_with_all_there_is_to_know(
    db: Database, cast: Cast, change: Change
) -> None:
    change("order.max_unpaid", "5")
    with db.read() as tx:
        views = settings.listed(tx, cast.admin.actor)
        one = settings.read(tx, cast.admin.actor, name="order.max_unpaid")
    assert [view.name for view in views] == sorted(DEFINITIONS)
    assert [view.name for view in views if view.changed_at] == ["order.max_unpaid"]
    assert (one.value, one.kind, one.low, one.high) == ("5", "whole", Decimal(1), Decimal(50))
    assert one.description


@proves("DR-1702")
def test_another_process_has_it_within_a_minute(
    db: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: ticks[0])
    other = Database(db.engine, replace(db.parts, settings=SettingsCache()), react)
    assert value(other, "order.max_unpaid") == 3
    db.run(lambda tx: settings.change(tx, cast.admin.actor, name="order.max_unpaid", value="9"))
    ticks[0] += 59
    assert value(other, "order.max_unpaid") == 9


@proves("DR-1702")
def test_an_order_keeps_the_fee_and_the_commission_it_was_placed_with(shop: Shop, change: Change) -> None:
    shop.publish()
    order = shop.order()
    before = (order.delivery_fee, order.total_amount, shop.items(order)[0].commission_percent)
    for name, new in (("commission.percent", "20"), ("delivery.base_fee", "90"), ("delivery.min_fee", "80")):
        change(name, new)
    after = shop.fresh(order)
    assert (after.delivery_fee, after.total_amount, after.items[0].commission_percent) == before
    shop.pay(order)
    later = shop.order(key="sms-2")
    assert shop.items(later)[0].commission_percent == Decimal("20.00")
    assert later.delivery_fee > order.delivery_fee


def test_a_name_that_no_rule_has_is_our_own_fault(db: Database) -> None:
    def work(tx: Tx) -> None:
        tx.setting("no.such")

    with pytest.raises(UnknownSetting):
        db.run(work)
