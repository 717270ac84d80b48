"""People, tickets, the office's work, reviews and the audit trail: found, decided, and told."""

import pytest
from sqlalchemy import select, update

from core.alarms import service as alarms
from core.alarms.models import Alarm
from core.audit.models import AuditRow
from core.db import Database, Tx
from core.duties.models import Duty
from core.reviews import service as reviews
from core.support import service as support
from core.users import pins
from core.users.models import Pin, User
from tests.helpers import Cast
from tests.orders.shop import Shop
from tests.proving import proves
from tests.web.conftest import Browser


def done(db: Database) -> list[str]:
    with db.read() as tx:
        return list(tx.session.scalars(select(AuditRow.what).order_by(AuditRow.audit_id)))


@pytest.mark.parametrize("said", ["0712 000 202", "254712000202", "+254-712-000-202"])
def test_a_number_in_any_spelling_finds_its_person_and_stands_in_no_address(
    browser: Browser, cast: Cast, said: str
) -> None:
    sent = browser.send("/people", "/people/find", phone=said)
    assert "712000202" not in sent.headers["Location"]
    page = browser.plain(sent.headers["Location"].removeprefix("/admin"))
    assert "customer" in page
    assert "07******02" in page
    assert page.count("07******") == 1, "and nobody else"


def test_a_card_shows_what_she_does_and_takes_the_pin_away(
    browser: Browser, db: Database, cast: Cast
) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order = shop.delivered_order("a")
    for person, words in ((cast.customer, "Bought"), (cast.farmer, "Sold"), (cast.rider, "Carried")):
        page = browser.plain(f"/people/{person.id}")
        assert words in page
        assert order.order_number in page
    db.run(lambda tx: pins.choose(tx, cast.farmer.actor, pin="4821", again="4821"))
    card = f"/people/{cast.farmer.id}"
    assert "PIN set" in browser.plain(card)
    browser.send(card, card, decision="pin", reason="her phone was stolen")
    assert "PIN taken away, to be chosen anew" in browser.plain(card)
    with db.read() as tx:
        assert tx.session.get_one(Pin, cast.farmer.id).pin_hash is None
    assert "pin.reset" in done(db)
    assert "her phone was stolen" in browser.plain(f"/audit?record=user:{cast.farmer.id}")


@proves("DR-202")
def test_roles_agents_and_accounts_are_an_admins_affair(browser: Browser, db: Database, cast: Cast) -> None:
    card = f"/people/{cast.customer.id}"
    browser.send(card, card, decision="appoint", reason="x", cooperative="Kinoo Growers")
    assert "Kinoo Growers" in browser.plain(card)
    browser.send(card, card, decision="dismiss", reason="left")
    assert "Kinoo Growers, dismissed" in browser.plain(card)
    browser.send(card, card, decision="off", reason="asked us to")
    assert "account off" in browser.plain(card)
    browser.send(card, card, decision="on", reason="came back")
    assert browser.send(card, card, decision="role", role="queen", reason="x").status_code == 409
    browser.send(card, card, decision="role", role="rider", reason="bought a boda")
    with db.read() as tx:
        user = tx.session.get_one(User, cast.customer.id)
        assert (user.user_role, user.is_active) == ("rider", True)
    assert browser.get("/people/999999").status_code == 404


@proves("DR-1602")
def test_a_ticket_is_answered_and_she_is_told(browser: Browser, db: Database, cast: Cast) -> None:
    shop = Shop(db, cast)
    words = "My tomatoes <b>never</b> came, call 0722 123 456"
    ticket = db.run(lambda tx: support.ask(tx, cast.customer.actor, text=words)).ticket_id
    listed = browser.text("/tickets")
    assert "&lt;b&gt;never" in listed
    assert "0722 123 456" not in listed
    page = f"/tickets/{ticket}"
    browser.send(page, page, decision="priority", priority="urgent", text="")
    browser.send(
        page, page, decision="answer", priority="urgent", text="The rider is on his way, 20 minutes."
    )
    assert "urgent" in browser.plain("/tickets?status=waiting_user")
    browser.send(page, page, decision="resolve", priority="urgent", text="")
    assert "None." in browser.plain("/tickets")
    assert f"{ticket}" in browser.plain("/tickets?status=resolved")
    assert [text for text in shop.texts(cast.customer) if "support" in text or "ticket" in text]


def park(tx: Tx) -> int:
    duty = Duty(
        kind="send_sms", subject_id=7, key="t", due_at=tx.now, status="parked", attempts=9,
        error="it would not", created_at=tx.now,
    )  # fmt: skip
    tx.session.add(duty)
    tx.flush()
    return duty.duty_id


def test_the_office_clears_alarms_and_tries_work_again(browser: Browser, db: Database) -> None:
    duty_id = db.run(park)
    db.run(lambda tx: alarms.raise_alarm(tx, "parked_work", "send_sms", duty_id=duty_id))
    page = browser.plain("/office")
    assert "it would not" in page
    with db.read() as tx:
        alarm = tx.session.scalars(select(Alarm.alarm_id)).one()
    browser.send("/office", f"/office/alarm/{alarm}", decision="clear", reason="mended")
    browser.send("/office", f"/office/work/{duty_id}", decision="retry", reason="mended")
    page = browser.plain("/office")
    assert "None is open." in page
    assert "it would not" not in page
    with db.read() as tx:
        assert tx.session.get_one(Duty, duty_id).status == "due"
    assert {"alarm.clear", "work.retry"} <= set(done(db))


@proves("DR-1402")
def test_a_review_is_hidden_with_a_reason_and_shown_again(browser: Browser, db: Database, cast: Cast) -> None:
    shop = Shop(db, cast)
    shop.publish()
    order = shop.delivered_order("a")
    (review, *_rest) = db.run(
        lambda tx: reviews.rate_order(
            tx, cast.customer.actor, order_id=order.order_id, stars=1, text="Bad words"
        )
    )
    act = f"/office/review/{review.review_id}"
    assert "Bad words" in browser.plain("/reviews")
    browser.send("/reviews", act, decision="hide", reason="it names a neighbour")
    assert "it names a neighbour" in browser.plain("/reviews")
    assert browser.send("/reviews", act, decision="show", reason=" ").status_code == 409
    browser.send("/reviews", act, decision="show", reason="it does not, after all")
    assert "hidden" not in browser.plain("/reviews").split("Bad words")[0].split("1 of 5")[-1]


def test_support_sees_people_and_tickets_but_no_audit(browser: Browser, db: Database) -> None:
    scope = update(User).where(User.user_role == "admin").values(staff_scope="support")
    db.run(lambda tx: tx.session.execute(scope))
    assert browser.get("/people").status_code == 200
    assert browser.get("/tickets").status_code == 200
    assert browser.get("/audit").status_code == 409
