"""The orders of arrival of tests/arrival/test_payments.py once more, over HTTP (R13, INV-10).

Here what is heard comes to our own addresses, is stored, answered, and worked on by the worker's duties. In
`make test` some of the orders are played: every three happenings in every order they can come in. With
ARRIVALS=all (`make soak`) all of them are.
"""

from collections.abc import Callable
from typing import Any

import pytest
import responses
from flask import Flask

from core.config import Config
from core.due_work import HANDLERS
from core.orders.models import Order
from inbound.gateway import Gateway
from mpesa import callbacks, work
from mpesa.client import Daraja
from tests.arrival.orders_of import Table
from tests.arrival.test_payments import (
    AT_THE_BANK,
    AT_THE_DOOR,
    BY_TWO,
    CASES,
    Case,
    at_the_bank,
    at_the_door,
    happenings,
    possible,
)
from tests.arrival.wired import HEARD, WiredOrder, played
from tests.helpers import Cast
from tests.mpesa import samples
from tests.mpesa.counter import token_of
from tests.orders.shop import Shop
from tests.proving import proves

Wire = Callable[..., WiredOrder]
ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def config() -> Config:
    return samples.config(mpesa_calls_per_second=10_000)


@pytest.fixture
def wired(table: Table, gateway: Gateway) -> Any:
    """Puts an order behind our real addresses; the prompt of one that has one leaves the house."""
    app = Flask("mpesa")
    app.register_blueprint(callbacks.blueprint(gateway), url_prefix="/cb/<secret>")
    mine = work.duties(gateway)
    handlers = {**HANDLERS, **{kind: mine[kind] for kind in HEARD}}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as net:

        def wire(shop: Shop, order: Order, *, by_prompt: bool = True) -> WiredOrder:
            token = token_of(shop, order) if by_prompt else ""
            one = WiredOrder(shop, table, order, app.test_client(), handlers, net, token)
            if by_prompt:
                one.leave(Daraja(gateway.config, gateway.redis, gateway.parts.vault))
            return one

        yield wire


@proves("INV-10", "DR-803", "DR-804", "DR-806")
@ONLY_SQLITE
@pytest.mark.parametrize("name", CASES)
def test_over_http_it_is_the_same(shop: Shop, wired: Wire, name: str) -> None:
    shop.publish()
    as_allowed(wired(shop, shop.order()), name, CASES[name])


@proves("INV-10", "DR-813", "DR-811", "DR-804")
@ONLY_SQLITE
@pytest.mark.parametrize("name", AT_THE_BANK | BY_TWO)
def test_a_transfer_and_what_comes_over_http(shop: Shop, wired: Wire, name: str) -> None:
    one = wired(shop, at_the_bank(shop, name), by_prompt=False)
    as_allowed(one, name, (AT_THE_BANK | BY_TWO)[name], of=2)


@proves("INV-10", "DR-902", "DR-810")
@ONLY_SQLITE
@pytest.mark.parametrize("name", AT_THE_DOOR)
def test_at_the_door_over_http(shop: Shop, cast: Cast, wired: Wire, name: str) -> None:
    as_allowed(wired(*at_the_door(shop, cast)), name, AT_THE_DOOR[name], of=2)


def as_allowed(one: WiredOrder, name: str, case: Case, *, of: int = 3) -> None:
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
        of=of,
    )
