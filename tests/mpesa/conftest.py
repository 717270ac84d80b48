"""The counter of tests/orders, with Daraja behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses
from flask import Flask

from core.config import Config
from core.db import Database
from core.due_work import HANDLERS
from inbound.gateway import Gateway
from mpesa import callbacks, work
from tests.helpers import FixedClock
from tests.mpesa import certificate, samples
from tests.mpesa.counter import Counter, token_of
from tests.mpesa.office import Office
from tests.orders.conftest import shop
from tests.orders.shop import Shop

__all__ = ["shop"]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """All that paying out needs is set up; the calls go to the contract's sandbox, which is mocked."""
    return samples.config(
        mpesa_calls_per_second=10_000,
        mpesa_payout_shortcode="600992",
        mpesa_initiator_name="tundaapi",
        mpesa_initiator_password=certificate.PASSWORD,
        mpesa_certificate=certificate.kept(tmp_path),
    )


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def counter(
    db: Database, gateway: Gateway, shop: Shop, clock: FixedClock, net: responses.RequestsMock
) -> Counter:
    """An order of 5 kg tomatoes that waits for its money; nothing has been sent yet."""
    shop.publish()
    order = shop.order()
    app = Flask("mpesa")
    app.register_blueprint(callbacks.blueprint(gateway), url_prefix="/cb/<secret>")
    return Counter(
        db, shop, clock, app.test_client(), dict(work.duties(gateway)), net, order, token_of(shop, order)
    )


@pytest.fixture
def office(
    db: Database, gateway: Gateway, shop: Shop, clock: FixedClock, net: responses.RequestsMock
) -> Office:
    """Nothing has been sent yet."""
    app = Flask("mpesa")
    app.register_blueprint(callbacks.blueprint(gateway), url_prefix="/cb/<secret>")
    return Office(db, shop, clock, app.test_client(), {**HANDLERS, **work.duties(gateway)}, net)


@pytest.fixture
def started(office: Office) -> Office:
    """A payout of KSh 360 has started, and is not sent yet."""
    assert office.payout().status == "processing"
    return office
