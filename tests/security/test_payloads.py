"""Words that are code elsewhere, put in by every door that people write through, and looked for wherever they
come back: other people's phones, the console, the log (S4, S10)."""

import csv
import io
import json
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from email.message import EmailMessage as Email
from html import unescape
from html.parser import HTMLParser
from itertools import cycle

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core.books import statements
from core.clock import nairobi_date
from core.db import Base, Tx
from core.orders import quotes
from core.orders.models import Order
from core.outbox import emails
from core.outbox.models import EmailMessage
from core.payment_methods import service as methods
from core.support import service as support
from core.support.models import Ticket
from core.traffic.models import Callback
from core.users import profile
from core.users.errors import EmailWrong
from core.users.models import User
from locales.gsm import is_basic, measure
from mail import letters
from tests.databases import Store
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.keypad.legal import faults_of
from tests.orders.shop import Shop
from tests.payments import till
from tests.sms.conftest import Desk, desk, provider
from tests.ussd.phone import UssdPhone
from tests.web.conftest import Browser, admin, browser, console_app, visitor
from web import sheets

__all__ = ["admin", "browser", "console_app", "desk", "provider", "visitor"]
NEWCOMER, BY_BANK = "+254712000919", "+254712000929"
ADDRESS = "buyer@example.com"
MARK = "zqx"  # by which the words are known again, whatever became of the rest
PAYLOADS = {
    "sql": "'; DROP TABLE users; -- zqx",
    "html": "zqx <script>alert(1)</script> \" onmouseover=\"alert(1)' onfocus='x",
    "formula": '=HYPERLINK("http://x","zqx")',
    "line": "zqx\r\nBcc: all@example.com\r\n\r\n\t=one+one",
    "format": "zqx %s %(x)s {0} {dial} {name.__class__} ${1337*1337} {{1337*1337}} {% raw %}",
    "invisible": "zqx\x00one\x08two\x1b[mthree\x7f \u202eseotamot\u202c \u2066x\u2069",
    "cells": "+1+1 zqx",
}
# How a cell of a sheet begins that is worked out when it is opened: each door gets another.
CELLS = ("+1+1 zqx", "@SUM(1+1) zqx", "-2+3|zqx", "\tzqx=1", "\rzqx=1", "=1+1 zqx")
INVISIBLE = re.compile("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
WORKED_OUT = ("1787569", "<class", "*384*88632# zqx")
# Where all of them are kept; the names of farms and new products are refused some of their signs at the door.
KEPT = {
    "claims.reason", "locations.landmark", "messages.body", "order_events.reason", "outbox.values",
    "reviews.text", "ticket_entries.text",
}  # fmt: skip
# On the keypad: who, and what is pressed or (PAYLOAD) written from home on.
PAYLOAD = "{words}"
TYPED = {
    "farm's name": (FARMER, "My farms", "Change it", "Its name", PAYLOAD),
    "farm's door": (FARMER, "My farms", "Change it", "Landmark", PAYLOAD),
    "new product": (FARMER, "Sell", PAYLOAD, "added"),
    "ticket": (FARMER, "More", "Support", "Ask us", "Something else", PAYLOAD),
    "message": (FARMER, "More", "Support", "Write to", "1 ", "1 ", "Write", PAYLOAD),
    "place's door": (CUSTOMER, "My places", "1 ", "Landmark", PAYLOAD),
    "place's name": (CUSTOMER, "My places", "1 ", "Its name", PAYLOAD),
    "review": (CUSTOMER, "Give stars", "Bad", "Say why", PAYLOAD),
    "followed": (CUSTOMER, "More", "Follow", PAYLOAD),
    "new person": (NEWCOMER, "A buyer", "Kinoo", "1 ", PAYLOAD, "Yes, I agree"),
    "changed name": (FARMER, "More", "My account", "My name", "Correct the first", PAYLOAD, "=2739", "=2739"),
    "no supply": (FARMER, "Orders", "I have none", "Another reason", PAYLOAD, "Yes"),
}
TEXTED = (
    (CUSTOMER, "HELP {words}"),
    (CUSTOMER, "MSG {order} {words}"),
    (RIDER, "HELP {words}"),
    (CUSTOMER, "PLACE Kangemi, {words}"),
    (CUSTOMER, "COMPLAIN {done} {words}"),
    (FARMER, "SELL {words} 20kg @80"),
    (RIDER, "FAILED {order} {words}"),
    (RIDER, "VEHICLE {words}"),
    (NEWCOMER, "{words}"),
)
# What everybody reads afterwards.
READ = (
    (FARMER, "More", "Ratings"),
    (FARMER, "More", "Support", "Write to"),
    (FARMER, "News"),
    (FARMER, "My farms"),
    (CUSTOMER, "My places"),
    (CUSTOMER, "My orders", "1 "),
    (CUSTOMER, "More", "Support"),
    (RIDER, "My route"),
    (RIDER, "News"),
)


@pytest.fixture
def store(open_store: Callable[[str], Store]) -> Store:
    """What both databases keep of a text is proved in tests/sms/test_callbacks.py; here it is many."""
    opened = open_store("sqlite")
    opened.empty()
    return opened


class Phones:
    """Everybody's keypads; keeps each screen that was shown."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.shown: list[str] = []

    def go(self, msisdn: str, *steps: str, words: str = "") -> None:
        """From home: press the option whose line has these letters, or write the words. It ends where a
        door does not take them."""
        phone = UssdPhone(self.client, msisdn)
        self.shown.append(phone.dial())
        for label, key in (("2 Start again", "2"), ("8 English", "8"), ("00 Home", "00")):
            if label in phone.screen:
                self.shown.append(phone.answer(key))
        if phone.screen.endswith("0 Back"):
            self.shown.append(phone.answer("0"))
        for step in steps:
            key = words if step == PAYLOAD else self.key(phone, step)
            if step == "Kinoo" or step.startswith("="):  # what she writes herself: a place, a PIN
                key = step.removeprefix("=")
            if not key:
                return
            self.shown.append(phone.answer(key))

    def key(self, phone: UssdPhone, label: str) -> str:
        """The key of the option on this screen or one of its next pages."""
        for _page in range(9):
            found = re.search(rf"^(?=.*{re.escape(label)})(\d+) ", phone.screen, re.M)
            if found:
                return found[1]
            if "\n98 " not in phone.screen:
                return ""
            self.shown.append(phone.answer("98"))
        return ""


@pytest.mark.parametrize("payload", PAYLOADS)
def test_they_are_harmless_wherever_they_come_back(
    client: FlaskClient, desk: Desk, cast: Cast, browser: Browser, payload: str,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    doors = cycle(CELLS if payload == "cells" else [PAYLOADS[payload]])
    with desk.db.engine.begin() as connection:
        connection.execute(update(User).values(preferred_language="en"))
        connection.execute(
            update(User).where(User.phone_number == CUSTOMER).values(email="buyer@example.com")
        )
    shop, phones = Shop(desk.db, cast), Phones(client)
    shop.publish()
    done, order = shop.delivered_order(), shop.paid_order(key="sms-2")
    other = shop.person(BY_BANK, "customer", "Kinoo")
    line = quotes.Line(shop.product(), Decimal(2), "kg")
    by_bank = shop.accept(shop.quote_lines(line, customer=other), "sms-3", other.actor, methods.BANK)
    till.typed(shop, next(doors), "70.00", "UA00000009")
    for who, *steps in TYPED.values():
        phones.go(who, *steps, words=next(doors))
    for phone, text in TEXTED:
        said = text.replace("{order}", order.tail).replace("{done}", done.tail)
        desk.text(phone, said.replace("{words}", next(doors)))
    entered = browser.send(
        "/money/bank", "/money/bank/enter", order=by_bank.order_number, reference=next(doors), amount="10.00",
        paid_on=nairobi_date(desk.clock.now()).isoformat(),
    )  # fmt: skip
    assert entered.status_code in (303, 400, 409)
    with pytest.raises(EmailWrong):
        profile.update(desk.db, replace(cast.customer.actor, channel="web"), changes={"email": next(doors)})
    answered(shop, next(doors))
    for who, *steps in READ:
        phones.go(who, *steps)
    desk.work()

    kept = kept_by(desk)
    assert set(kept) >= KEPT, "the doors let words in, or nothing is proved here"
    for where, values in kept.items():
        assert [text for text in values if INVISIBLE.search(text)] == [], where
    for screen in phones.shown:
        assert faults_of(screen) == [], screen
        assert [said for said in WORKED_OUT if said in screen] == []
    texts = [message["message"] for message in desk.sent]
    assert [text for text in texts if MARK in text] != [], "somebody was texted of it"
    for text in texts:
        assert is_basic(text), text
        assert measure(text).segments <= 4, text
        assert [said for said in WORKED_OUT if said in text] == []
    assert [row.request for row in desk.look(Callback) if row.verdict == "failed"] == []
    assert len(desk.look(Order)) == 3

    pages = pages_of(browser)
    assert sum(MARK in html for html in pages.values()) >= 3, "the console shows them"
    for page, html in pages.items():
        assert scripts_in(html) == [], page
        assert [said for said in WORKED_OUT if said in html] == [], page
    for sheet in sheets_of(shop):
        for row in csv.reader(io.StringIO(sheet)):
            assert [cell for cell in row if re.match(r"[=+@\t\r\n]|-(?!\d+\.\d\d$)", cell)] == []
    for letter in letters_of(desk):
        assert letter.get_all("Bcc") is None
        assert [value for value in letter.values() if "\n" in str(value)] == []
        assert [len(letter.get_all(name) or []) for name in ("To", "From", "Subject")] == [1, 1, 1]
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("tunda")]
    assert [line for line in lines if MARK in line or "\n" in line or "\x1b" in line] == []


def answered(shop: Shop, words: str) -> None:
    """Our people answer the customer's questions, and she has a copy by e-mail."""

    def work(tx: Tx) -> None:
        for ticket in tx.session.scalars(select(Ticket).where(Ticket.user_id == shop.cast.customer.id)):
            support.write(tx, shop.cast.admin.actor, ticket_id=ticket.ticket_id, text=words)

    shop.db.run(work)


def letters_of(desk: Desk) -> list[Email]:
    """Every copy by e-mail that waits, as it would be handed to the server; at least one holds the words."""
    copies = desk.look(EmailMessage)
    assert [copy for copy in copies if MARK in str(copy.values)] != []
    return [
        letters.written(
            desk.gateway.voice,
            emails.Letter(
                copy.email_id, ADDRESS, "en", copy.code, copy.values, copy.once_key, copy.created_at
            ),
            sender="oda@tunda.ke", dial="*384*88632#",
        )
        for copy in copies
    ]  # fmt: skip


def kept_by(desk: Desk) -> dict[str, list[str]]:
    """What the tables keep of the words, by column; all but the callback log, which keeps what came."""
    found: dict[str, list[str]] = {}
    with desk.db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    if table.name != "callback_log" and MARK in str(value):
                        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                        found.setdefault(f"{table.name}.{column}", []).append(text)
    return found


def pages_of(browser: Browser) -> dict[str, str]:
    """Every page of the console that can be reached from its first, by following links."""
    found: dict[str, str] = {}
    todo = ["/"]
    while todo and len(found) < 150:
        page = todo.pop(0)
        if page in found:
            continue
        response = browser.get(page)
        found[page] = response.text if response.mimetype == "text/html" else ""
        assert response.status_code < 500, page
        links = [unescape(link) for link in re.findall(r'<a [^>]*href="/admin(/[^"#]*)"', found[page])]
        todo += [link for link in links if link not in found]
    return found


class Tags(HTMLParser):
    """What a browser would run of a page: scripts without a file, and attributes that are code."""

    def __init__(self) -> None:
        super().__init__()
        self.run: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag with its attributes, as a browser reads them."""
        given = dict(attrs)
        self.run += [f"{tag} {name}" for name in given if name.startswith("on")]
        if tag == "script" and "src" not in given:
            self.run.append(tag)


def scripts_in(html: str) -> list[str]:
    """Code that stands in the page itself: the console has none of its own."""
    tags = Tags()
    tags.feed(html)
    return tags.run


def sheets_of(shop: Shop) -> list[str]:
    """Every export there is as CSV: a person's statement, and the day's."""
    admin = shop.cast.admin.actor
    with shop.db.read() as tx:
        day = nairobi_date(tx.now)
        made = [
            statements.of_person(tx, admin, user_id=person.id, first=day, last=day)
            for person in (shop.cast.farmer, shop.cast.customer, shop.cast.rider)
        ]
        made.append(statements.of_day(tx, admin, day=day))
        return [sheets.of_statement(one) for one in made]
