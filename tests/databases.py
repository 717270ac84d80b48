"""The two databases of the tests: made once per process, loaded once, emptied before every test."""

import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from redis import ConnectionPool, Redis, UnixDomainSocketConnection
from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text

from core.catalogue.index import ProductIndex
from core.clock import SystemClock
from core.db import Database, make_engine, sqlalchemy_url
from core.insights.load import load_reference
from core.locations.places import Places
from core.migrate import migrate
from core.parts import Parts, SystemChance
from core.reactions import react
from core.schema import METADATA
from core.settings.cache import SettingsCache
from core.vault import Vault
from tests.helpers import DATA_KEY
from tools.testbed import make_database

MEMORY, ROOM = Path("/dev/shm"), 256 * 1024 * 1024  # noqa: S108
KINDS = ("sqlite", "mariadb")
# What people type and read. The verbs behind it, and every channel's own rows, are tested on both kinds.
CONVERSATIONS = (
    *("tests/menus/", "tests/sms/agent/", "tests/sms/customer/", "tests/sms/everyone/", "tests/sms/farmer/"),
    *("tests/sms/rider/", "tests/sms/test_buying.py", "tests/sms/test_doubt.py", "tests/sms/test_hurdles.py"),
    *("tests/sms/test_riders.py", "tests/sms/test_waiting.py"),
)
# Channels and the console: of a test with many cases each case is played on one kind, the next on the other.
CHANNELS = ("tests/mpesa/", "tests/sms/", "tests/ussd/", "tests/web/", "tests/mail/", "tests/security/")
MANY_CASES = 3
# Reference data is the same for every test. Settings are not in this list: their defaults need no rows.
REFERENCE_TABLES = frozenset(
    {"categories", "products", "packs", "markets", "market_prices", "alembic_version"}
)


@dataclass(frozen=True)
class Store:
    """One database with its schema and reference data.

    kind    sqlite or mariadb
    url     its address, for tests that hand it to another process
    engine  as the application's own user, who may not change the ledger
    keeper  as the user who migrates, and empties what is written once
    """

    kind: str
    url: str
    engine: Engine
    keeper: Engine
    products: ProductIndex

    def filled(self) -> list[str]:
        """The tables with rows in them, children before parents; reference data does not count."""
        with self.keeper.begin() as connection:
            return _filled(connection)

    def empty(self) -> None:
        """Delete what earlier tests left, children before parents; reference data stays."""
        with self.keeper.begin() as connection:
            for table in _filled(connection):
                connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608  (names from the schema)

    def number_apart(self) -> None:
        """Let each table count from elsewhere: whoever takes a farm's id for its farmer's is seen."""
        counting = (
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
            "AND auto_increment IS NOT NULL ORDER BY table_name"
        )
        with self.keeper.begin() as connection:
            names = [name for name in connection.exec_driver_sql(counting).scalars() if name in TABLES]
            for number, table in enumerate(names, start=1):
                connection.exec_driver_sql(f"ALTER TABLE {table} AUTO_INCREMENT = {100 * number}")

    def count_from_one(self, *tables: str) -> None:
        """Number the next row of each of these empty tables 1, as SQLite does by itself."""
        if self.kind == "mariadb":
            with self.keeper.begin() as connection:
                for table in tables:
                    connection.execute(text(f"ALTER TABLE {table} AUTO_INCREMENT = 1"))


# Written out once: to put it together from 90 tables again for every test cost more than asking it.
TABLES = tuple(t.name for t in reversed(METADATA.sorted_tables) if t.name not in REFERENCE_TABLES)
_WHICH = "SELECT " + ", ".join(f"EXISTS (SELECT 1 FROM {table})" for table in TABLES)  # noqa: S608


def _filled(connection: Connection) -> list[str]:
    found = connection.exec_driver_sql(_WHICH).one()
    return [table for table, has_rows in zip(TABLES, found, strict=True) if has_rows]


