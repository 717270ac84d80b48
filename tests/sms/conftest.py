"""A desk with phones for the SMS tests: text in, what is answered, what the provider was handed."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
import responses
from flask import Flask
from sqlalchemy import inspect, select

from core.db import Database, Tx
from core.due_work import HANDLERS
from core.duties.service import Handler
from core.duties.sweep import sweep
from core.listings import service as listings
from core.outbox.models import OutboxMessage
from core.users import service as users
from core.users.models import User
from inbound.gateway import Gateway
from sms import callback, work
from tests.helpers import CALLBACK_SECRET, Cast, FixedClock, farm_id

if TYPE_CHECKING:
    from flask.testing import FlaskClient

API = "http://127.0.0.1:9/version1/messaging"
SHORT_CODE = "20880"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The switch that writes transcripts anew."""
    with suppress(ValueError):  # the menus have transcripts as well
        parser.addoption("--rewrite-transcripts", action="store_true", help="write them as they are now")


@dataclass
class Desk:
    """Everything of the channel but the network: posts texts, does the work, reads what went out."""

    gateway: Gateway
    client: "FlaskClient"
    clock: FixedClock
    mock: responses.RequestsMock
    sent: list[dict[str, str]] = field(default_factory=list)
    count: int = 0

    @property
    def db(self) -> Database:
        return self.gateway.db

    @cached_property
    def handlers(self) -> dict[str, Handler]:
        return {**HANDLERS, **work.duties(self.gateway), "stk_push": lambda db, duty: None}

    def post(self, path: str, form: dict[str, Any]) -> Any:
        """One callback, as the provider makes it."""
        return self.client.post(f"/cb/{CALLBACK_SECRET}/{path}", data=form)

    def receive(self, phone: str, text: str, **fields: Any) -> Any:
        """Hand in a text, without working on it."""
        self.count += 1
        form = {
            "from": phone,
            "to": SHORT_CODE,
            "text": text,
            "id": f"mo-{self.count}",
            "linkId": "",
            "date": self.clock.now().strftime("%Y-%m-%d %H:%M:%S"),
            "networkCode": "63902",
        }
        return self.post("sms", form | fields)

    def work(self) -> None:
        """Do all that is due, of the core and of this channel."""
        for _round in range(50):
            if not sweep(self.db, self.handlers):
                return
        raise AssertionError("due work never ends")

    def text(self, phone: str, text: str, **fields: Any) -> str:
        """Text something; what that phone is texted back, one message a line, "" for nothing."""
        self.work()  # whatever the morning's news were
        self.clock.advance(seconds=2)
        before = len(self.sent)
        assert self.receive(phone, text, **fields).status_code == 200
        self.work()
        return "\n".join(m["message"] for m in self.sent[before:] if m["to"] == phone)

    def look(self, table: type, /, **where: Any) -> list[Any]:
        """Rows of a table, oldest first."""
        with self.db.read() as tx:
            oldest: Any = select(table).filter_by(**where).order_by(*inspect(table).primary_key)
            rows: list[Any] = list(tx.session.scalars(oldest))
            tx.session.expunge_all()
        return rows

    def user(self, phone: str) -> User | None:
        with self.db.read() as tx:
            return users.find(tx, phone)

    def outbox(self, phone: str) -> list[OutboxMessage]:
        return self.look(OutboxMessage, msisdn=phone)


def accepted(to: str, number: int) -> str:
    """The provider's answer to an SMS it took."""
    recipient = {
        "cost": "KES 0.8000",
        "messageId": f"ATXid_{number:032x}",
        "number": to,
        "status": "Success",
        "statusCode": 102,
    }
    message = "Sent to 1/1 Total Cost: KES 0.8000 Message parts: 1"
    return json.dumps({"SMSMessageData": {"Message": message, "Recipients": [recipient]}})


@pytest.fixture
def provider() -> Iterator[responses.RequestsMock]:
    """The network, with nothing behind it until a test says so."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def desk(gateway: Gateway, clock: FixedClock, provider: responses.RequestsMock) -> Desk:
    """A desk whose provider takes every SMS."""
    app = Flask("sms-tests")
    app.register_blueprint(callback.blueprint(gateway), url_prefix="/cb/<secret>")
    app.testing = True
    desk = Desk(gateway, app.test_client(), clock, provider)

    def take(request: Any) -> tuple[int, dict[str, str], str]:
        form = {name: values[0] for name, values in parse_qs(request.body).items()}
        desk.sent.append(form)
        return 201, {"Content-Type": "application/json"}, accepted(form["to"], len(desk.sent))

    provider.add_callback(responses.POST, API, callback=take, content_type="application/json")
    return desk


def sell(
    db: Database, cast: Cast, slug: str, quantity: str, price: str, unit: str = "kg", least: str = "1"
) -> int:
    """The farmer of the cast offers something; the listing's id."""
    from decimal import Decimal

    def work(tx: Tx) -> int:
        product = tx.parts.products.by_slug(slug)
        listing = listings.publish(
            tx,
            cast.farmer.actor,
            farm_id=farm_id(tx, cast.farmer.actor),
            product_id=product.product_id,
            unit=unit,
            quantity=Decimal(quantity),
            price=Decimal(price),
            min_order_quantity=Decimal(least),
            price_confirmed=True,
        )
        return listing.listing_id

    return db.run(work)


@pytest.fixture
def market(desk: Desk, cast: Cast) -> Desk:
    """50 kg of tomatoes at KSh 80 in Kinoo, and nothing else."""
    sell(desk.db, cast, "tomatoes", "50", "80")
    desk.work()
    desk.sent.clear()
    return desk


def later(moment: datetime) -> str:
    """A callback's date."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
