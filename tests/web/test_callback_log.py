"""The callback log on the web (DR-1802, DR-1904, S10): what a reader finds, sees and never sees."""

import re
from datetime import timedelta
from typing import Any

import pytest

from core.db import Database
from core.outbox import service as outbox
from core.traffic import service as traffic
from core.traffic.models import Callback
from tests.helpers import CUSTOMER, FARMER, Cast, FixedClock
from tests.web.conftest import Browser


def log(db: Database, **fields: Any) -> Callback:
    """One row of the log; an inbound text of the customer's unless said otherwise."""
    row: dict[str, Any] = {
        "direction": "in",
        "kind": "sms",
        "msisdn": CUSTOMER,
        "status": 200,
        "verdict": "applied",
    } | fields
    return db.run(lambda tx: traffic.record(tx, **row))


def ids(html: str) -> list[int]:
    return [int(i) for i in re.findall(r'<tr data-id="(\d+)"', html)]


def test_a_row_says_when_what_who_and_what_became_of_it(browser: Browser, db: Database) -> None:
    log(db, request={"text": "5kg tomatoes"}, session="ATUid_12345678", duration_ms=1400)
    words = browser.plain("/callbacks")
    assert "09:30:00 in SMS in 07******02 5kg tomatoes …5678 applied 1.4 s" in words
    assert "712000202" not in browser.text("/callbacks")


def test_the_newest_stands_first_and_pages_go_on_by_the_last_row_seen(
    browser: Browser, db: Database, clock: FixedClock
) -> None:
    rows = []
    for _ in range(120):
        clock.advance(seconds=1)
        rows.append(log(db).callback_id)
    seen: list[int] = []
    path = "/callbacks"
    while path:
        html = browser.text(path)
        seen += ids(html)
        older = re.search(r'href="/admin(/callbacks\?before=\d+)">Older', html)
        path = older[1] if older else ""
    assert seen == rows[::-1]


def test_a_hop_logged_late_stands_where_it_happened(
    browser: Browser, db: Database, clock: FixedClock
) -> None:
    clock.advance(seconds=5)
    later = log(db, kind="ussd", session="s")

    def late(tx: Any) -> int:
        row = traffic.record(tx, direction="in", kind="ussd", msisdn=FARMER, session="s")
        row.at = tx.now - timedelta(seconds=4)
        return row.callback_id

    earlier = db.run(late)
    assert ids(browser.text("/callbacks")) == [later.callback_id, earlier]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"kind": "ussd"}, "ussd"),
        ({"direction": "out"}, "push"),
        ({"verdict": "unmatched"}, "odd"),
        ({"phone": "0712 000 101"}, "ussd"),
        ({"phone": "+254712000101"}, "ussd"),
        ({"phone": "712-000-101"}, "ussd"),
        ({"session": "ATUid_1"}, "ussd"),
        ({"provider_id": "ws_CO_24062025_712000202"}, "push"),
        ({"kind": "stk", "verdict": "unmatched"}, "odd"),
        ({"phone": "0799999999"}, None),
        ({"order": "TUN250624A3B7"}, None),
    ],
)
def test_filters(browser: Browser, db: Database, fields: dict[str, str], found: str | None) -> None:
    rows = {
        "ussd": log(db, kind="ussd", msisdn=FARMER, session="ATUid_1"),
        "push": log(db, direction="out", kind="stk-push", provider_id="ws_CO_24062025_712000202"),
        "odd": log(db, kind="stk", msisdn="", verdict="unmatched"),
        "sms": log(db),
    }
    sent = browser.send("/callbacks", "/callbacks/find", **fields)
    assert sent.status_code == 303
    html = browser.text(sent.location.removeprefix("/admin"))
    assert ids(html) == ([rows[found].callback_id] if found else [])


def test_a_number_searched_for_is_in_no_address_and_stays_while_other_filters_change(
    browser: Browser, db: Database
) -> None:
    mine = log(db)
    log(db, msisdn=FARMER)
    sent = browser.send("/callbacks", "/callbacks/find", phone="0712000202")
    assert "712000202" not in sent.location
    html = browser.text(sent.location.removeprefix("/admin"))
    assert 'placeholder="07******02"' in html
    kept = re.search(r'name="who" value="([^"]+)"', html)
    assert kept
    again = browser.send("/callbacks", "/callbacks/find", kind="sms", who=kept[1])
    assert ids(browser.text(again.location.removeprefix("/admin"))) == [mine.callback_id]


def test_the_news_are_the_rows_after_the_last_one_seen(
    browser: Browser, db: Database, clock: FixedClock
) -> None:
    old = log(db).callback_id
    clock.advance(minutes=1)
    assert ids(browser.text(f"/callbacks/rows?after={old}")) == []
    new = [log(db).callback_id, log(db).callback_id]
    assert ids(browser.text(f"/callbacks/rows?after={old}")) == new[::-1]
    assert ids(browser.text(f"/callbacks/rows?after={old}&kind=ussd")) == []


