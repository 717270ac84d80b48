"""The Insight page: figures that agree with the books, on both databases, and charts that read themselves."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest

from core.clock import nairobi_date
from core.db import Database, Tx
from core.events import DemandUnserved
from core.following import service as following
from core.ledger import accounts
from core.money import ZERO
from core.outbox.models import OutboxMessage
from core.traffic import service as traffic
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.proving import proves
from tests.web.conftest import Browser
from web.queries.insight import places, talk, trade


def texted(tx: Tx, order_id: int) -> None:
    """Two segments about the order, as the provider charged them."""
    tx.session.add(
        OutboxMessage(
            msisdn="+254712000202", language="en", code="receipt", once_key="t", order_id=order_id,
            segments=2, status="sent", counted=Decimal("2.00"), charged=Decimal("1.60"), created_at=tx.now,
            not_before=tx.now, expires_at=tx.now, sent_at=tx.now,
        )
    )  # fmt: skip


def heard(tx: Tx) -> None:
    """Three screens that took their time, and three delivery reports."""
    for number, ms in enumerate((40, 2500, 11_000)):
        traffic.record(tx, direction="in", kind="ussd", session=f"s{number}", verdict="shown", duration_ms=ms)
    for network, status in (("63902", "Success"), ("63902", "Failed"), ("63903", "Success")):
        request = {"networkCode": network, "status": status}
        traffic.record(tx, direction="in", kind="sms-report", verdict="applied", request=request)


def charts(page: str) -> list[dict[str, list[object]]]:
    return [json.loads(unescape(figures)) for figures in re.findall(r'data-chart="([^"]+)"', page)]


def test_an_empty_house_says_what_will_stand_there(browser: Browser) -> None:
    page = browser.plain("/insight")
    for sentence in ("No orders yet", "No order of these days is finished", "Nobody has asked in vain"):
        assert sentence in page


@pytest.mark.parametrize("asked", ["?days=999", "?days=<b>", "?product=0", "?prices=dear", "?product=x"])
def test_nonsense_in_the_address_is_the_usual_page(browser: Browser, asked: str) -> None:
    assert "the last 30 days" in browser.plain(f"/insight{asked}")


def test_what_an_order_leaves_is_what_the_books_say_less_its_texts(
    db: Database, cast: Cast, browser: Browser
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order = shop.delivered_order("a")
    shop.order(key="b")
    with db.read() as tx:
        whole, by_size, by_km = trade.margins(tx, 7)
        days = trade.by_day(tx, 7)
        (county,) = trade.by_county(tx, 7)
        paid = trade.outcomes(tx, 7)
        funnel = talk.customers(tx, 7)
        sellers = talk.farmers(tx, 7)
    books = shop.balances()
    earned = -sum((Decimal(books.get(account, "0")) for account in trade.OURS), ZERO)
    assert books[accounts.COMMISSION] < "0", "income stands with a minus"
    assert (whole.orders, whole.left, whole.losing) == (1, earned, 0)
    assert [(m.name, m.orders) for m in by_size if m.orders] == [("300 to 999", 1)]
    assert [m.left for m in by_km if m.orders] == [earned]
    assert (days[-1].day, days[-1].placed, len(days)) == (nairobi_date(db.parts.clock.now()), 2, 7)
    assert days[-1].value == county.value == order.amount_asked * 2
    assert ("succeeded", 1) in [(outcome.status, outcome.count) for outcome in paid]
    assert [(step.name, step.count) for step in funnel] == [
        ("joined", 1), ("ordered", 1), ("got their goods", 1), ("came again", 0),
    ]  # fmt: skip
    assert [step.count for step in sellers] == [1, 1, 1, 1]
    trade_chart, _texts, _prices = charts(browser.text("/insight?days=7"))
    assert trade_chart["series"][0]["y"][-1] == 2  # type: ignore[index]


def test_a_text_that_was_sent_costs_its_order(db: Database, cast: Cast) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order = shop.delivered_order("a")
    with db.read() as tx:
        before = trade.margins(tx, 7)[0].left
    db.run(lambda tx: texted(tx, order.order_id))
    with db.read() as tx:
        assert trade.margins(tx, 7)[0].left == before - Decimal("1.60")


def test_how_fast_screens_came_and_which_texts_arrived(db: Database, browser: Browser) -> None:
    db.run(heard)
    with db.read() as tx:
        answers = {share.name: share.count for share in talk.answers(tx)}
        arrivals = [(a.operator, a.arrived, a.failed, a.percent) for a in talk.arrivals(tx)]
    assert answers == {
        "under 0.1 s": 1, "0.1 to 0.3 s": 0, "0.3 to 1 s": 0, "1 to 3 s": 1, "3 to 10 s": 0, talk.TOO_LATE: 1,
    }  # fmt: skip
    assert arrivals == [("63902", 1, 1, 50), ("63903", 1, 0, 100)]
    assert "Airtel" in browser.plain("/insight")


@proves("DR-1212")
def test_the_map_shows_where_people_are_and_demand_where_they_waited(
    db: Database, cast: Cast, browser: Browser
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    wanted = DemandUnserved(user_id=cast.customer.user.user_id, product_id=shop.product("kale"), ward_code=1)
    db.run(lambda tx: following.demand_unserved(tx, wanted))
    with db.read() as tx:
        faint, dots = places.dots(tx)
    assert len(faint) == 1450
    assert sum(dot.farms for dot in dots) == 1
    assert sum(dot.customers for dot in dots) == 1
    assert all(0 < dot.x < places.WIDTH and 0 < dot.y < places.HEIGHT for dot in dots)
    page = browser.plain("/insight")
    assert db.parts.places.get(1).ward in page


def test_prices_are_drawn_for_each_market_by_itself(db: Database) -> None:
    with db.read() as tx:
        product_id = places.priced(tx)[0]
        lines = places.prices(tx, product_id, "wholesale")
    assert len(lines) > 1
    for line in lines:
        days = [day for day, _price in line.points]
        assert days == sorted(set(days))
        assert max(days) - min(days) <= timedelta(days=730)
