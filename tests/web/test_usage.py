"""The page that says how dials go: drop-off by screen and language, the cost of each finished order."""

from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.db import Database
from core.traffic import service as traffic
from core.traffic import tracing
from inbound.gateway import Gateway
from tests.helpers import FARMER, RIDER, Cast
from tests.orders.shop import Shop
from tests.proving import proves
from tests.ussd.phone import UssdPhone
from tests.web.conftest import Browser
from ussd.hoplog import drain
from web.queries import usage


def record(db: Database, session: str, shown: str, reply: str = "CON x", order_id: int | None = None) -> None:
    request = {"shown": shown, "language": "ki", "operator": "63902", "septets": 99}
    db.run(
        lambda tx: traffic.record(
            tx, direction="in", kind="ussd", session=session, request=request, reply=reply, verdict="shown",
            order_id=order_id,
        )
    )  # fmt: skip


def end(db: Database, session: str, status: str, cost: str) -> None:
    request: dict[str, Any] = {"status": status, "cost": cost, "durationInMillis": "9"}
    db.run(
        lambda tx: traffic.record(
            tx, direction="in", kind="ussd-event", session=session, request=request, verdict="shown"
        )
    )


def trace(db: Database) -> None:
    db.run(lambda tx: tracing.trace(tx, 0))


@proves("DR-1802")
def test_where_people_leave_is_said_by_screen_and_language(browser: Browser, db: Database) -> None:
    for number in range(3):
        record(db, f"s{number}", "farmer.home")
        record(db, f"s{number}", "sell.price")
        end(db, f"s{number}", "Incomplete", "KES 0.10")
    record(db, "s9", "sell.price")
    record(db, "s9", "sell.listed", reply="END Sold.")
    end(db, "s9", "Success", "KES 0.20")
    trace(db)
    with db.read() as tx:
        worst = usage.screens(tx, days=7)[0]
        (network,) = usage.networks(tx, days=7)
    assert (worst.screen, worst.language, worst.dials, worst.left, worst.left_percent) == (
        "sell.price", "ki", 4, 3, 75,
    )  # fmt: skip
    assert (network.dials, network.ended, network.left, network.cost) == (4, 1, 3, Decimal("0.50"))
    page = browser.text("/usage?days=7&language=ki")
    assert "sell.price" in page
    assert "sell.price" not in browser.text("/usage?days=7&language=en")


@pytest.mark.parametrize("asked", ["", "?days=999", "?language=<b>", "?before=x", "?days=1&before=0"])
def test_nonsense_in_the_address_is_the_usual_page(browser: Browser, asked: str) -> None:
    assert "Nobody has dialled in this time." in browser.text(f"/usage{asked}")


def test_a_dial_about_two_orders_is_shared_out_and_texts_count(
    db: Database, cast: Cast, browser: Browser
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    first, second = shop.delivered_order("a"), shop.delivered_order("b")
    for order in (first, second):
        record(db, "both", "orders.done", order_id=order.order_id)
    record(db, "one", "orders.done", order_id=first.order_id)
    end(db, "both", "Success", "KES 0.20")
    trace(db)
    with db.read() as tx:
        costs = {cost.order_id: cost for cost in usage.order_costs(tx).rows}
    assert costs[second.order_id].ussd == Decimal("0.10")
    assert (costs[first.order_id].ussd, costs[first.order_id].unsaid, costs[first.order_id].dials) == (
        Decimal("0.10"), 1, 2,
    )  # fmt: skip
    assert "1 not said yet" in browser.text("/usage")


def test_the_texts_that_nobody_has_read_are_said(browser: Browser) -> None:
    for language in ("sw", "en", "kikuyu"):
        page = browser.plain_text(f"/texts?language={language}")
        assert f"Nobody has read these in {language}" in page
    assert "Kamisheni" in browser.plain_text("/texts?language=<b>"), "nonsense shows Swahili"


def test_a_real_dial_is_traced_with_screen_language_operator_length_and_time(
    db: Database, cast: Cast, client: FlaskClient, gateway: Gateway
) -> None:
    phone = UssdPhone(client, FARMER)
    phone.dial()
    phone.answer("2")
    UssdPhone(client, RIDER).dial()
    drain(gateway)
    trace(db)
    with db.read() as tx:
        seen = {use.screen: use for use in usage.screens(tx, days=1)}
        networks = usage.networks(tx, days=1)
    assert {"farmer.home", "rider.home"} < set(seen)
    assert seen["farmer.home"].language == cast.farmer.user.preferred_language
    assert 20 < seen["farmer.home"].longest <= 160
    assert {use.operator for use in networks} == {"63902"}
