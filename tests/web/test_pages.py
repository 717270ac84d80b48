"""Dials, orders, vehicles, messages and the day's worries, from a story that the core's verbs have played."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import duties
from core.audit.models import AuditRow
from core.db import Database, Tx
from core.deliveries import vehicles
from core.deliveries.models import DeliveryOffer, Vehicle
from core.errors import WrongState
from core.ledger.models import JournalEntry
from core.orders.models import Order
from core.outbox import failed, gate
from core.outbox.blacklist import REFUSED
from core.outbox.models import OutboxMessage
from core.traffic import service as traffic
from core.users.models import User
from inbound.gateway import Gateway
from tests.helpers import ADMIN, CALLBACK_SECRET, FARMER, RIDER, Cast, FixedClock
from tests.orders.shop import Shop
from tests.proving import proves
from tests.web.conftest import Browser
from ussd.hoplog import drain

DIAL = "ATUid_9f3c2b7a61"


def hop(db: Database, clock: FixedClock, answer: str, reply: str, **fields: Any) -> None:
    clock.advance(seconds=8)
    row = {
        "direction": "in", "kind": "ussd", "msisdn": FARMER, "session": DIAL, "verdict": "shown",
        "request": {"answer": answer, "screen": "x"}, "reply": reply,
    } | fields  # fmt: skip
    db.run(lambda tx: traffic.record(tx, **row))


def test_a_dial_reads_as_the_farmer_saw_it(browser: Browser, db: Database, clock: FixedClock) -> None:
    hop(db, clock, "", "CON Karibu Tunda\n1 Mkulima")
    hop(db, clock, "1", "CON Uko wadi gani?")
    hop(db, clock, "", "CON Uko wadi gani?", verdict="duplicate")
    hop(
        db,
        clock,
        "kin",
        "END Asante",
        verdict="applied",
        changed=[{"record": "user:1", "what": "registered"}],
    )
    hop(db, clock, "", "", kind="ussd-event", request={"status": "Success"}, verdict="stored")
    words = browser.plain(f"/dials/{DIAL}")
    assert "Session of 07******01" in words
    assert "3 screens in 32 s" in words
    story = ["Karibu Tunda 1 Mkulima", "answered 1", "8 s to answer", "Uko wadi gani?", "answered kin",
             "16 s to answer", "asked for 2 times", "Asante", "ended", "user:1: registered",
             "Success"]  # fmt: skip
    at = 0
    for part in story:
        assert part in words[at:], part
        at += words[at:].index(part)
    assert "CON" not in words
    assert "712000101" not in browser.text(f"/dials/{DIAL}")


def test_one_session_id_of_two_numbers_is_two_dials_and_said_so(
    browser: Browser, db: Database, clock: FixedClock
) -> None:
    hop(db, clock, "", "CON Karibu")
    hop(db, clock, "", "CON Karibu", msisdn="+254712999999")
    words = browser.plain(f"/dials/{DIAL}")
    assert "came from 2 numbers" in words
    assert "07******01" in words
    assert "07******99" in words


def test_an_order_shows_goods_money_delivery_and_everything_that_happened(
    boss: Browser, order: Order, shop: Shop
) -> None:
    words = boss.plain(f"/orders/{order.order_id}")
    assert f"{order.order_number} delivered" in words
    assert "Achieng 07******02" in words
    assert "Kangemi, Westlands" in words
    assert "5 kg 80.00 400.00" in words
    assert "Total KES 499.00" in words
    assert "rider gets KES 79.20" in words
    assert "TFO1" in words or "R00000" in words
    assert "farmer_due" in words
    assert "Sum 0.00" in words
    for step in ("new → pending payment", "pending payment → confirmed", "→ delivered"):
        assert step in words
    assert "to Achieng: Paid" in words


def test_an_orders_story_is_one_line_for_each_thing_in_the_order_of_cause(
    boss: Browser, order: Order, db: Database, clock: FixedClock
) -> None:
    """DR-1509, DR-1802: a text, its sending and its report are one line; what came in stands above what it
    did, though its row was written after."""

    def sent_and_logged(tx: Any) -> None:
        rows = tx.session.scalars(select(OutboxMessage).where(OutboxMessage.order_id == order.order_id)).all()
        for number, message in enumerate(rows):
            message.provider_id, message.status = f"AT-{number}", "delivered"
            about = {"provider_id": f"AT-{number}", "order_id": order.order_id, "cause": message.cause}
            traffic.record(tx, direction="out", kind="sms-send", verdict="accepted", **about)
            traffic.record(tx, direction="in", kind="sms-report", verdict="applied", **about)
        what = {"record": f"order:{order.order_id}", "what": "new -> pending_payment"}
        traffic.record(
            tx, direction="in", kind="sms", request={"text": "YES"}, changed=[what]
        ).at = order.created_at

    db.run(sent_and_logged)
    words = boss.plain(f"/orders/{order.order_id}")
    story = words[words.index("What happened") :]
    assert "SMS out" not in story
    assert "SMS report" not in story
    assert story.count("to Achieng: Paid") == 1
    assert story.count("delivered sending report") == story.count("SMS to ")
    assert story.index("SMS in YES") < story.index(f"order {order.order_id} new → pending payment Achieng by")
    assert "by M-Pesa's answer" in story


def test_who_has_no_first_name_is_called_by_the_role(boss: Browser, order: Order, db: Database) -> None:
    def forget(tx: Any) -> None:
        tx.session.get_one(User, order.customer_id).first_name = ""

    db.run(forget)
    words = boss.plain(f"/orders/{order.order_id}")
    assert "Customer customer 07******02" in words
    assert "SMS to customer: Paid" in words
    assert "customer 07******02" in boss.plain("/orders")


def test_what_a_callback_changed_leads_to_where_it_can_be_seen(
    boss: Browser, order: Order, shop: Shop, db: Database
) -> None:
    with db.read() as tx:
        entry = tx.session.scalars(select(JournalEntry).where(JournalEntry.kind == "payment")).one()
        offer = tx.session.scalars(select(DeliveryOffer)).one()
    noted = [
        f"payment:{shop.attempt(order).transaction_id}", f"delivery:{offer.delivery_id}",
        f"item:{shop.items(order)[0].order_item_id}", f"offer:{offer.offer_id}", f"ledger:{entry.entry_id}",
        "vehicle:1", "quote:1", "delivery:99999", "odd",
    ]  # fmt: skip
    row = db.run(
        lambda tx: traffic.record(
            tx, direction="in", kind="stk", changed=[{"record": name, "what": "new -> x"} for name in noted]
        )
    )
    html = boss.text(f"/callbacks/{row.callback_id}")
    assert f'<a href="/admin/payments/{shop.attempt(order).transaction_id}">{noted[0]}</a>' in html
    for name in noted[1:5]:
        assert f'<a href="/admin/orders/{order.order_id}">{name}</a>' in html, name
    assert '<a href="/admin/vehicles">vehicle:1</a>' in html
    for name in noted[6:]:
        assert f">{name}</a>" not in html
    assert f"ledger:{entry.entry_id} new → x KES 499.00" in boss.plain(f"/callbacks/{row.callback_id}")
    assert html.index("What it changed") < html.index(">Request<")


def test_orders_are_found_by_number_tail_status_and_phone(boss: Browser, order: Order) -> None:
    number = order.order_number
    for fields in ({"number": number.lower()}, {"number": number[-4:]}, {"number": number[3:]},
                   {"status": "delivered"}, {"phone": "0712000202"}):  # fmt: skip
        sent = boss.send("/orders", "/orders/find", **fields)
        assert number in boss.text(sent.location.removeprefix("/admin")), fields
    for fields in ({"number": "ZZZ9"}, {"status": "cancelled"}, {"phone": "0712000101"}):
        sent = boss.send("/orders", "/orders/find", **fields)
        assert number not in boss.text(sent.location.removeprefix("/admin")), fields


def test_the_log_is_found_by_an_orders_last_four(boss: Browser, order: Order, db: Database) -> None:
    db.run(lambda tx: traffic.record(tx, direction="in", kind="sms", order_id=order.order_id))
    sent = boss.send("/callbacks", "/callbacks/find", order=order.order_number[-4:].lower())
    assert order.order_number in boss.text(sent.location.removeprefix("/admin"))
    assert "SMS in" in boss.plain(f"/orders/{order.order_id}")


def test_messages_show_their_words_and_dots_for_the_code(boss: Browser, order: Order, db: Database) -> None:
    words = boss.plain("/messages")
    assert "Your code is ••••." in words
    with db.read() as tx:
        coded = tx.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "rider_and_code")).one()
    words = boss.plain(f"/messages/{coded.outbox_id}")
    assert "English" in words
    assert "Your code is ••••." in words


@proves("DR-1506")
def test_what_did_not_arrive_is_found_by_its_kind_and_sent_again(
    boss: Browser, order: Order, db: Database
) -> None:
    def lose(tx: Tx) -> int:
        row = tx.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "rider_and_code")).one()
        row.status, row.error, row.expires_at = "failed", "Rejected", tx.now
        return row.outbox_id

    lost = db.run(lose)
    kinds = boss.plain("/messages")
    assert re.search(r"Kind Waiting Sent Not arrived Segments .* codes \d+ 0 1 0 KES 0", kinds)
    found = boss.text("/messages?status=not+arrived")
    assert re.findall(r"/admin/messages/(\d+)", found) == [str(lost)]
    page, action = f"/messages/{lost}", f"/messages/{lost}/again"
    assert boss.send(page, action).location == f"/admin{page}?done=again"
    assert "It waits to be sent again." in boss.plain(f"{page}?done=again")
    assert "Send it again" not in boss.plain(page)
    with db.read() as tx:
        assert tx.session.get_one(OutboxMessage, lost).status == "queued"
        assert tx.session.scalars(select(AuditRow.record).where(AuditRow.what == "message.again")).one()


@proves("DR-1504")
def test_a_number_that_refuses_texts_is_not_sent_to_again_by_hand(
    boss: Browser, order: Order, db: Database, cast: Cast
) -> None:
    def refuse(tx: Tx) -> int:
        row = tx.session.scalars(select(OutboxMessage).where(OutboxMessage.code == "rider_and_code")).one()
        row.status, row.error = "failed", REFUSED
        return row.outbox_id

    lost = db.run(refuse)
    assert "Send it again" not in boss.plain(f"/messages/{lost}")
    with db.transaction() as tx, pytest.raises(WrongState):
        failed.again(tx, cast.admin.actor, outbox_id=lost)


def test_a_provider_that_does_not_answer_is_said_above_the_messages(
    boss: Browser, shop: Shop, db: Database
) -> None:
    assert "does not answer" not in boss.plain("/messages")
    db.run(lambda tx: [gate.returned(tx, provider="africastalking", served=[False] * gate.FAILURES)])
    assert "The provider does not answer" in boss.plain("/messages")


def every_page(browser: Browser) -> dict[str, str]:
    """The console as far as its links lead: address and words."""
    pages: dict[str, str] = {}
    found = ["/", "/callbacks/rows?after=0"]
    while found:
        path = found.pop()
        if path in pages or path.startswith("/static/"):
            continue
        pages[path] = browser.plain(path)
        links = re.findall(r'href="/admin(/[^"]*)"', browser.text(path))
        # A search for a sealed number or id is another address each time, and shows what is shown already.
        found += [unescape(link) for link in links if not re.search(r"[?&](who|ref)=", link)]
    return pages


def test_nowhere_on_the_console_can_a_delivery_code_or_a_whole_number_be_read(
    shop: Shop, gateway: Gateway, client: FlaskClient, sweep_until_idle: Callable[..., int]
) -> None:
    order = shop.assigned()
    shop.pick_up(order)
    code = shop.code(order)
    wrong = "0000" if code != "0000" else "1111"
    for number, text in enumerate((f"DONE {order.tail} {wrong}", f"DONE {order.tail} {code}", code)):
        fields = {
            "from": RIDER,
            "to": "20880",
            "text": text,
            "id": f"m{number}",
            "date": f"2025-06-24 06:30:0{number}",
        }
        assert client.post(f"/cb/{CALLBACK_SECRET}/sms", data=fields).status_code == 200
        hop = {"sessionId": f"s{number}", "phoneNumber": RIDER, "serviceCode": "*384*88632#", "text": ""}
        assert client.post(f"/cb/{CALLBACK_SECRET}/ussd", data=hop).status_code == 200
    sweep_until_idle(gateway.db, {kind: do for kind, do in duties(gateway).items() if kind != "stk_push"})
    drain(gateway)
    assert shop.fresh(order).order_status == "delivered"

    browser = Browser(client)
    browser.sign_in(ADMIN, "correct horse")
    pages = every_page(browser)

    assert {f"/orders/{order.order_id}", "/dials/s0"} <= pages.keys()
    assert len([path for path in pages if re.fullmatch(r"/callbacks/\d+", path)]) >= 3
    assert len([path for path in pages if re.fullmatch(r"/messages/\d+", path)]) >= 6
    for path, words in pages.items():
        # Its four digits may stand inside an id or a digest; a code stands alone.
        assert not re.search(rf"(?<![0-9a-zA-Z.,:]){code}(?![0-9a-zA-Z.,:])", words), path
        assert not re.search(r"(\+?254|\b0)712000\d{3}", words), path


@pytest.mark.parametrize(("choice", "status"), [("approve", "approved"), ("refuse", "refused")])
def test_a_vehicle_is_decided_with_the_button_beside_it_and_the_decision_is_audited(
    boss: Browser, shop: Shop, db: Database, choice: str, status: str
) -> None:
    njoroge = shop.person("+254712000505", "rider", "Kinoo", name="Njoroge")
    vehicle = db.run(
        lambda tx: vehicles.register(tx, njoroge.actor, vehicle_type="motorcycle", plate="KMGD 771A")
    )
    assert "Njoroge 07******05" in boss.plain("/")
    action = f"/vehicles/{vehicle.vehicle_id}/decision"
    sent = boss.send("/", action, decision=choice, **{"from": "today"})
    assert sent.location == f"/admin/?done={choice}"
    assert "The rider is told by SMS." in boss.plain(f"/?done={choice}")
    with db.read() as tx:
        assert tx.session.get_one(Vehicle, vehicle.vehicle_id).vehicle_status == status
        told = tx.session.scalars(select(AuditRow).where(AuditRow.record == f"vehicle:{vehicle.vehicle_id}"))
        assert [row.channel for row in told if row.user_id == shop.cast.admin.id] == ["web"]
    assert status in boss.plain("/vehicles")


def test_the_second_of_two_admins_is_told_that_it_is_decided(
    boss: Browser, shop: Shop, db: Database, new_browser: Callable[[], Browser]
) -> None:
    njoroge = shop.person("+254712000505", "rider", "Kinoo", name="Njoroge")
    vehicle = db.run(
        lambda tx: vehicles.register(tx, njoroge.actor, vehicle_type="motorcycle", plate="KMGD 771A")
    )
    action = f"/vehicles/{vehicle.vehicle_id}/decision"
    token = boss.token("/vehicles", action)
    boss.client.post(f"/admin{action}", data={"csrf": token, "decision": "approve"})
    late = boss.client.post(f"/admin{action}", data={"csrf": token, "decision": "refuse"})
    assert late.status_code == 409
    assert "Not possible any more" in late.text
    with db.read() as tx:
        assert tx.session.get_one(Vehicle, vehicle.vehicle_id).vehicle_status == "approved"


def test_a_decision_that_is_none_is_refused(boss: Browser, shop: Shop, db: Database) -> None:
    njoroge = shop.person("+254712000505", "rider", "Kinoo")
    vehicle = db.run(
        lambda tx: vehicles.register(tx, njoroge.actor, vehicle_type="motorcycle", plate="KMGD 771A")
    )
    sent = boss.send("/vehicles", f"/vehicles/{vehicle.vehicle_id}/decision", decision="perhaps")
    assert sent.status_code == 400
