"""Sixty-four callers at once against the real server: every reply is one's own (issue 4, section 3)."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from redis import Redis

from bench import ground
from tests import helpers
from tests.databases import Store
from tests.keypad.house import CODE, PATH
from tests.keypad.legal import faults_of

CALLERS = 64
PROCESSES = 2
TIMEOUT_SECONDS = 60
NAME, DOOR, COUNT, PRICE = "{name}", "{door}", "{count}", "{price}"
# A farmer registers and sells, in one dial, and looks at what she has for sale in the next.
REGISTERS_AND_SELLS = ("1", "kinoo", "1", NAME, "1", "1", "tomatoes", "1", COUNT, PRICE, DOOR, "1")
LOOKS = ("3",)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Caller:
    """A phone with a name, a landmark, a quantity and a price that nobody else has."""

    def __init__(self, number: int) -> None:
        letters = chr(97 + number // 26) + chr(97 + number % 26)
        self.msisdn = f"+2547130{number:05d}"
        self.own = {NAME: f"Qx{letters}", DOOR: f"by the qz{letters} gate", COUNT: f"{211 + number}",
                    PRICE: f"80.{11 + number}"}  # fmt: skip
        self.bodies: list[str] = []

    def call(self, port: int, *dials: Sequence[str]) -> None:
        """Every dial, answer by answer."""
        connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        for which, answers in enumerate(dials):
            text = ""
            self._post(connection, which, text)
            for answer in answers:
                text = f"{text}*{self.own.get(answer, answer)}".lstrip("*")
                self._post(connection, which, text)
        connection.close()

    def _post(self, connection: HTTPConnection, which: int, text: str) -> None:
        form = {
            "networkCode": "63902", "serviceCode": CODE,
            "sessionId": f"ATUid_{self.msisdn[1:]}_{which}", "phoneNumber": self.msisdn, "text": text,
        }  # fmt: skip
        connection.request(
            "POST", PATH, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = connection.getresponse()
        body = answer.read().decode()
        assert answer.status == 200, (answer.status, body)
        self.bodies.append(body)

    def masked(self) -> list[str]:
        """The bodies with what is one's own under its name, other figures as #, ways out left away."""
        found = []
        for body in self.bodies:
            lines = [line for line in body.split("\n") if not line.startswith(("0 ", "00 "))]
            text = "\n".join(lines)
            for slot in (NAME, DOOR):
                text = text.replace(self.own[slot], slot)
            found.append(_NUMBER.sub(self._figure, text))
        return found

    def _figure(self, match: re.Match[str]) -> str:
        figures = {self.own[COUNT]: COUNT, self.own[PRICE]: PRICE}
        return figures.get(match[0], "#" if len(match[0]) > 2 else match[0])


@pytest.fixture
def server(
    open_store: Callable[[str], Store], redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ground.Server]:
    """gunicorn as in deploy/, on MariaDB and Redis."""
    store = open_store("mariadb")
    store.empty()
    pool = redis.connection_pool.connection_kwargs
    for name, value in {
        "ENVIRONMENT": "test",
        "DATABASE_URL": store.url,
        "REDIS_URL": f"redis://{pool['host']}:{pool['port']}/{pool['db']}",
        "CALLBACK_SECRET": helpers.CALLBACK_SECRET,
        "DATA_KEYS": helpers.DATA_KEY,
        "CLOCK_FILE": "",
    }.items():
        monkeypatch.setenv(name, value)
    with ground.serving("app:create_app()", PROCESSES, "/health") as running:
        yield running


def test_sixty_four_callers_at_once_each_see_their_own(server: ground.Server) -> None:
    alone = Caller(CALLERS)
    alone.call(server.port, REGISTERS_AND_SELLS, LOOKS)
    expected = alone.masked()
    print("\n" + "\n---\n".join(expected))
    for slot in (NAME, COUNT, PRICE):
        assert any(slot in body for body in expected), f"no screen says {slot}: the conversation has changed"
    callers = [Caller(number) for number in range(CALLERS)]
    failed: list[str] = []

    def run(caller: Caller) -> None:
        try:
            caller.call(server.port, REGISTERS_AND_SELLS, LOOKS)
        except Exception as error:
            failed.append(f"{caller.msisdn}: {error!r}")

    threads = [threading.Thread(target=run, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed[:5]
    for caller in callers:
        assert caller.masked() == expected
        for body in caller.bodies:
            assert not faults_of(body), body
            strange = [one.own[slot] for one in callers if one is not caller for slot in (NAME, DOOR)
                       if one.own[slot] in body]  # fmt: skip
            assert not strange, (caller.msisdn, strange, body)
