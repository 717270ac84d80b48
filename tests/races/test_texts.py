"""Texts that arrive together: one effect for one text, one answer for one question (R9, DR-704, DR-1510)."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import Tx
from core.deliveries.models import Delivery, DeliveryOffer
from core.due_work import HANDLERS
from core.duties.sweep import sweep
from core.ledger.models import JournalEntry
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.questions.models import Question
from core.traffic.models import Callback
from inbound.gateway import Gateway
from sms import callback, work
from tests.helpers import CALLBACK_SECRET, CUSTOMER, RIDER, FixedClock
from tests.orders.shop import Shop
from tests.proving import proves
from tests.races.starting import at_once

FIFTY = 50
WORKERS = 6


class Line:
    """Posts texts and works on them, many at a time; nothing is sent."""

    def __init__(self, gateway: Gateway, clock: FixedClock) -> None:
        self.app = Flask("texts-at-once")
        self.app.register_blueprint(callback.blueprint(gateway), url_prefix="/cb/<secret>")
        self.gateway, self.clock = gateway, clock
        reading = {"read_sms": work.duties(gateway)["read_sms"]}
        self.handlers = {**HANDLERS, **reading, "send_sms": lambda db, duty: None}
        self.handlers["stk_push"] = self.handlers["send_sms"]

    def post(self, phone: str, text: str, identity: str) -> None:
        """One delivery of one text by the provider."""
        form = {
            "from": phone,
            "to": "20880",
            "text": text,
            "id": identity,
            "date": self.clock.now().strftime("%Y-%m-%d %H:%M:%S"),
        }
        answer = self.app.test_client().post(f"/cb/{CALLBACK_SECRET}/sms", data=form)
        assert answer.status_code == 200, answer.text

    def work(self) -> None:
        """Several workers sweep at the same moment, until nothing is due."""
        for _round in range(3):
            at_once([partial(sweep, self.gateway.db, self.handlers)] * WORKERS)
        while sweep(self.gateway.db, self.handlers):
            pass

    def text(self, phone: str, text: str, identity: str) -> None:
        """A text in peace."""
        self.clock.advance(seconds=2)
        self.post(phone, text, identity)
        while sweep(self.gateway.db, self.handlers):
            pass

    def count(self, table: type, **where: object) -> int:
        """How many rows there are."""

        def counted(tx: Tx) -> int:
            return tx.session.scalar(select(func.count()).select_from(table).filter_by(**where)) or 0

        return self.gateway.db.run(counted)


@pytest.fixture
def line(gateway: Gateway, clock: FixedClock) -> Line:
    return Line(gateway, clock)


@proves("DR-704")
def test_one_yes_delivered_fifty_times_at_once_is_one_order(shop: Shop, line: Line) -> None:
    shop.publish("50")
    line.text(CUSTOMER, "5kg tomatoes", "a")
    line.clock.advance(seconds=2)
    before = line.count(Callback, kind="sms")
    at_once([partial(line.post, CUSTOMER, "YES", "yes-1")] * FIFTY)
    assert line.count(Callback, kind="sms") == before + 1, "one row, however often it came"
    line.work()
    assert line.count(Order) == 1
    assert line.count(Question, kind="quote", outcome="yes") <= 1
    with line.gateway.db.read() as tx:
        row = tx.session.scalars(select(Callback).where(Callback.provider_id == "yes-1")).one()
        assert (row.repeats, row.verdict) == (FIFTY - 1, "applied")


@proves("DR-1510")
@pytest.mark.parametrize("words", [["YES"] * 8, ["YES", "NO"] * 4, ["YES", "5kg tomatoes"] * 4])
def test_answers_that_arrive_together_place_one_order_at_most(
    shop: Shop, line: Line, words: list[str]
) -> None:
    """Different texts of one phone, worked on by several workers at once."""
    shop.publish("50")
    line.text(CUSTOMER, "5kg tomatoes", "a")
    line.clock.advance(seconds=2)
    at_once([partial(line.post, CUSTOMER, word, f"m-{n}") for n, word in enumerate(words)])
    line.work()
    assert line.count(Order) <= (1 if "5kg tomatoes" not in words else 2)
    assert line.count(Callback, kind="sms", verdict="failed") == 0
    assert line.count(Callback, kind="sms", verdict="stored") == 0
    assert line.count(Question, open_for=CUSTOMER) <= 1


@proves("DR-1204", "DR-1205", "INV-10")
def test_a_riders_words_fifty_times_at_once_have_one_effect_each(shop: Shop, line: Line) -> None:
    shop.publish("50")
    order = shop.paid_order()
    shop.mark(order, "ready")
    shop.sweep()
    tail = order.order_number[-4:]
    line.clock.advance(seconds=2)
    for text, identity in ((f"ACCEPT {tail}", "r1"), (f"PICKED {tail}", "r2")):
        at_once([partial(line.post, RIDER, text, identity)] * FIFTY)
        line.work()
        line.clock.advance(seconds=2)
    wrong = "1234" if shop.code(order) != "1234" else "4321"
    at_once([partial(line.post, RIDER, f"DONE {tail} {wrong}", "r3")] * FIFTY)
    line.work()
    assert shop.delivery(order).code_attempts == 1, "one wrong code, however often it came"
    line.clock.advance(seconds=2)
    right = f"DONE {tail} {shop.code(order)}"
    at_once([partial(line.post, RIDER, right, f"r4-{n % 5}") for n in range(FIFTY)])
    line.work()
    assert line.count(Delivery, delivery_status="delivered") == 1
    assert line.count(DeliveryOffer, offer_status="accepted") == 1
    assert line.count(JournalEntry, kind="rider_earning") == 1
    assert line.count(OutboxMessage, msisdn=CUSTOMER, code="delivered") == 1
    assert line.count(Callback, kind="sms", verdict="failed") == 0
