"""Our side and the simulator's, over real HTTP: both follow the contract, neither the other."""

import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from pydantic import SecretStr
from redis import Redis
from werkzeug.serving import make_server

from core.config import Config
from core.db import Database
from core.due_work import HANDLERS
from core.orders import service as orders
from inbound.gateway import Gateway
from mpesa import callbacks, questions, register, sending, work
from mpesa.client import Daraja
from mpesa.pace import Pace
from simulator.app import serve
from simulator.settings import Settings
from tests import databases
from tests.helpers import CALLBACK_SECRET, FixedClock
from tests.mpesa import certificate, samples
from tests.mpesa.office import Office
from tests.orders.shop import Shop
from tests.payments.till import reference, refunds
from tests.proving import proves

PASSWORD = certificate.PASSWORD
QUICK = {"result_seconds": 0.02, "c2b_seconds": 0.02, "callback_seconds": 0.02, "prompt_delay_seconds": 0.02}


@pytest.fixture
def store(open_store: Callable[[str], databases.Store]) -> databases.Store:
    """SQLite alone: what is proved here is the wire."""
    store = open_store("sqlite")
    store.empty()
    return store


@pytest.fixture
def doors() -> Iterator[tuple[Any, Flask]]:
    """The gateway's callbacks on a free port; the app gets its routes later."""
    app = Flask("mpesa")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    yield server, app
    server.shutdown()


