"""The ground the bench stands on: a database with farmers in it, and the two servers side by side."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
from cryptography.fernet import Fernet
from sqlalchemy import URL, create_engine, make_url, text

from app import build
from core.config import load
from core.db import Tx, sqlalchemy_url
from core.insights.load import load_reference
from core.locations import service as locations
from core.migrate import migrate
from core.users import service as users
from inbound.gateway import Gateway
from tools import processes
from tools.environment import HOME, child_env

DATABASE = "tunda_bench"
REDIS_NUMBER = 60
READY_SECONDS = 60


def msisdn(number: int) -> str:
    """The number of farmer `number`."""
    return f"+2547{number:08d}"


def set_environment(database: URL, redis_url: str) -> None:
    """Say to this process and its children where the bench's database and Redis are; secrets are fresh."""
    os.environ |= {
        "ENVIRONMENT": "test",
        "DATABASE_URL": database.render_as_string(hide_password=False),
        "REDIS_URL": f"{redis_url.rsplit('/', 1)[0]}/{REDIS_NUMBER}",
        "CALLBACK_SECRET": secrets.token_hex(20),
        "DATA_KEYS": Fernet.generate_key().decode(),
        "CLOCK_FILE": "",
    }


def prepare(farmers: int) -> Gateway:
    """A fresh database on the throwaway server, with so many farmers who can sell at once."""
    server_url, redis_url = os.environ["TEST_MARIADB_URL"], os.environ["TEST_REDIS_URL"]
    server = create_engine(sqlalchemy_url(server_url), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {DATABASE}"))
        connection.execute(text(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4"))
    server.dispose()
    set_environment(make_url(server_url).set(database=DATABASE), redis_url)
    gateway = build(load(_env_file=None))
    migrate(gateway.db.engine)
    load_reference(gateway.db)
    ward = next(w for w in gateway.parts.places.starting_with("Kinoo") if w.ward == "Kinoo")

    def register(tx: Tx, numbers: range) -> None:
        for number in numbers:
            register_one(tx, number)

    def register_one(tx: Tx, number: int) -> None:
        user = users.register(
            tx, msisdn=msisdn(number), role="farmer", first_name="Wanjiku", language="sw", channel="ussd",
            ward_code=ward.code, consent_version=users.TERMS_VERSION,
        )  # fmt: skip
        actor = users.actor_for(user, "ussd")
        place = locations.default_of(tx, user.user_id)
        assert place is not None
        locations.set_landmark(tx, actor, location_id=place.location_id, landmark="behind the church")

    for start in range(0, farmers, 100):
        numbers = range(start, min(start + 100, farmers))
        gateway.db.run(partial(register, numbers=numbers))
    return gateway


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    port: int
    process: "subprocess.Popen[bytes]"

    def workers(self) -> list[Any]:
        """Its processes that answer requests."""
        return list(psutil.Process(self.process.pid).children())

    def cpu_seconds(self) -> float:
        """Processor time of its workers so far."""
        return float(sum(sum(worker.cpu_times()[:2]) for worker in self.workers()))

    def memory_mb(self) -> float:
        """Memory of its largest worker that no other process shares."""
        return float(max(worker.memory_full_info().uss for worker in self.workers())) / 1e6


@contextmanager
def serving(application: str, processes_count: int, probe: str) -> Iterator[Server]:
    """`application` under our gunicorn configuration, until the block ends."""
    port = processes.free_port()
    process = processes.start(
        [sys.executable, "-m", "gunicorn", "-c", str(HOME / "deploy/gunicorn.conf.py"), application],
        env=child_env(PORT=str(port), WEB_PROCESSES=str(processes_count)),
        gently=True,
    )
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(f"http://127.0.0.1:{port}{probe}"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{application} did not start")
            time.sleep(0.1)
        yield Server(port, process)
    finally:
        processes.stop(process)


def _answers(url: str) -> bool:
    try:
        urlopen(url, timeout=5).close()  # noqa: S310  (our own loopback address)
    except OSError as error:  # refused, or still loading
        return isinstance(error, HTTPError)  # any answer of the application will do
    return True
