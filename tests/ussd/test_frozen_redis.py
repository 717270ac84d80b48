"""A Redis that is stopped in its tracks (SIGSTOP): an answer within 3 s all the same (R6)."""

import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from redis.exceptions import RedisError

from inbound.gateway import Gateway
from tests.helpers import FARMER, Cast
from tests.ussd.phone import PATH, UssdPhone
from tools import processes
from ussd import callback

WITHIN_SECONDS = 3.0


@dataclass
class Frozen:
    """A Redis of our own: the others' must go on."""

    process: "subprocess.Popen[bytes]"
    client: FlaskClient

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def own(gateway: Gateway, tmp_path: Path) -> Iterator[Frozen]:
    program = processes.find_program("redis-server")
    assert program is not None
    socket = tmp_path / "redis.sock"
    process = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    redis = Redis(unix_socket_path=str(socket), protocol=2)
    try:
        _wait_for(redis)
        app = Flask("own")
        routes = callback.blueprint(replace(gateway, redis=redis))
        app.register_blueprint(routes, url_prefix="/cb/<secret>")
        yield Frozen(process, app.test_client())
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()
        redis.close()


def _wait_for(redis: "Redis") -> None:
    for _try in range(200):
        try:
            redis.ping()
            return
        except RedisError:
            time.sleep(0.02)
    raise AssertionError("redis-server does not start")


def timed(phone: UssdPhone, answer: str | None) -> str:
    began = time.monotonic()
    screen = phone.dial() if answer is None else phone.answer(answer)
    assert time.monotonic() - began < WITHIN_SECONDS
    return screen


def test_r6_a_redis_that_freezes_in_mid_session_is_answered_in_time_and_dials_work_when_it_wakes(
    own: Frozen, cast: Cast
) -> None:
    phone = UssdPhone(own.client, FARMER)
    phone.dial()
    phone.answer("2")
    own.freeze()
    try:
        assert timed(phone, "nyanya").startswith("END Samahani")
        assert timed(UssdPhone(own.client, FARMER), None).startswith("END Samahani"), "and so is a dial"
        event = {"sessionId": phone.session, "phoneNumber": FARMER, "status": "Incomplete"}
        began = time.monotonic()
        assert own.client.post(f"{PATH}-events", data=event).status_code == 200
        assert time.monotonic() - began < WITHIN_SECONDS
    finally:
        own.thaw()
    time.sleep(2.1)  # it is left alone for so long
    assert phone.dial().startswith("CON ")
    assert phone.answer("2").startswith("CON ")
