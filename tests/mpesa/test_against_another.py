"""The client follows the contract, not our simulator: it works, unchanged, against another Daraja."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from core.config import Config
from core.db import Database
from core.due_work import HANDLERS
from core.orders import service as orders
from inbound.gateway import Gateway
from mpesa import callbacks, questions, register, work
from mpesa.client import Daraja
from tests import databases
from tests.helpers import FixedClock
from tests.mpesa import certificate, samples
from tests.mpesa.another_daraja import AnotherDaraja, served
from tests.mpesa.office import Office
from tests.orders.shop import Shop
from tests.payments.till import reference
from tests.proving import proves

PUSH, B2C, STATUS = "stkpush/v1/processrequest", "b2c/v3/paymentrequest", "transactionstatus/v1/query"
REVERSAL, BALANCE = "reversal/v1/request", "accountbalance/v1/query"


@pytest.fixture
def store(open_store: Callable[[str], databases.Store]) -> databases.Store:
    """SQLite alone: what is proved here is the wire."""
    store = open_store("sqlite")
    store.empty()
    return store


@pytest.fixture
def daraja() -> Iterator[AnotherDaraja]:
    with served() as daraja:
        yield daraja


@pytest.fixture
def config(daraja: AnotherDaraja, tmp_path: Path, redis: Redis) -> Config:
    pool = redis.connection_pool.connection_kwargs
    return samples.config(
        mpesa_calls_per_second=1000,
        mpesa_api_url=daraja.url,
        mpesa_payout_shortcode="600992",
        mpesa_initiator_name="tundaapi",
        mpesa_initiator_password=certificate.PASSWORD,
        mpesa_certificate=certificate.kept(tmp_path),
        redis_url=f"redis://{pool['host']}:{pool['port']}/{pool['db']}",
    )


class Town(Office):
    """The office, and what the other Daraja posts to it."""

    def __init__(self, *parts: Any, daraja: AnotherDaraja) -> None:
        super().__init__(*parts)
        self.daraja = daraja

    def posts(self) -> list[dict[str, Any]]:
        """All that is due is posted and worked on; what we answered."""
        answers = []
        while self.daraja.posts:
            address, body = self.daraja.posts.popleft()
            answer = self.post(address.partition("tunda.example")[2], body)
            assert answer.status_code == 200
            answers.append(answer.get_json())
            self.work()
        return answers


@pytest.fixture
def town(db: Database, gateway: Gateway, shop: Shop, clock: FixedClock, daraja: AnotherDaraja) -> Town:
    app = Flask("mpesa")
    app.register_blueprint(callbacks.blueprint(gateway), url_prefix="/cb/<secret>")
    handlers = {**HANDLERS, **work.duties(gateway)}
    return Town(db, shop, clock, app.test_client(), handlers, None, daraja=daraja)


@proves("DR-803")
@pytest.mark.parametrize("silent", [False, True], ids=["by callback", "by query"])
def test_a_request_is_paid(town: Town, silent: bool) -> None:
    town.daraja.silent = silent
    town.shop.publish()
    order = town.shop.order()
    town.work()
    town.posts()
    town.later(seconds=70)
    assert town.shop.fresh(order).order_status == "confirmed"
    attempt = town.shop.attempt(order)
    assert attempt.receipt_due is silent
    assert len(town.daraja.asked[PUSH]) == 1
    town.sound(order)


@proves("DR-809", "DR-807")
def test_she_pays_at_the_paybill(town: Town, config: Config) -> None:
    assert register.main([], config=config) == 0
    town.shop.publish()
    order = town.shop.order()
    town.shop.refuse_prompt(order)
    town.daraja.pays_at_the_paybill(f" {reference(order).lower()} ", int(order.amount_asked))
    validated, confirmed = town.posts()
    assert (validated["ResultCode"], confirmed["ResultCode"]) == ("0", 0)
    assert town.shop.fresh(order).order_status == "confirmed"
    town.daraja.pays_at_the_paybill("nobody", 70)
    refused, taken = town.posts()
    assert (refused["ResultCode"], taken["ResultCode"]) == ("C2B00012", 0)
    town.sound(order)


@proves("DR-1303")
@pytest.mark.parametrize("silent", [False, True], ids=["by its result", "by a status query"])
def test_a_payout_is_paid_once(town: Town, silent: bool) -> None:
    town.payout()
    town.daraja.silent = silent
    town.work()
    town.posts()
    if silent:
        town.later(minutes=1)
        town.posts()
        assert len(town.daraja.asked[STATUS]) == 1
    assert (town.one_payout.status, town.paid_out()) == ("paid", "360.00")
    assert town.one_payout.receipt in {row["receipt"] for row in town.daraja.sent.values()}
    town.later(hours=1)
    assert len(town.daraja.asked[B2C]) == 1
    town.sound()


def one_that_is_to_go_back(town: Town, config: Config) -> None:
    """She pays at the paybill for an order that has ended, from a number that nobody can read."""
    assert register.main([], config=config) == 0
    town.shop.publish()
    order = town.shop.order()
    town.shop.refuse_prompt(order)
    who = town.shop.cast.customer.actor
    town.db.run(lambda tx: orders.cancel(tx, who, order_id=order.order_id, reason="no"))
    simulated = {"ShortCode": int(config.mpesa_shortcode), "CommandID": "CustomerPayBillOnline",
                 "Amount": int(order.amount_asked), "Msisdn": 254708374149,
                 "BillRefNumber": reference(order)}  # fmt: skip
    line = Daraja(config, Redis.from_url(config.redis_url), town.db.parts.vault)
    assert line.call("/mpesa/c2b/v2/simulate", simulated).status == 200
    validated, confirmed, *_ = town.posts()
    assert (validated["ResultCode"], confirmed["ResultCode"]) == ("C2B00016", 0)


@proves("DR-807", "DR-821")
@pytest.mark.parametrize("silent", [False, True], ids=["by its result", "by a status query"])
def test_a_payment_goes_back_once(town: Town, config: Config, silent: bool) -> None:
    town.daraja.silent = silent
    one_that_is_to_go_back(town, config)
    town.work()
    town.posts()
    assert town.one_refund.status == ("sent" if silent else "completed")
    (receipt,) = town.daraja.came
    assert town.daraja.asked[REVERSAL][0]["TransactionID"] == receipt
    if silent:
        town.later(minutes=1)
        town.posts()
        assert len(town.daraja.asked[STATUS]) == 1
    assert town.one_refund.status == "completed"
    assert town.one_refund.reference == town.daraja.came[receipt]["reversed"]
    town.later(hours=1)
    assert len(town.daraja.asked[REVERSAL]) == 1
    town.sound()


@proves("DR-821")
def test_what_was_reversed_already_is_seen_to_be(town: Town, config: Config) -> None:
    town.daraja.undoes = True
    one_that_is_to_go_back(town, config)
    town.work()
    town.posts()
    (receipt,) = town.daraja.came
    assert [body["TransactionID"] for body in town.daraja.asked[STATUS]] == [receipt], "asked by its receipt"
    assert (town.one_refund.status, len(town.daraja.asked[REVERSAL])) == ("completed", 1)
    town.sound()


@proves("DR-1803")
@pytest.mark.parametrize(("utility", "low"), [("90000.00", False), ("12", True)])
def test_a_balance_is_asked_for(town: Town, config: Config, utility: str, low: bool) -> None:
    town.daraja.utility = utility
    town.db.run(lambda tx: questions.ask_float(config)(tx, 0))
    town.work()
    town.posts()
    assert {body["PartyA"] for body in town.daraja.asked[BALANCE]} == {"174379", "600992"}
    assert [request.status for request in town.requests("balance")] == ["told", "told"]
    assert (("float_low", "mpesa:payouts") in town.alarms()) is low
