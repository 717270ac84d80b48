"""The orders of arrival of tests/arrival/test_payments.py once more, over HTTP (R13, INV-10).

Here what is heard comes to our own addresses, is stored, answered, and worked on by the worker's duties. In
`make test` some of the orders are played: every three happenings in every order they can come in. With
ARRIVALS=all (`make soak`) all of them are.
"""

from typing import Any

import pytest
import responses
from flask import Flask

from core.config import Config
from core.due_work import HANDLERS
from inbound.gateway import Gateway
from mpesa import callbacks, work
from mpesa.client import Daraja
from tests.arrival.orders_of import Table
from tests.arrival.test_payments import CASES, happenings, possible
from tests.arrival.wired import HEARD, WiredOrder, played
from tests.mpesa import samples
from tests.mpesa.counter import token_of
from tests.orders.shop import Shop
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def config() -> Config:
    return samples.config(mpesa_calls_per_second=10_000)


@pytest.fixture
def one(shop: Shop, table: Table, gateway: Gateway) -> Any:
    shop.publish()
    order = shop.order()
    app = Flask("mpesa")
    app.register_blueprint(callbacks.blueprint(gateway), url_prefix="/cb/<secret>")
    mine = work.duties(gateway)
    handlers = {**HANDLERS, **{kind: mine[kind] for kind in HEARD}}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as net:
        one = WiredOrder(shop, table, order, app.test_client(), handlers, net, token_of(shop, order))
        one.leave(Daraja(gateway.config, gateway.redis, gateway.parts.vault))
        yield one


@proves("INV-10", "DR-803", "DR-804", "DR-806")
@ONLY_SQLITE
@pytest.mark.parametrize("name", CASES)
def test_over_http_it_is_the_same(one: WiredOrder, name: str) -> None:
    case = CASES[name]
    played(
        one.table,
        case.news,
        lambda names: happenings(one, *names),
        possible,
        after_each=one.sound,
        end=one.end,
        ends=case.ends,
        orders=case.orders,
        seed=name,
    )
