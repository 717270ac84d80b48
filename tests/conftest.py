"""Fixtures for every test. A database test runs on SQLite and on MariaDB; a missing server is a failure.

The servers come from `make test` (TEST_MARIADB_URL, TEST_REDIS_URL); a bare `pytest` starts its own.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from redis import ConnectionPool, Redis

from core.config import Config
from core.db import Database, make_reading_engine
from core.duties.sweep import sweep
from core.locations.places import Places
from core.parts import Parts
from core.reactions import react
from core.settings.cache import SettingsCache
from tests import casting, databases, helpers, routes
from tools import browser
from tools.testbed import Testbed

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser

    from core.duties.service import Handler
    from inbound.gateway import Gateway

# Half a minute and more each: those that mostly wait, for a browser or a process, and those that reckon.
WAITING = ("tests/e2e/", "tests/storm/test_killed_worker.py", "tests/browser/")
RECKONING = (
    "tests/keypad/test_walk.py",
    "tests/keypad/test_fuzz.py",
    "tests/invariants/test_market.py",
    "tests/arrival/test_payments.py",
    "tests/storm/test_storm.py",
    "tests/orders/test_mixtures.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers share a run, each begins with its part of the long tests, and none ends with one: the
    first with those that wait, the others with those that reckon.

    `--dist worksteal` gives each worker as long a piece of the list; who is done takes of the rest.
    """
    if os.environ.get("CONVERSATIONS_ONCE"):
        elsewhere = databases.played_elsewhere({item.nodeid: _kind_of(item) for item in items})
        left_out = [item for item in items if item.nodeid in elsewhere]
        items[:] = [item for item in items if item.nodeid not in elsewhere]
        config.hook.pytest_deselected(items=left_out)
    if not hasattr(config, "workerinput"):
        return
    items[:] = _dealt(items, config.workerinput["workercount"])


def _dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    shares: list[list[pytest.Item]] = [[] for _ in range(workers)]
    others, turn = [], count(1)
    for item in items:
        if item.nodeid.startswith(WAITING):
            shares[0].append(item)
        elif item.nodeid.startswith(RECKONING):
            shares[-1 - next(turn) % max(1, workers - 1)].append(item)
        else:
            others.append(item)
    dealt: list[pytest.Item] = []
    for number, share in enumerate(shares):
        size = (len(items) - len(dealt)) // (workers - number)
        few = max(0, size - len(share))
        dealt += share + others[:few]
        others = others[few:]
    return dealt + others


def _kind_of(item: pytest.Item) -> object:
    case = getattr(getattr(item, "callspec", None), "params", {})
    # Scripts have a rule of their own: three languages on SQLite, one on MariaDB (tests/menus/conftest.py).
    return None if "script" in case else case.get("store")


def pytest_collection_finish() -> None:
    """What would be done for each test is done once; and the rubbish collector need not look through 16,000
    tests and the whole program time and again."""
    routes.keep()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skipped test proves nothing and looks green: it fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == pytest.ExitCode.OK and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, str]]:
    """Addresses of the throwaway servers: those we were handed, or a pair of our own."""
    handed = {name: os.environ.get(name, "") for name in ("TEST_MARIADB_URL", "TEST_REDIS_URL")}
    if all(handed.values()):
        yield handed
        return
    with Testbed() as bed:
        yield bed.env


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """0 without xdist, else 1, 2 ...: every worker has databases of its own."""
    name = getattr(request.config, "workerinput", {}).get("workerid", "gw-1")
    return int(str(name).removeprefix("gw")) + 1


@pytest.fixture(scope="session")
def places() -> Places:
    """The real wards and counties."""
    return Places.from_files()


@pytest.fixture(scope="session")
def open_store(
    servers: dict[str, str],
    worker_number: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], databases.Store]]:
    """Opens a kind of database, once per process: schema and reference data are there afterwards."""
    opened: dict[str, databases.Store] = {}
    with ExitStack() as closing:

        def open_one(kind: str) -> databases.Store:
            if kind not in opened:
                store = (
                    databases.open_sqlite(
                        closing.enter_context(databases.in_memory()) or tmp_path_factory.mktemp("sqlite")
                    )
                    if kind == "sqlite"
                    else databases.open_mariadb(servers["TEST_MARIADB_URL"], f"tunda_{worker_number}")
                )
                closing.callback(store.engine.dispose)
                closing.callback(store.keeper.dispose)
                closing.callback(make_reading_engine(store.engine).dispose)
                opened[kind] = store
            return opened[kind]

        yield open_one


