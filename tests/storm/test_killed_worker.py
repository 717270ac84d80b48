"""The same with the real worker as a process of its own, killed without a word while it pays people."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from redis import Redis
from sqlalchemy import select
from werkzeug.serving import make_server

from app import build, create_app
from core.config import load
from core.db import Database
from core.duties.models import Duty
from core.payments.models import PaymentTransaction, Refund, SuspensePayment
from inbound.gateway import Gateway
from mpesa import register
from simulator.app import QuietHandler
from simulator.app import create_app as simulator_app
from simulator.settings import Settings
from simulator.world import World
from tests.databases import Store
from tests.helpers import CALLBACK_SECRET, DATA_KEY
from tests.proving import proves
from tests.storm.comparing import compare
from tests.storm.doors import Purse
from tests.storm.house import PASSWORD
from tests.storm.people import Town, settle
from tools.processes import free_port

WORKER = (sys.executable, "-m", "celery", "-A", "celery_worker.celery", "worker", "-P", "threads", "-c", "1")
KILLS, PATIENCE_SECONDS = 3, 120
# Until the last question an unknown payment is nobody's case (P5); what was heard is in no book before it
# is read.
STILL_TOLD = ("stk_query", "read_stk", "read_c2b", "read_result")
# Slow enough that a worker that is killed has a payment in its hands.
WEATHER = (
    {"kind": "b2c-pay", "mode": "delay", "seconds": 0.4},
    {"kind": "reversal", "mode": "delay", "seconds": 0.4},
    {"kind": "b2c-result", "mode": "drop", "chance": 0.15},
    {"kind": "c2b-confirmation", "mode": "repeat", "n": 3, "chance": 0.3},
    {"kind": "stk-push", "mode": "cut", "chance": 0.2},
    {"kind": "b2c-pay", "mode": "cut", "chance": 0.15},
    {"kind": "b2c-result", "mode": "repeat", "n": 2, "chance": 0.3},
)


@dataclass
class Programs:
    """The gateway's web side and the simulator, served here; the worker is a process that comes and goes."""

    gateway: Gateway
    world: World
    random: Random
    env: dict[str, str]
    worker: "subprocess.Popen[bytes] | None" = None

    @property
    def db(self) -> Database:
        """The gateway's."""
        return self.gateway.db

    def work(self, *, dangerous: bool = True) -> int:
        """The worker does it, in its own time."""
        time.sleep(0.3)
        return 0

    def start(self) -> None:
        """A worker that knows only the database."""
        quiet = subprocess.DEVNULL
        self.worker = subprocess.Popen(WORKER, env=self.env, stdout=quiet, stderr=quiet)

    def kill(self) -> None:
        """Without a word (R1)."""
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()

    def later(self, seconds: float) -> None:
        """The one clock of all programs jumps."""
        self.world.parts.clock.advance(seconds)


@contextmanager
def serving(application: object, port: int) -> Iterator[None]:
    """An application on a port, in a thread."""
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=QuietHandler)  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def programs(store: Store, redis: Redis, folder: Path, seed: int) -> Iterator[Programs]:
    """Everything up."""
    pool = redis.connection_pool.connection_kwargs
    web, outside = free_port(), free_port()
    env = {
        **os.environ,
        "ENVIRONMENT": "test",
        "DATABASE_URL": store.url,
        "REDIS_URL": f"redis://{pool['host']}:{pool['port']}/{pool['db']}",
        "DATA_KEYS": DATA_KEY,
        "CALLBACK_SECRET": CALLBACK_SECRET,
        "SWEEP_SECONDS": "1",
        "CLOCK_FILE": str(folder / "clock"),
        "PUBLIC_URL": f"http://127.0.0.1:{web}",
        "MPESA_API_URL": f"http://127.0.0.1:{outside}",
        "MPESA_CALLS_PER_SECOND": "1000",
        "MPESA_INITIATOR_NAME": "tundaapi",
        "MPESA_INITIATOR_PASSWORD": PASSWORD,
        "MPESA_CERTIFICATE": str(folder / "certificate.pem"),
        "SMS_API_URL": f"http://127.0.0.1:{outside}",
    }
    settings = Settings(
        callback_secret=CALLBACK_SECRET,
        mpesa_initiator_password=PASSWORD,
        certificate_file=folder / "certificate.pem",
        clock_file=folder / "clock",
    )
    world = World(settings)
    world.reset(seed)
    before = dict(os.environ)
    os.environ.update(env)
    try:
        gateway = build(load(_env_file=None))
    finally:
        os.environ.clear()
        os.environ.update(before)
    house = Programs(gateway, world, Random(seed), env)
    with serving(simulator_app(settings, world), outside), serving(create_app(gateway=gateway), web):
        try:
            yield house
        finally:
            if house.worker is not None:
                house.kill()
            world.parts.timers.clear()
            gateway.db.dispose()


def waiting(db: Database) -> int:
    """Payments, refunds and unknown money whose end is still to come."""
    with db.read() as tx:
        rows = [
            *tx.session.scalars(
                select(PaymentTransaction.transaction_id).where(
                    PaymentTransaction.status.in_(("created", "requested"))
                )
            ),
            *tx.session.scalars(select(Duty.duty_id).where(Duty.kind.in_(STILL_TOLD), Duty.status == "due")),
            *tx.session.scalars(
                select(Refund.refund_id).where(Refund.status.in_(("approved", "sent", "unknown")))
            ),
            *tx.session.scalars(
                select(SuspensePayment.suspense_id).where(SuspensePayment.status.in_(("open", "returning")))
            ),
        ]
    return len(rows)


def some_minutes(town: Town) -> None:
    """People pay, money is sent back."""
    town.buys()
    for _ in range(4):
        town.pays_for_nothing_known()
    town.rider_pays_in()
    time.sleep(1.5)
    town.answers_prompts()
    town.pays_at_the_menu()
    town.gives_back()
    town.office()


@proves("INV-1", "INV-5", "INV-10", "DR-821")
def test_a_worker_killed_while_it_pays_pays_nobody_twice(
    open_store: Callable[[str], Store], redis: Redis, tmp_path: Path
) -> None:
    store = open_store("mariadb")
    store.empty()
    with programs(store, redis, tmp_path, seed=7) as house:
        assert register.main([], config=house.gateway.config) == 0
        town = settle(house)
        for fault in WEATHER:
            named = {name: value for name, value in fault.items() if name not in ("kind", "mode")}
            house.world.parts.faults.add(str(fault["kind"]), str(fault["mode"]), **named)  # type: ignore[arg-type]
        for _ in range(KILLS):
            house.start()
            some_minutes(town)
            some_minutes(town)
            house.random.random()
            time.sleep(house.random.uniform(2.5, 4.0))
            house.kill()
            town.nobody_keeps_redis()
            house.later(100)
        house.world.parts.faults.clear()
        house.start()
        until = time.monotonic() + PATIENCE_SECONDS
        quiet = 0  # one look may fall between a payment and the news of it
        while quiet < 2 and time.monotonic() < until:
            time.sleep(2)
            house.later(240)
            town.answers_prompts()
            town.gives_back()
            town.office()
            house.world.parts.timers.settle(5)
            quiet = 0 if waiting(house.db) else quiet + 1
        found = compare(house.db, house.world.parts.books, Purse())
    assert found.faults == []
    assert found.moved["b2c"] + found.moved["reversal"] >= 2 * KILLS, dict(found.moved)