@pytest.fixture
def simulator(doors: tuple[Any, Flask], tmp_path: Path) -> Iterator[str]:
    """A running simulator; its address."""
    server = serve(
        Settings(
            callback_secret=CALLBACK_SECRET,
            gateway_url=f"http://127.0.0.1:{doors[0].server_port}",
            port=0,
            mpesa_consumer_key="demo_key",
            mpesa_consumer_secret="demo_secret",
            mpesa_passkey=samples.PASSKEY,
            mpesa_initiator_name="tundaapi",
            mpesa_initiator_password=PASSWORD,
            certificate_file=tmp_path / "simulator.pem",
        )
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    requests.post(f"{url}/control/knobs", json=QUICK, timeout=10).raise_for_status()
    yield url
    server.shutdown()


@pytest.fixture
def config(simulator: str, doors: tuple[Any, Flask], tmp_path: Path, redis: Redis) -> Config:
    pool = redis.connection_pool.connection_kwargs
    return samples.config(
        mpesa_calls_per_second=1000,
        mpesa_api_url=simulator,
        public_url=f"http://127.0.0.1:{doors[0].server_port}",
        mpesa_initiator_name="tundaapi",
        mpesa_initiator_password=PASSWORD,
        mpesa_certificate=str(tmp_path / "simulator.pem"),
        redis_url=f"redis://{pool['host']}:{pool['port']}/{pool['db']}",
    )


@pytest.fixture
def town(
    db: Database, gateway: Gateway, shop: Shop, clock: FixedClock, doors: tuple[Any, Flask], simulator: str
) -> "Town":
    """The office, with real calls in both directions."""
    server, app = doors
    app.register_blueprint(callbacks.blueprint(gateway), url_prefix="/cb/<secret>")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return Town(
        db,
        shop,
        clock,
        app.test_client(),
        {**HANDLERS, **work.duties(gateway)},
        None,
        url=simulator,
    )


class Town(Office):
    """As the office; the simulator says what happens on M-Pesa's side."""

    def __init__(self, *parts: Any, url: str) -> None:
        super().__init__(*parts)
        self.url = url

    def control(self, path: str, **body: Any) -> Any:
        answer = requests.post(f"{self.url}/control{path}", json=body, timeout=10)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def until(self, right: Callable[[], object], seconds: float = 8) -> None:
        """The worker works until it is so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.work()
            if right():
                return
            time.sleep(0.05)
        raise AssertionError("it never came to that")

    def wallet(self, number: str) -> str:
        """What the simulator says is in somebody's M-Pesa account, KES."""
        phone = requests.get(f"{self.url}/control/phones/{number}", timeout=10).json()
        return str(phone["balance"])

    def prompted(self, number: str) -> bool:
        """Whether M-Pesa asks for a PIN on somebody's phone."""
        phone = requests.get(f"{self.url}/control/phones/{number}", timeout=10).json()
        return bool(phone["prompt"])

    def utility(self) -> Decimal:
        """What is left in the account that payouts are made from, as the simulator has it, KES."""
        tills = requests.get(f"{self.url}/control/tills", timeout=10).json()["tills"]
        (left,) = (
            till["accounts"]["Utility Account"] for till in tills if "Utility Account" in till["accounts"]
        )
        return Decimal(left)


@proves("DR-1303")
def test_a_payout_arrives_in_the_farmers_wallet(town: Town) -> None:
    town.control("/tills", amount=10_000)
    farmer = town.shop.cast.farmer.phone
    before = float(town.wallet(farmer))
    town.payout()
    town.until(lambda: town.one_payout.status == "paid")
    assert float(town.wallet(farmer)) - before == 360
    assert town.one_payout.receipt
    town.sound()


FAULTS: list[tuple[str, dict[str, str], str]] = [
    ("b2c-result", {"mode": "timeout"}, "paid"),
    ("b2c-result", {"mode": "timeout", "code": "unacted"}, "failed"),
    ("b2c-result", {"mode": "drop"}, "paid"),
    ("b2c-result", {"mode": "repeat"}, "paid"),
    ("b2c-result", {"mode": "before-answer"}, "paid"),
    ("b2c-result", {"mode": "wrong-amount"}, "paid"),
    ("b2c-result", {"mode": "forged"}, "paid"),
    ("b2c-result", {"mode": "garbage"}, "paid"),
    ("b2c-pay", {"mode": "cut"}, "paid"),
    ("b2c-pay", {"mode": "cut", "code": "empty"}, "paid"),
    ("b2c-pay", {"mode": "cut", "code": "http-500"}, "paid"),
    ("b2c-pay", {"mode": "refuse", "code": "500.003.02"}, "paid"),
    ("status-query", {"mode": "drop"}, "paid"),
]


@pytest.mark.parametrize(
    ("kind", "fault", "ends"), FAULTS, ids=[f"{f[0]} {'-'.join(f[1].values())}" for f in FAULTS]
)
def test_whatever_goes_wrong_the_farmer_is_paid_once(
    town: Town, kind: str, fault: dict[str, str], ends: str
) -> None:
    town.control("/tills", amount=10_000)
    town.control("/faults", kind=kind, times=1, **fault)
    if kind == "status-query":
        town.control("/faults", kind="b2c-result", mode="drop", times=1)
    farmer = town.shop.cast.farmer.phone
    before = float(town.wallet(farmer))
    town.payout()

    def known() -> bool:
        town.clock.advance(seconds=20)
        return town.one_payout.status == ends

    town.until(known)
    town.later(hours=1)
    assert float(town.wallet(farmer)) - before == (360 if ends == "paid" else 0)
    assert town.one_payout.status == ends
    town.sound()


def test_too_little_float_is_tried_again_when_there_is_some(town: Town) -> None:
    town.payout()
    town.until(lambda: town.one_payout.status == "failed")
    assert ("float_low", "mpesa:payouts") in town.alarms()
    town.control("/tills", amount=10_000)
    town.clock.advance(minutes=61)
    town.until(lambda: town.one_payout.status == "paid")
    town.sound()


def test_a_refund_by_phone_and_one_on_its_receipt(town: Town) -> None:
    town.control("/tills", amount=10_000)
    town.refund()
    town.until(lambda: town.one_refund.status == "completed")
    town.sound()


def test_a_customer_pays_from_her_menu(town: Town, config: Config) -> None:
    assert register.main([], config=config) == 0
    assert register.main([], config=config) == 0
    town.control("/knobs", c2b_validation=True)
    town.shop.publish()
    order = town.shop.order()
    town.shop.refuse_prompt(order)
    payer = town.shop.cast.customer.phone
    town.control(
        f"/phones/{payer}/pay", account=f"tun {reference(order)}", amount=int(order.amount_asked), pin="1234"
    )
    town.until(lambda: town.shop.fresh(order).order_status == "confirmed")
    assert town.verdicts("c2b-validation") == ["shown"]
    town.sound(order)


def test_a_hidden_payer_gets_a_late_payment_back_by_reversal(town: Town, config: Config) -> None:
    assert register.main([], config=config) == 0
    town.shop.publish()
    order = town.shop.order()
    town.shop.refuse_prompt(order)
    who = town.shop.cast.customer.actor
    town.db.run(lambda tx: orders.cancel(tx, who, order_id=order.order_id, reason="no"))
    payer = "+254712000888"
    town.control("/knobs", msisdn_form="hash")
    before = float(town.wallet(payer))
    town.control(f"/phones/{payer}/pay", account=reference(order), amount=int(order.amount_asked), pin="1234")
    town.until(lambda: [refund.status for refund in refunds(town.shop)] == ["completed"])
    assert float(town.wallet(payer)) == before
    assert town.one_refund.road == "reversal"
    town.sound(order)


def test_the_balance_is_told_account_by_account(town: Town, config: Config, redis: Redis) -> None:
    town.control("/tills", amount=10_000)
    town.db.run(lambda tx: questions.ask_float(config)(tx, 0))
    town.until(lambda: [request.status for request in town.requests("balance")] == ["told"])
    (asked,) = town.requests("balance")
    told = asked.told
    assert told["accounts"]["Utility Account"]
    assert told["at"].endswith("+00:00")


def test_a_wrong_password_stops_payouts_at_once(
    town: Town, gateway: Gateway, config: Config, redis: Redis
) -> None:

    wrong = config.model_copy(update={"mpesa_initiator_password": SecretStr("other")})
    line = Daraja(wrong, redis, gateway.parts.vault, pace=Pace(redis, 1000))
    town.handlers["payout_send"] = sending.payout_send(line)
    town.payout()
    town.until(lambda: town.paused() == ["payouts"])
    assert town.one_payout.status == "failed"
