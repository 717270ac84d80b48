"""Stories on the console (issue 7, section 2): a number's conversation, a payment, an order across people and
money; what was written stays words everywhere."""

import re
from typing import Any

import pytest

from core.db import Database, Tx
from core.outbox import service as outbox
from core.payments.models import PaymentTransaction
from core.users import service as users
from tests.helpers import CUSTOMER, FARMER, Cast, FixedClock
from tests.orders.shop import Shop
from tests.proving import proves
from tests.web.conftest import Browser
from tests.web.test_callback_log import HOSTILE, log
from tests.web.test_guard import WEB
from web.queries import thread as talk

LIVE = re.compile(
    r"<(script(?! src=\"/admin/static/)|img (?!src=\"/admin/static/leaf)|svg|iframe)|href=\"javascript"
)
HANDLER = re.compile(r"<[^>]*\son\w+=")


def conversation(browser: Browser, phone: str) -> str:
    """The address of a number's conversation."""
    sent = browser.send("/conversation", "/conversation/find", phone=phone)
    assert phone not in sent.location
    return sent.location.removeprefix("/admin")


def test_a_numbers_history_is_one_conversation(
    boss: Browser, shop: Shop, db: Database, clock: FixedClock
) -> None:
    log(db, request={"text": "5kg tomatoes"})
    clock.advance(minutes=1)
    for answer, reply in (
        ("", "CON Karibu Tunda\n1 Nunua"),
        ("1", "CON Bidhaa gani?"),
        ("nyanya", "END Asante"),
    ):
        log(db, kind="ussd", session="ATUid_5", verdict="shown", request={"answer": answer}, reply=reply)
        clock.advance(seconds=10)
    order = shop.order()
    clock.advance(minutes=1)
    db.run(lambda tx: outbox.send(tx, shop.cast.customer.user, "nothing_open", {}, once_key="x"))
    log(db, msisdn=FARMER, request={"text": "of somebody else"})
    path = conversation(boss, "0712 000 202")
    words = boss.plain(path)
    turns = ["5kg tomatoes", "1 nyanya", "Asante", "3 screens in 20 s", "M-Pesa prompt KES 499.00", "queued"]
    places = [words.index(turn) for turn in turns]
    assert places == sorted(places), words
    assert "of somebody else" not in words
    assert "customer · English · with us since" in words
    assert f">{order.order_number}</a>" in boss.text(path)
    assert 'href="/admin/dials/ATUid_5"' in boss.text(path)
    assert CUSTOMER[4:] not in boss.text(path)


@pytest.mark.parametrize(
    ("phone", "words"), [("0799 999 999", "Nothing yet."), ("12", "no Kenyan mobile number")]
)
def test_an_empty_conversation_says_what_will_stand_there(browser: Browser, phone: str, words: str) -> None:
    assert words in browser.plain(conversation(browser, phone))
    assert "all that it dialled" in browser.plain("/conversation")
    assert browser.get("/conversation?who=broken&before=x").status_code == 200


def test_a_long_conversation_is_read_backwards_and_no_turn_is_lost_or_told_twice(
    db: Database, cast: Cast, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "TURNS", 4)
    monkeypatch.setattr(talk, "MOST_OTHERS", 5)
    monkeypatch.setattr(talk, "MOST_HOPS", 7)
    for number in range(30):
        clock.advance(seconds=7)
        log(db, request={"text": f"text {number}"})
        if number % 3 == 0:
            log(db, kind="ussd", session=f"s{number // 2}", request={"answer": f"{number}"}, reply="CON x")
        if number % 4 == 0:
            db.run(lambda tx, key=f"{number}": outbox.send(  # type: ignore[misc]
                tx, cast.customer.user, "nothing_open", {}, once_key=key))  # fmt: skip
    told: list[tuple[str, int]] = []
    before = None
    while True:
        with db.read() as tx:
            piece = talk.thread(tx, CUSTOMER, before=before)
        told[:0] = [(turn.what, turn.number) for turn in piece.turns]
        if piece.earlier is None:
            break
        before = piece.earlier
    with db.read() as tx:
        monkeypatch.undo()
        whole = [(turn.what, turn.number) for turn in talk.thread(tx, CUSTOMER).turns]
    assert sorted(told) == sorted(whole)
    assert len(told) == len(set(told))


@pytest.fixture
def paid(shop: Shop, db: Database) -> PaymentTransaction:
    """A payment that was asked about and has its receipt, with its rows in the log."""
    attempt = shop.attempt(shop.delivered_order())

    def prompt(tx: Tx) -> None:
        row = tx.session.get_one(PaymentTransaction, attempt.transaction_id)
        row.checkout_request_id, row.asked_count = "ws_CO_1", 1

    db.run(prompt)
    log(db, direction="out", kind="stk-push", verdict="failed", error="timed out",
        dedupe_key=f"stk-push:{attempt.transaction_id}:x")  # fmt: skip
    log(db, direction="out", kind="stk-push", provider_id="ws_CO_1", verdict="accepted")
    log(db, direction="out", kind="stk-query", provider_id="ws_CO_1", verdict="accepted")
    log(db, kind="stk", provider_id="ws_CO_1")
    return attempt


