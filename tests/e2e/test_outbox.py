"""The outbox at the worst moments, with the real worker and the simulated provider (R1; DR-1506)."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import SecretStr
from sqlalchemy import select, update

from core.clock import ShiftedClock
from core.config import Config
from core.db import Database, Tx
from core.duties.models import Duty
from core.outbox import failed
from core.outbox import service as outbox
from core.outbox.lanes import ALERTS, CODES, LANES, MARKETING, RECEIPTS, WORK
from core.outbox.models import Gate, OutboxMessage
from simulator.app import serve
from simulator.settings import Settings
from tests import helpers
from tests.databases import Store
from tests.helpers import CUSTOMER, FARMER, RIDER, Cast
from tests.orders.shop import Shop
from tests.proving import proves
from tools import processes
from tools.environment import child_env

MORNING = datetime(2025, 6, 24, 6, 30, tzinfo=UTC)
PATIENCE_SECONDS = 40


@pytest.fixture
def store(open_store: Callable[[str], Store]) -> Store:
    """Where rows have locks."""
    opened = open_store("mariadb")
    opened.empty()
    return opened


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    """It is a Tuesday morning in 2025, for the worker, the simulator and us, until somebody moves it."""
    file = tmp_path / "clock"
    file.write_text(f"{(MORNING - datetime.now(UTC)).total_seconds()}")
    return file


@pytest.fixture
def clock(clock_file: Path) -> Any:
    """As the worker has it."""
    return ShiftedClock(clock_file)


class World:
    """The provider, the worker, the rows, and the time."""

    def __init__(self, db: Database, config: Config, clock_file: Path) -> None:
        self.db, self.config, self.clock_file = db, config, clock_file
        self.port = processes.free_port()

    @contextmanager
    def provider(self) -> Iterator[None]:
        """It answers; outside the block nobody does."""
        server = serve(
            Settings(
                callback_secret=helpers.CALLBACK_SECRET, gateway_url="http://127.0.0.1:9", port=self.port,
                sms_username="tunda", sms_api_key="a-key", clock_file=self.clock_file,
            )
        )  # fmt: skip
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.control("knobs", sms_travel_seconds=0.01, opt_out_text="")
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()

    def control(self, path: str, **body: Any) -> None:
        answer = requests.post(f"http://127.0.0.1:{self.port}/control/{path}", json=body, timeout=10)
        assert answer.ok, answer.text

    def inbox(self, phone: str) -> list[str]:
        """The texts on a phone, oldest first."""
        answer = requests.get(f"http://127.0.0.1:{self.port}/control/phones/{phone}", timeout=10)
        return [text["text"] for text in answer.json()["inbox"]][::-1]

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[bytes]"]:
        """The real one, which sweeps every second."""
        process = processes.start(
            [sys.executable, "-m", "celery", "-A", "celery_worker", "worker", "--loglevel", "warning",
             "--concurrency", "1"],
            env=child_env(
                ENVIRONMENT="development", DATABASE_URL=self.config.database_url,
                REDIS_URL=self.config.redis_url, CALLBACK_SECRET=helpers.CALLBACK_SECRET,
                DATA_KEYS=helpers.DATA_KEY, SECRET_KEY="a secret for tests only", SWEEP_SECONDS="1",
                CLOCK_FILE=str(self.clock_file), SMS_API_URL=f"http://127.0.0.1:{self.port}",
                SMS_USERNAME="tunda", SMS_API_KEY="a-key", MPESA_API_URL="http://127.0.0.1:9",
            ),
            gently=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def later(self, **much: float) -> None:
        """So much later, for everybody; clocks look at their file twice a second."""
        shift = float(self.clock_file.read_text()) + timedelta(**much).total_seconds()
        fresh = self.clock_file.with_name("fresh")
        fresh.write_text(f"{shift}")
        fresh.replace(self.clock_file)
        time.sleep(0.6)

    def rows(self) -> dict[str, OutboxMessage]:
        """What was asked for here, by its key."""
        with self.db.read() as tx:
            found = tx.session.scalars(select(OutboxMessage).where(OutboxMessage.once_key.like("e2e:%")))
            return {row.once_key.removeprefix("e2e:"): row for row in found}

    def until(self, right: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not right():
            told = {key: (row.status, row.error) for key, row in self.rows().items()}
            assert time.monotonic() < end, told
            time.sleep(0.1)

    def quiet(self) -> None:
        """Whatever was to be sent before this, it is not."""
        with self.db.transaction() as tx:
            tx.session.execute(update(Duty).where(Duty.status == "due").values(status="dropped"))
            tx.session.execute(update(OutboxMessage).values(status="accepted"))


@pytest.fixture
def shop(db: Database, cast: Cast) -> Shop:
    """The counter, open."""
    return Shop(db, cast)


@pytest.fixture
def world(db: Database, config: Config, clock_file: Path) -> World:
    return World(db, config.model_copy(update={"sms_api_key": SecretStr("a-key")}), clock_file)


@proves("DR-1506")
def test_a_worker_killed_between_sending_and_recording_repeats_the_code_once_and_nothing_else(
    world: World, shop: Shop, cast: Cast
) -> None:
    shop.publish()
    order = shop.assigned()
    delivery = shop.delivery(order)
    world.quiet()

    def ask(tx: Tx) -> None:
        said = {"order": "A3B7", "person": "Kamau", "phone": RIDER}
        code = said | {"code": {"secret": f"delivery:{delivery.delivery_id}"}}
        outbox.send_to(tx, CUSTOMER, "en", "rider_and_code", code, once_key="e2e:code")
        outbox.send_to(tx, FARMER, "en", "help", {"dial": "*1#"}, once_key="e2e:receipt", lane=RECEIPTS)

    with world.provider():
        world.control("faults", kind="sms-send", mode="late", seconds=60, times=2)
        world.db.run(ask)
        with world.worker() as worker:
            world.until(lambda: world.inbox(CUSTOMER) and world.inbox(FARMER))
            assert {row.status for row in world.rows().values()} == {"sending"}
            os.killpg(worker.pid, signal.SIGKILL)
        world.later(seconds=95)  # the lease of the dead is over
        with world.worker():
            world.until(lambda: {row.status for row in world.rows().values()} == {"unknown"})
            assert {row.error for row in world.rows().values()} == {"WorkerDied"}
            world.later(seconds=61)
            world.until(lambda: world.rows()["code"].status == "accepted")
            world.later(minutes=30)
            time.sleep(2.5)
        assert len(world.inbox(CUSTOMER)) == 2
        assert len(set(world.inbox(CUSTOMER))) == 1
        assert len(world.inbox(FARMER)) == 1
    with world.db.read() as tx:
        shown = [row.once_key for row in failed.listed(tx, cast.admin.actor)]
    assert shown == ["e2e:receipt"], "what may not have arrived is there to be seen"


@proves("DR-1506")
def test_after_ten_minutes_without_the_provider_all_that_is_still_worth_it_goes_out_by_priority(
    world: World, cast: Cast
) -> None:
    world.quiet()

    def ask(tx: Tx, lanes: tuple[str, ...], when: str) -> None:
        for at, lane in enumerate(lanes):
            for each in range(3):
                outbox.send_to(
                    tx, f"+25479900{at}{each:03d}", "en", "help", {"dial": "*1#"}, lane=lane,
                    once_key=f"e2e:{when}:{lane}:{each}",
                )  # fmt: skip

    def gate() -> Gate | None:
        with world.db.read() as tx:
            return tx.session.get(Gate, "africastalking")

    def all_settled() -> bool:
        if {"queued", "sending"} & {row.status for row in world.rows().values()}:
            world.later(seconds=5)  # to the end of the circuit's pause
            return False
        return True

    with world.worker():
        world.db.run(lambda tx: ask(tx, (MARKETING, ALERTS, WORK, RECEIPTS, CODES), "before"))
        world.until(lambda: (way := gate()) is not None and way.open_until is not None)
        world.later(minutes=10)
        world.db.run(lambda tx: ask(tx, (CODES,), "after"))
        with world.provider():
            world.until(all_settled)
    rows = world.rows()
    old = {key: row for key, row in rows.items() if key.startswith("before:codes")}
    assert {(row.status, row.error) for row in old.values()} == {("dropped", "Expired")}
    went = [row for key, row in rows.items() if key not in old]
    assert {row.status for row in went} == {"accepted"}
    order = sorted(went, key=lambda row: (row.sent_at, LANES[row.lane].priority))
    assert [row.lane for row in order] == [
        lane for lane in (CODES, RECEIPTS, WORK, ALERTS, MARKETING) for _ in range(3)
    ]
    with world.db.read() as tx:
        shown = {row.once_key for row in failed.listed(tx, cast.admin.actor)}
    assert shown == {f"e2e:{key}" for key in old}, "a person sees what came to nothing"
