"""A Redis that is frozen or gone holds nothing up: no answer, and no work that is due (R4, R6)."""

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select

from app import create_app
from core.config import Config
from core.db import Database
from core.duties.models import Heartbeat
from inbound.gateway import Gateway
from inbound.queue import Nudger, make_celery
from tests import databases
from tests.helpers import CALLBACK_SECRET, CUSTOMER, DATA_KEY, FixedClock
from ussd.sessions import ANSWER_SECONDS

SERVICE_CODE = "*384*88632#"
WORKER_SECONDS = 40
WORKER = ("-m", "celery", "-A", "celery_worker.celery", "worker", "-P", "threads", "-c", "1")


@pytest.fixture
def frozen() -> Iterator[str]:
    """The address of a Redis that takes connections and never says a word, as after SIGSTOP."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def stuck(gateway: Gateway, config: Config, frozen: str) -> FlaskClient:
    """The web process, nudges and all, beside a frozen Redis."""
    of_this_test = Gateway(
        config=config.model_copy(update={"redis_url": frozen}),
        db=gateway.db,
        redis=Redis.from_url(frozen, protocol=2),
        parts=gateway.parts,
        voice=gateway.voice,
    )
    return create_app(gateway=of_this_test).test_client()


def seconds(call: Callable[[], object]) -> float:
    began = time.monotonic()
    call()
    return time.monotonic() - began


def test_r6_callbacks_are_stored_and_answered_as_fast_as_ever(stuck: FlaskClient) -> None:
    """The nudge of one text must not hold back the next request of the same process."""

    def text() -> None:
        form = {"from": CUSTOMER, "to": "20880", "text": "HELP", "id": uuid.uuid4().hex}
        answer = stuck.post(f"/cb/{CALLBACK_SECRET}/sms", data=form)
        assert (answer.status_code, answer.text) == (200, "OK")
        answer.close()

    assert max(seconds(text) for _ in range(4)) < 3


def test_r6_only_one_hop_waits_for_a_frozen_redis_the_others_are_answered_at_once(stuck: FlaskClient) -> None:
    def dial() -> None:
        form = {
            "sessionId": uuid.uuid4().hex,
            "phoneNumber": CUSTOMER,
            "serviceCode": "*384*88632#",
            "text": "",
        }
        assert stuck.post(f"/cb/{CALLBACK_SECRET}/ussd", data=form).text.startswith("END ")

    first, *others = [seconds(dial) for _ in range(5)]
    assert first < 3
    assert sum(others) < len(others) * ANSWER_SECONDS / 2  # had each waited, it would be twice that


def test_r6_nudges_pile_up_nowhere(config: Config, frozen: str, clock: FixedClock) -> None:
    nudge = Nudger(make_celery(config.model_copy(update={"redis_url": frozen})), clock)

    def busy_minute() -> None:
        for number in range(1000):
            nudge(clock.now() + timedelta(seconds=number % 3))

    assert seconds(busy_minute) < 3


def test_r4_a_worker_that_starts_without_redis_does_what_is_due_all_the_same(
    open_store: Callable[[str], databases.Store], db: Database
) -> None:
    """The sweep needs the database alone, from the worker's first second on."""
    url = db.engine.url.render_as_string(hide_password=False)
    env = os.environ | {
        "ENVIRONMENT": "test",
        "DATABASE_URL": url,
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "DATA_KEYS": DATA_KEY,
        "CALLBACK_SECRET": CALLBACK_SECRET,
        "SWEEP_SECONDS": "1",
    }
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "celery_worker.celery",
        "worker",
        "-P",
        "threads",
        "-c",
        "1",
    ]
    worker = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + WORKER_SECONDS
        while "sweep" not in signs_of_life(db):
            assert worker.poll() is None, "the worker gave up"
            assert time.monotonic() < until, "nothing was swept"
            time.sleep(0.2)
    finally:
        worker.kill()
        worker.wait()


def signs_of_life(db: Database) -> set[str]:
    with db.read() as tx:
        return set(tx.session.scalars(select(Heartbeat.part)))