@pytest.fixture(params=databases.KINDS)
def store(request: pytest.FixtureRequest, open_store: Callable[[str], databases.Store]) -> databases.Store:
    """An empty database with the reference data: first SQLite, then MariaDB."""
    store = open_store(request.param)
    store.empty()
    return store


@pytest.fixture
def clock() -> helpers.FixedClock:
    """Tuesday 24 June 2025, 09:30 in Nairobi, until the test moves it."""
    return helpers.FixedClock()


@pytest.fixture
def chance() -> helpers.SeededChance:
    """The same dice in every run."""
    return helpers.SeededChance()


@pytest.fixture
def parts(
    clock: helpers.FixedClock, chance: helpers.SeededChance, store: databases.Store, places: Places
) -> Parts:
    """A process's shared parts with fixed time and chance."""
    return Parts(
        clock=clock,
        vault=helpers.QuickVault([helpers.DATA_KEY]),
        chance=chance,
        settings=SettingsCache(),
        places=places,
        products=store.products,
        service_code="*384*88632#",
        short_code="20880",
        paybill="174379",
    )


@pytest.fixture
def db(store: databases.Store, parts: Parts) -> Database:
    """The way to open transactions, on both databases in turn."""
    return Database(store.engine, parts, react)


@pytest.fixture(scope="session")
def redis_pool(servers: dict[str, str], worker_number: int) -> Iterator[ConnectionPool]:
    """Connections to a real Redis; its database number is the xdist worker's."""
    url = servers["TEST_REDIS_URL"].rsplit("/", 1)[0]
    pool = databases.open_redis(f"{url}/{worker_number}")
    yield pool
    pool.disconnect()


@pytest.fixture
def redis(redis_pool: ConnectionPool) -> Redis:
    """A real Redis, emptied before the test."""
    client = Redis(connection_pool=redis_pool)
    client.flushdb()
    return client


@cache
def _config(database_url: str, redis_url: str) -> Config:
    return Config(
        _env_file=None,  # type: ignore[call-arg]
        environment="test",
        secret_key=SecretStr("a secret for tests only"),
        data_keys=SecretStr(helpers.DATA_KEY),
        callback_secret=SecretStr(helpers.CALLBACK_SECRET),
        database_url=database_url,
        redis_url=redis_url,
        sms_api_url="http://127.0.0.1:9",
        mpesa_api_url="http://127.0.0.1:9",
    )


@pytest.fixture
def config(store: databases.Store, redis: Redis) -> Config:
    """A configuration as a developer has it, with this test's servers; frozen, so read once a process."""
    pool = redis.connection_pool.connection_kwargs
    return _config(store.url, f"redis://{pool['host']}:{pool['port']}/{pool['db']}")


@pytest.fixture
def gateway(config: Config, db: Database, redis: Redis, parts: Parts) -> "Gateway":
    """What a process builds once, with this test's clock, chance and databases."""
    from inbound.gateway import Gateway
    from locales.voice import Voice

    return Gateway(config=config, db=db, redis=redis, parts=parts, voice=Voice(parts.products))


@pytest.fixture
def app(gateway: "Gateway") -> "Flask":
    """The whole web process; due work is left to `sweep_until_idle`, nobody is nudged."""
    from app import create_app

    application = create_app(gateway=gateway)
    gateway.db.nudge = lambda due: None
    application.testing = True
    return application


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    """A browser, Africa's Talking or Safaricom: whoever calls us."""
    return app.test_client()


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """One real browser for every test of a process that wants one; each opens pages of its own."""
    with browser.chromium() as opened:
        yield opened


@pytest.fixture
def cast(db: Database, store: databases.Store) -> helpers.Cast:
    """Farmer, customer, rider (approved, on duty) and admin, registered by the core's own verbs."""
    return casting.cast_of(db, store)


@pytest.fixture
def sweep_until_idle() -> Callable[..., int]:
    """`sweep_until_idle(db)` does all due work of the core; hand it `handlers` for the channels' as well."""

    def run(db: Database, handlers: "dict[str, Handler] | None" = None) -> int:
        if handlers is None:
            from core.due_work import HANDLERS

            handlers = dict(HANDLERS)
        done = 0
        for _round in range(50):
            taken = sweep(db, handlers)
            if not taken:
                return done
            done += taken
        raise AssertionError("due work never ends")

    return run
