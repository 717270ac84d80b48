"""Switches for the bad hour: off for everybody within a minute, and each says what people read (DR-1703)."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.db import Database
from core.errors import NotAllowed
from core.reactions import react
from core.settings import switches
from core.settings.cache import SettingsCache
from core.settings.errors import (
    OrdersPaused,
    Paused,
    PayoutsPaused,
    PromptsPaused,
    ProviderPaused,
    SwitchUnknown,
    WardPaused,
)
from locales.errors import ERRORS
from tests.helpers import Cast
from tests.proving import proves

KANGEMI = 1366


def turned(db: Database, cast: Cast, verb: Callable[..., Any], kind: str, subject: str = "") -> Any:
    view = db.run(lambda tx: verb(tx, cast.admin.actor, kind=kind, subject=subject, reason="storm"))
    db.parts.settings.refresh(db.engine, now=True)
    return view


@proves("DR-1703")
@pytest.mark.parametrize(
    ("kind", "subject", "asked", "refusal"),
    [
        ("orders", "", {"kind": "orders"}, OrdersPaused),
        ("orders", "", {"kind": "orders", "ward_code": KANGEMI}, OrdersPaused),
        ("ward", str(KANGEMI), {"kind": "orders", "ward_code": KANGEMI}, WardPaused),
        ("ward", str(KANGEMI), {"kind": "orders", "ward_code": 1}, None),
        ("ward", str(KANGEMI), {"kind": "orders"}, None),
        ("prompts", "", {"kind": "prompts"}, PromptsPaused),
        ("prompts", "", {"kind": "orders"}, None),
        ("prompts", "", {"kind": "payouts"}, None),
        ("payouts", "", {"kind": "payouts"}, PayoutsPaused),
        ("provider", "mpesa", {"kind": "payouts"}, PayoutsPaused),
        ("provider", "mpesa", {"kind": "prompts"}, PromptsPaused),
        ("provider", "mpesa", {"kind": "orders"}, None),
        ("provider", "mpesa", {"kind": "provider", "provider": "sms"}, None),
        ("provider", "sms", {"kind": "provider", "provider": "sms"}, ProviderPaused),
    ],
)
def test_what_is_off_is_refused_and_the_rest_goes_on(
    db: Database, cast: Cast, kind: str, subject: str, asked: dict[str, Any], refusal: type[Paused] | None
) -> None:
    turned(db, cast, switches.pause, kind, subject)
    with db.read() as tx:
        if refusal is None:
            switches.refuse_if_paused(tx, **asked)
        else:
            with pytest.raises(refusal):
                switches.refuse_if_paused(tx, **asked)
        assert switches.is_paused(tx, **asked) == (refusal is not None)
    turned(db, cast, switches.resume, kind, subject)
    with db.read() as tx:
        switches.refuse_if_paused(tx, **asked)


@proves("DR-1703", "DR-1801")
def test_each_turn_is_audited_once_and_names_who_when_and_why(db: Database, cast: Cast) -> None:
    for _time in range(2):
        view = turned(db, cast, switches.pause, "orders")
    assert (view.user_id, view.reason, view.reads) == (cast.admin.id, "storm", "settings.orders_paused")
    for _time in range(2):
        turned(db, cast, switches.resume, "orders")
    with db.read() as tx:
        rows = tx.session.scalars(select(AuditRow).where(AuditRow.what.like("switch.%"))).all()
        assert [(r.what, r.record, r.changes["switch"], r.reason) for r in rows] == [
            ("switch.pause", "switch:orders", ["on", "off"], "storm"),
            ("switch.resume", "switch:orders", ["off", "on"], "storm"),
        ]


@proves("DR-1703")
def test_every_switch_says_what_people_read_meanwhile(db: Database, cast: Cast) -> None:
    turned(db, cast, switches.pause, "ward", str(KANGEMI))
    with db.read() as tx:
        views = switches.listed(tx, cast.admin.actor)
    assert [(view.kind, view.subject, view.since is not None) for view in views] == [
        ("orders", "", False),
        ("prompts", "", False),
        ("payouts", "", False),
        ("provider", "mpesa", False),
        ("provider", "sms", False),
        ("ward", str(KANGEMI), True),
    ]
    assert all(view.reads in ERRORS for view in views)


@proves("DR-1703")
def test_another_process_has_it_within_a_minute(
    db: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: ticks[0])
    other = Database(db.engine, replace(db.parts, settings=SettingsCache()), react)
    with other.read() as tx:
        assert not switches.is_paused(tx, "orders")
    turned(db, cast, switches.pause, "orders")
    ticks[0] += 59
    with other.read() as tx:
        assert switches.is_paused(tx, "orders")


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("orders", "1"),
        ("weather", ""),
        ("", ""),
        ("provider", ""),
        ("provider", "bank"),
        ("ward", ""),
        ("ward", "0"),
        ("ward", "99999"),
        ("ward", "Kangemi"),
        ("ward", "１３６６"),
    ],
)
@pytest.mark.parametrize("verb", [switches.pause, switches.resume])
def test_there_is_no_other_switch(
    db: Database, cast: Cast, verb: Callable[..., Any], kind: str, subject: str
) -> None:
    with pytest.raises(SwitchUnknown):
        db.run(lambda tx: verb(tx, cast.admin.actor, kind=kind, subject=subject))


@proves("DR-1703")
def test_only_admins_see_and_turn_them(db: Database, cast: Cast) -> None:
    for person in (cast.customer, cast.farmer, cast.rider):
        for verb in (switches.pause, switches.resume):
            with pytest.raises(NotAllowed):
                db.run(lambda tx, v=verb, a=person.actor: v(tx, a, kind="orders"))  # type: ignore[misc]
        with db.read() as tx, pytest.raises(NotAllowed):
            switches.listed(tx, person.actor)
