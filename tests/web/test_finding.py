"""Finding in the callback log (DR-1802): every filter exact, words within a week, and rows in a file."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.db import Database
from core.traffic import service as traffic
from core.users import service as users
from core.users.models import User
from tests.helpers import CUSTOMER, FARMER, FixedClock
from tests.orders.shop import Shop
from tests.proving import proves
from tests.web.conftest import Browser
from tests.web.test_callback_log import ids, log
from web import asked_for
from web.queries import sieve


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("0712 000 202", "phone"),
        ("+254712000202", "phone"),
        ("712-000-202", "phone"),
        ("TUN250624A3B7", "order"),
        ("tun250624a3b7", "order"),
        ("A3B7", "order"),
        ("TFOW3I95OV", "receipt"),
        ("ATUid_77777777", "session"),
        ("ws_CO_24062025_712000202", "provider_id"),
        ("AG_20250624_0000", "provider_id"),
        ("tomatoes", "text"),
        ("50kg", "text"),
        ("YES", "text"),
        ("near the Total station", "text"),
    ],
)
def test_what_is_typed_under_anything_goes_where_it_belongs(typed: str, field: str) -> None:
    assert asked_for.recognised(typed) == field


def found_by(browser: Browser, **fields: str) -> list[int]:
    """What the list shows after its form was filled in."""
    sent = browser.send("/callbacks", "/callbacks/find", **fields)
    return ids(browser.text(sent.location.removeprefix("/admin")))


@proves("DR-1802")
def test_each_filter_finds_its_own_and_all_of_it_stands_in_the_address(
    browser: Browser, db: Database, clock: FixedClock
) -> None:
    first = log(db, kind="ussd", msisdn=FARMER, session="ATUid_1", request={"answer": "nyanya mbivu"})
    clock.advance(minutes=10)
    second = log(db, request={"text": "5kg Tomatoes, Mũthiga"}, provider_id="ATXid_9")
    clock.advance(minutes=10)
    third = log(db, direction="out", kind="stk-push", verdict="failed", error="timed out")
    for fields, row in (
        ({"anything": "0712 000 101"}, first),
        ({"anything": "ATUid_1"}, first),
        ({"anything": "ATXid_9"}, second),
        ({"anything": "nyanya"}, first),
        ({"anything": "tomatoes"}, second),
        ({"text": "Mũthiga"}, second),
        ({"text": "timed"}, third),
        ({"to": "2025-06-24T09:35"}, first),
        ({"from": "2025-06-24T09:35", "to": "2025-06-24T09:45"}, second),
        ({"from": "2025-06-24T09:45"}, third),
        ({"direction": "out", "verdict": "failed"}, third),
    ):
        assert found_by(browser, **fields) == [row.callback_id], fields
    for nothing in ({"direction": "in", "verdict": "accepted"}, {"direction": "in", "verdict": "failed"},
                    {"text": "100%"}, {"text": "timed_out"}, {"from": "2025-06-24T23:00"}):  # fmt: skip
        assert found_by(browser, **nothing) == [], nothing
    every = [third.callback_id, second.callback_id, first.callback_id]
    for nonsense in ({"from": "x"}, {"to": "2025-99-99"}, {"text": "to"}):
        assert found_by(browser, **nonsense) == every, nonsense


def test_a_filter_is_a_chip_that_can_be_taken_away(browser: Browser, db: Database) -> None:
    log(db)
    sent = browser.send(
        "/callbacks", "/callbacks/find", anything="0712000202", kind="sms", **{"from": "2025-06-24T08:00"}
    )
    path = sent.location.removeprefix("/admin")
    words = browser.plain(path)
    assert "Kind SMS in" in words
    assert "Phone 07******02" in words
    assert "From Tue 24 Jun 08:00" in words
    assert "712000202" not in browser.text(path)


def test_a_receipt_finds_the_prompt_that_led_to_it(boss: Browser, shop: Shop, db: Database) -> None:
    order = shop.delivered_order()
    attempt = shop.attempt(order)
    assert attempt.receipt
    with db.transaction() as tx:
        tx.session.merge(attempt).checkout_request_id = "ws_CO_24062025_X"
    prompt = log(db, direction="out", kind="stk-push", provider_id="ws_CO_24062025_X")
    typed = log(db, kind="c2b-confirmation", provider_id=attempt.receipt)
    log(db, provider_id="ws_CO_24062025_Y")
    assert found_by(boss, receipt=attempt.receipt.lower()) == [typed.callback_id, prompt.callback_id]
    assert found_by(boss, receipt="TFO0000000") == []


def test_words_are_looked_for_a_piece_at_a_time_and_a_week_back(
    browser: Browser, db: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sieve, "TEXT_ROWS", 3)
    old = log(db, request={"text": "tomatoes, long ago"})
    clock.advance(days=5)
    far = log(db, request={"text": "tomatoes"})
    clock.advance(days=3)
    for _ in range(4):
        clock.advance(minutes=1)
        log(db, request={"text": "onions"})
    browser.sign_in()
    sent = browser.send("/callbacks", "/callbacks/find", text="tomatoes")
    path = sent.location.removeprefix("/admin")
    page = browser.text(path)
    assert ids(page) == []
    assert "Looked back to Wed 2 Jul 2025, 09:32:00" in browser.plain(path)
    older = page.split('">Older')[0].rsplit('href="/admin', 1)[1].replace("&amp;", "&")
    assert ids(browser.text(older)) == [far.callback_id]
    assert "Looked back" not in browser.plain(older)
    assert old.callback_id not in ids(browser.text(older))


def taken_out(browser: Browser, query: str = "") -> list[list[str]]:
    """The rows of the file, its head first."""
    token = browser.token(f"/callbacks{query}", f"/callbacks/file{query}")
    answer = browser.client.post(f"/admin/callbacks/file{query}", data={"csrf": token})
    assert answer.status_code == 200
    assert "712000202" not in answer.text
    return list(csv.reader(io.StringIO(answer.text)))


@proves("DR-1801", "DR-1904")
def test_rows_are_taken_out_safely_and_that_is_in_the_audit(browser: Browser, db: Database) -> None:
    for said in ("=cmd|' /C calc'!A0", "+254712000202", "@SUM(A1)", "-1+1", "<script>x</script>"):
        log(db, request={"text": said}, session="=evil()")
    log(db, kind="ussd", msisdn="+254712000101", verdict="shown")
    head, *rows = taken_out(browser, "?kind=sms")
    assert head[:6] == ["row", "day", "time", "direction", "kind", "phone"]
    assert [row[-1] for row in rows] == [
        "<script>x</script>", "'-1+1", "'@SUM(A1)", "07******02", "'=cmd|' /C calc'!A0",
    ]  # fmt: skip
    assert {row[5] for row in rows} == {"07******02"}
    assert {row[6] for row in rows} == {"'=evil()"}
    with db.read() as tx:
        told = tx.session.scalars(select(AuditRow).where(AuditRow.what == "callback.export")).one()
    assert told.changes == {"filters": {"kind": "sms"}}


@proves("DR-222")
@pytest.mark.parametrize("scope", ["support", "auditor"])
def test_whoever_reads_may_find_and_take_out(browser: Browser, admin: User, db: Database, scope: str) -> None:
    row = log(db)
    db.run(lambda tx: setattr(users.get(tx, admin.user_id), "staff_scope", scope))
    assert ids(browser.text("/callbacks")) == [row.callback_id]
    assert len(taken_out(browser)) == 2


def test_a_late_hop_stands_where_it_happened_on_whichever_page(
    browser: Browser, db: Database, clock: FixedClock
) -> None:
    rows = []
    for _ in range(60):
        clock.advance(seconds=10)
        rows.append(log(db).callback_id)

    def late(tx: Any) -> int:
        row = traffic.record(tx, direction="in", kind="ussd", msisdn=CUSTOMER, session="s")
        row.at = tx.now - timedelta(seconds=585)
        return row.callback_id

    hop = db.run(late)
    html = browser.text("/callbacks")
    assert hop not in ids(html)
    older = browser.text(html.split('">Older')[0].rsplit('href="/admin', 1)[1])
    assert ids(older)[-2:] == [hop, rows[0]]
