"""Dials traced from the callback log: how they ended, where people left, what they cost (DR-1802)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.db import Database
from core.privacy import retention
from core.traffic import service as traffic
from core.traffic import tracing
from core.traffic.models import UssdDial, UssdStep
from tests.helpers import FixedClock
from tests.proving import proves

SESSION = "ATUid_1"


def hop(
    db: Database,
    shown: str,
    reply: str = "CON x",
    verdict: str = "shown",
    session: str = SESSION,
    **fields: Any,
) -> None:
    request = {"shown": shown, "language": "sw", "operator": "63902", "septets": 40} | fields
    db.run(
        lambda tx: traffic.record(
            tx, direction="in", kind="ussd", session=session, request=request, reply=reply, verdict=verdict,
            duration_ms=12,
        )
    )  # fmt: skip


def event(db: Database, status: str, cost: str = "KES 0.1000") -> None:
    request = {"status": status, "cost": cost, "durationInMillis": "61000", "hopsCount": "3"}
    db.run(
        lambda tx: traffic.record(
            tx, direction="in", kind="ussd-event", session=SESSION, request=request, verdict="shown"
        )
    )


def trace(db: Database) -> UssdDial:
    db.run(lambda tx: tracing.trace(tx, 0))
    with db.read() as tx:
        return tx.session.scalars(select(UssdDial)).one()


def steps(db: Database) -> Sequence[tuple[str, int, int, int]]:
    with db.read() as tx:
        found = tx.session.scalars(select(UssdStep).order_by(UssdStep.screen))
        return [(step.screen, step.shown, step.refused, step.left) for step in found]


@proves("DR-1802")
def test_a_dial_that_we_ended_left_nobody_behind(db: Database) -> None:
    hop(db, "farmer.home")
    hop(db, "sell.product")
    hop(db, "sell.product", verdict="rejected")
    hop(db, "sell.listed", reply="END Sold.", verdict="applied")
    event(db, "Success")
    dial = trace(db)
    assert (dial.outcome, dial.status, dial.hops, dial.last_screen) == ("ended", "Success", 4, "sell.listed")
    assert (dial.cost, dial.network_ms, dial.language, dial.operator) == (
        Decimal("0.10"), 61000, "sw", "63902",
    )  # fmt: skip
    assert steps(db) == [("farmer.home", 1, 0, 0), ("sell.listed", 1, 0, 0), ("sell.product", 2, 1, 0)]


def test_a_dial_that_broke_off_left_where_it_stood(db: Database) -> None:
    hop(db, "farmer.home")
    hop(db, "sell.price")
    event(db, "Incomplete")
    assert trace(db).outcome == "left"
    assert steps(db) == [("farmer.home", 1, 0, 0), ("sell.price", 1, 0, 1)]


def test_without_an_event_a_dial_is_open_until_the_network_would_have_ended_it(
    db: Database, clock: FixedClock
) -> None:
    hop(db, "farmer.home")
    assert trace(db).outcome == "open"
    clock.advance(seconds=190)
    assert trace(db).outcome == "open"
    clock.advance(seconds=20)
    assert trace(db).outcome == "left"


def test_what_comes_late_changes_the_line_and_adds_none(db: Database) -> None:
    hop(db, "farmer.home")
    assert (trace(db).hops, trace(db).cost) == (1, None)
    hop(db, "farmer.orders")
    event(db, "Incomplete", cost="0.00")
    dial = trace(db)
    assert (dial.hops, dial.outcome, dial.cost) == (2, "left", Decimal("0.00"))
    assert trace(db).hops == 2


def test_repeats_are_no_hops_and_a_hop_that_we_could_not_answer_is_a_failure(db: Database) -> None:
    hop(db, "farmer.home")
    hop(db, "farmer.home", verdict="duplicate")
    hop(db, "farmer.home", reply="END Sorry.", verdict="failed")
    dial = trace(db)
    assert (dial.hops, dial.outcome) == (2, "failed")


@pytest.mark.parametrize(
    ("text", "price"),
    [("0.00", "0.00"), ("KES 0.8000", "0.8000"), ("KES 0.10 ", "0.10"), ("", None), ("free", None),
     ("NaN", None), ("-1", None), ("KES 1e9", None)],
)  # fmt: skip
def test_what_a_provider_asks(text: str, price: str | None) -> None:
    assert tracing.price_of(text) == (None if price is None else Decimal(price))


def test_a_language_changed_on_the_way_is_counted_where_it_was_spoken(db: Database) -> None:
    hop(db, "farmer.home")
    hop(db, "farmer.home", language="en")
    trace(db)
    with db.read() as tx:
        found = tx.session.execute(select(UssdStep.screen, UssdStep.language, UssdStep.left)).all()
    assert sorted(tuple(row) for row in found) == [("farmer.home", "en", 0), ("farmer.home", "sw", 0)]


def test_a_dial_is_forgotten_as_early_as_its_hops() -> None:
    tables = {rule.table for rule in retention.RULES if rule.setting == "retention.ussd_days"}
    assert tables == {"callback_log", "ussd_dials", "ussd_steps"}


@pytest.mark.parametrize("forged", ["ATUID_1", "atuid_1", "\u00c1TUid_1", "ATUid_1 ", ""])
def test_s2_a_made_up_session_id_that_a_database_takes_for_another_stops_no_tracing(
    db: Database, forged: str
) -> None:
    hop(db, "farmer.home")
    hop(db, "farmer.orders", session=forged)
    db.run(lambda tx: tracing.trace(tx, 0))
    hop(db, "farmer.none", session=forged)
    db.run(lambda tx: tracing.trace(tx, 0))
    with db.read() as tx:
        dials = tx.session.scalars(select(UssdDial)).all()
    assert sum(dial.session.upper() == SESSION.upper() for dial in dials) >= 1