def played_elsewhere(tests: Mapping[str, object]) -> set[str]:
    """Those that a whole run leaves out, since it plays them on the other kind of database (decisions/0023).

    tests  id, with the kind in it -> the kind; the same are left out in every run
    """
    left_out, cases = set(), defaultdict[str, dict[str, list[str]]](lambda: defaultdict(list))
    for test, kind in tests.items():
        name = _KIND.sub("", test)
        if kind not in KINDS:
            continue
        if not test.startswith(CONVERSATIONS):
            if test.startswith(CHANNELS):
                cases[name.partition("[")[0]][name].append(test)
        elif KINDS[crc32(name.encode()) % len(KINDS)] != kind:
            left_out.add(test)
    for of_one in cases.values():
        if len(of_one) >= MANY_CASES:
            for turn, pair in enumerate(of_one.values()):
                left_out |= {test for test in pair if len(pair) > 1 and tests[test] != KINDS[turn % 2]}
    return left_out


_KIND = re.compile("|".join(KINDS))


@contextmanager
def in_memory() -> Iterator[Path | None]:
    """A folder that no disk stands behind, gone with the block; None where there is none with room.

    Walks and fuzzers put the whole database back thousands of times: on a disk that is most of their time.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="tunda-tests-", dir=MEMORY) as folder:
        yield Path(folder)


def open_sqlite(folder: Path) -> Store:
    """A file of its own, as `make run` has it."""
    url = f"sqlite:///{folder}/tests.db"
    return _prepared("sqlite", url, url)


def open_mariadb(server_url: str, name: str) -> Store:
    """A database of its own on the throwaway server, with the two users of deploy/database.sql."""
    store = _prepared("mariadb", *make_database(_by_socket(server_url), name))
    store.number_apart()
    return store


def _by_socket(server_url: str) -> str:
    """The same server, not over TCP if it lies on this machine: a statement costs a third less then, and the
    tests send millions. The end-to-end stories, whose processes are several, stay on TCP."""
    server = create_engine(sqlalchemy_url(server_url), poolclass=NullPool)
    with server.connect() as connection:
        socket = connection.exec_driver_sql("SELECT @@socket").scalar_one()
    if not Path(socket).is_socket():
        return server_url
    by_socket = make_url(server_url).update_query_dict({"unix_socket": socket})
    return by_socket.render_as_string(hide_password=False)


def open_redis(url: str) -> ConnectionPool:
    """Connections to a Redis, by its socket where it has one on this machine; host and port stand in the pool
    all the same, for processes that a test starts."""
    with Redis.from_url(url) as client:
        socket = str(client.config_get("unixsocket").get("unixsocket", ""))

    class BySocket(UnixDomainSocketConnection):
        def __init__(self, *, host: str = "", port: int = 0, **how: Any) -> None:
            super().__init__(path=socket, **how)  # type: ignore[no-untyped-call]

    kind = {"connection_class": BySocket} if socket and Path(socket).is_socket() else {}
    return ConnectionPool.from_url(url, socket_timeout=5, protocol=2, **kind)


def _prepared(kind: str, url: str, keeper_url: str) -> Store:
    keeper = make_engine(keeper_url, keeper=True)
    migrate(keeper)
    engine = make_engine(url)
    products = ProductIndex()
    parts = Parts(
        clock=SystemClock(),
        vault=Vault([DATA_KEY]),
        chance=SystemChance(),
        settings=SettingsCache(),
        places=Places.from_files(),
        products=products,
        service_code="",
        short_code="",
        paybill="",
    )
    load_reference(Database(engine, parts, react))
    _KEEPERS[engine] = keeper
    return Store(kind, url, engine, keeper, products)


_KEEPERS: dict[Engine, Engine] = {}


def keeper_of(db: Database) -> Engine:
    """The engine of the user who may also delete what is written once, for a database of the tests."""
    return _KEEPERS[db.engine]