def test_a_payment_is_told_from_the_prompt_to_the_books(
    boss: Browser, paid: PaymentTransaction, db: Database
) -> None:
    path = f"/payments/{paid.transaction_id}"
    assert f'href="/admin{path}"' in boss.text(f"/orders/{paid.order_id}")
    words = boss.plain(path)
    told = ["KES 499.00 succeeded", "Asked about 1 time", "M-Pesa prompt", "failed", "M-Pesa query",
            "M-Pesa result", "Receipts", str(paid.receipt), "In the books", "order_funds"]  # fmt: skip
    places = [words.find(one) for one in told]
    assert -1 not in places, list(zip(told, places, strict=True))
    assert boss.get("/payments/99999").status_code == 404


def test_an_order_is_told_across_people_money_and_messages(boss: Browser, paid: PaymentTransaction) -> None:
    words = boss.plain(f"/orders/{paid.order_id}")
    story = words[words.index("What happened") :]
    for told in ("money KES 499.00 payment Held for orders", "→ M-Pesa, the paybill", "delivered item",
                 "in the app", "in transit → delivered"):  # fmt: skip
        assert told in story, told
    assert "conversation" in words


@proves("DR-222")
def test_support_follows_an_order_but_does_not_read_the_books(
    boss: Browser, paid: PaymentTransaction, shop: Shop, db: Database
) -> None:
    db.run(lambda tx: setattr(users.get(tx, shop.cast.admin.id), "staff_scope", "support"))
    words = boss.plain(f"/orders/{paid.order_id}")
    assert "What happened" in words
    for hidden in ("Ledger", "Held for orders", "farmer_due"):
        assert hidden not in words, hidden
    assert "In the books" not in boss.plain(f"/payments/{paid.transaction_id}")


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_text_stays_text_in_every_story(
    boss: Browser, shop: Shop, db: Database, payload: str
) -> None:
    attempt = shop.attempt(shop.delivered_order())

    def spoil(tx: Tx) -> None:
        users.get(tx, shop.cast.customer.id).first_name = payload[:90]
        row = tx.session.get_one(PaymentTransaction, attempt.transaction_id)
        row.result_text, row.checkout_request_id = payload, payload

    db.run(spoil)
    rows: tuple[dict[str, Any], ...] = (
        {"kind": "sms", "request": {"text": payload, payload: payload}},
        {"kind": "ussd", "session": "s-1", "request": {"answer": "1"}, "reply": f"CON {payload}"},
        {"kind": "ussd", "session": "s-1", "request": {"answer": payload}, "reply": f"CON {payload}",
         "changed": [{"record": payload, "what": payload}]},
        {"kind": "ussd-event", "session": "s-1", "request": {"status": payload, "cost": payload,
                                                            "errorMessage": payload, "hopsCount": payload}},
        {"kind": "stk", "provider_id": payload, "request": {"Body": payload}, "error": payload},
    )  # fmt: skip
    ids = [log(db, **row).callback_id for row in rows]
    sent = boss.send(
        "/callbacks", "/callbacks/find", text=payload, session=payload, order=payload, receipt=payload
    )
    searched = sent.location.removeprefix("/admin")
    paths = (conversation(boss, CUSTOMER), f"/payments/{attempt.transaction_id}",
             f"/orders/{attempt.order_id}", "/dials/s-1", searched,
             *(f"/callbacks/{one}" for one in ids))  # fmt: skip
    for path in paths:
        html = boss.text(path)
        assert not (found := LIVE.search(html)), (path, found)
        assert not (found := HANDLER.search(re.sub('"[^"]*"', '""', html))), (path, found)


def test_the_pages_of_a_story_are_light(boss: Browser, shop: Shop, db: Database, clock: FixedClock) -> None:
    """Section 7: less than 150 kB a page, with all that it loads."""
    attempt = shop.attempt(shop.delivered_order())
    for number in range(70):
        clock.advance(seconds=1)
        log(db, kind="ussd", session=f"s{number}", request={"answer": "x" * 180}, reply="CON " + "y" * 180,
            order_id=attempt.order_id)  # fmt: skip
    files = sum(file.stat().st_size for file in (WEB / "static").glob("*.*"))
    for path in ("/callbacks", conversation(boss, CUSTOMER), f"/orders/{attempt.order_id}"):
        assert len(boss.get(path).data) + files < 150_000, path