def test_a_row_committed_behind_a_newer_one_is_still_news(browser: Browser, db: Database) -> None:
    late = log(db).callback_id
    newer = log(db).callback_id
    assert late in ids(browser.text(f"/callbacks/rows?after={newer}"))


def test_a_row_shown_before_its_verdict_is_sent_again_with_it(
    browser: Browser, db: Database, clock: FixedClock
) -> None:
    row = log(db, verdict="stored")
    assert "data-waiting" in browser.text("/callbacks")
    clock.advance(minutes=1)
    path = f"/callbacks/rows?after={row.callback_id}&waiting={row.callback_id},x,-1"
    assert ids(browser.text(path)) == []
    db.run(lambda tx: traffic.settle(tx, row.callback_id, verdict="applied"))
    html = browser.text(path)
    assert ids(html) == [row.callback_id]
    assert "data-waiting" not in html


def test_one_row_opened_shows_both_sides_what_it_changed_and_what_hangs_on_it(
    browser: Browser, db: Database
) -> None:
    cause = log(
        db, request={"text": "YES"}, changed=[{"record": "order:1", "what": "(new) -> pending_payment"}]
    )
    push = log(
        db, direction="out", kind="stk-push", cause=cause.callback_id,
        request={"Amount": 497}, reply='{"ResponseCode": "0"}', verdict="accepted",
    )  # fmt: skip
    again = log(db, cause=cause.callback_id, verdict="duplicate")
    words = browser.plain(f"/callbacks/{cause.callback_id}")
    assert '"text": "YES"' in words
    assert "order:1 new → pending payment" in words
    assert "It led to" in words
    assert "Came again as" in words
    assert f"/callbacks/{push.callback_id}" in browser.text(f"/callbacks/{cause.callback_id}")
    words = browser.plain(f"/callbacks/{push.callback_id}")
    assert "Because of" in words
    assert '"ResponseCode": "0"' in words
    assert "The same as" in browser.plain(f"/callbacks/{again.callback_id}")


def test_what_a_callback_had_texted_is_shown_beside_it_whichever_was_written_first(
    browser: Browser, db: Database, cast: Cast
) -> None:
    def told_then_logged(tx: Any) -> int:
        outbox.send(tx, cast.customer.user, "nothing_open", {}, once_key="a")
        return traffic.record(tx, direction="in", kind="ussd", msisdn=CUSTOMER).callback_id

    def settled_then_told(tx: Any) -> int:
        row = traffic.record(tx, direction="in", kind="stk", msisdn=CUSTOMER)
        traffic.settle(tx, row.callback_id, verdict="applied")
        outbox.send(tx, cast.customer.user, "nothing_open", {}, once_key="b")
        return row.callback_id

    for work in (told_then_logged, settled_then_told):
        words = browser.plain(f"/callbacks/{db.run(work)}")
        assert "Messages it led to" in words
        assert "to 07******02 queued" in words


def test_a_repeat_is_counted_on_its_row(browser: Browser, db: Database) -> None:
    def twice(tx: Any) -> None:
        with pytest.raises(traffic.Repeated):
            traffic.record(tx, direction="in", kind="sms", dedupe_key="sms:1")

    row = log(db, dedupe_key="sms:1")
    db.run(twice)
    assert "+1" in browser.plain("/callbacks")
    assert "Came 1 more time." in browser.plain(f"/callbacks/{row.callback_id}")


@pytest.mark.parametrize("path", ["/callbacks/999999", "/dials/nobody", "/orders/999999", "/messages/999999"])
def test_what_is_not_there_is_a_404(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "Nothing here" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "before=x",
        "before=-1",
        "before=" + "9" * 30,
        "who=broken",
        "order=%00",
        "kind=" + "x" * 3000,
        "after=²",
    ],
)
def test_nonsense_in_an_address_is_no_error(browser: Browser, query: str) -> None:
    assert browser.get(f"/callbacks?{query}").status_code == 200
    assert browser.get(f"/callbacks/rows?{query}").status_code == 200


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</pre><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "</td></tr></table><iframe src=//evil.example>",
)


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_text_stays_text_on_every_page(browser: Browser, db: Database, payload: str) -> None:
    row = log(
        db, kind="ussd", session="s-1", request={"answer": payload, payload: payload}, reply=f"CON {payload}",
        error=payload, provider_id=payload, changed=[{"record": payload, "what": payload}],
    )  # fmt: skip
    for path in ("/callbacks", f"/callbacks/{row.callback_id}", "/callbacks/rows?after=0", "/dials/s-1"):
        html = browser.text(path)
        assert not re.search(r"<(script(?! src=\"/admin/static/)|img src=x|svg|iframe)", html), path
        assert payload[:20] in browser.plain_text(path), path
