"""The two databases of the tests: made once per process, loaded once, emptied before every test."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, exists, select, text

from core.catalogue.index import ProductIndex
from core.clock import SystemClock
from core.db import Database, make_engine
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

    def empty(self) -> None:
        """Delete what earlier tests left, children before parents; reference data stays."""
        tables = [t for t in reversed(METADATA.sorted_tables) if t.name not in REFERENCE_TABLES]
        with self.keeper.begin() as connection:
            filled = connection.execute(select(*(exists(select(t)) for t in tables))).one()
            for table, has_rows in zip(tables, filled, strict=True):
                if has_rows:
                    connection.execute(table.delete())

    def count_from_one(self, *tables: str) -> None:
        """Number the next row of each of these empty tables 1, as SQLite does by itself."""
        if self.kind == "mariadb":
            with self.keeper.begin() as connection:
                for table in tables:
                    connection.execute(text(f"ALTER TABLE {table} AUTO_INCREMENT = 1"))


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
    return _prepared("mariadb", *make_database(server_url, name))


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
    return Store(kind, url, engine, keeper, products)
