"""The engine, the column types, and the one way to open a transaction.

One inbound thing is one transaction: a channel opens it with `Database.run`, services get the `Tx` and never
commit. SQLite writes begin with BEGIN IMMEDIATE, since it has no row locks and cannot upgrade a read lock;
MariaDB and MySQL run at READ COMMITTED. A deadlock or lock wait retries the whole unit, here and only here.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    create_engine,
    event,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from core.audit import guard
from core.audit.triggers import KEEPER_SIGN
from core.money import exact
from core.parts import Parts

T = TypeVar("T")
guard.watch(Session)
log = logging.getLogger("tunda.db")

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

PREPARED = 1000  # statements kept ready by an SQLite connection; Python's 128 are fewer than one order needs
PRAGMAS = (
    *("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"),
    "recursive_triggers=ON",  # or REPLACE would delete without asking the triggers
)


class Base(DeclarativeBase):
    """Every table's base; constraint names are fixed so that migrations agree on both databases."""

    metadata = MetaData(naming_convention=NAMES)


class Hundredths(TypeDecorator[Decimal]):
    """Money or a quantity: Decimal with two decimals, stored as an integer of hundredths (DR-101, DR-105)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Decimal to integer; refuses floats, a third decimal and overflow."""
        return None if value is None else int(exact(value) * 100)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Integer to Decimal; sums arrive as Decimal from MariaDB and as int from SQLite."""
        return None if value is None else Decimal(int(value)).scaleb(-2)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC with microseconds; refuses a naive one."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """DATETIME(6) on MariaDB and MySQL."""
        return dialect.type_descriptor(
            mysql.DATETIME(fsp=6) if dialect.name in ("mysql", "mariadb") else DateTime()
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware to naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive moment must never be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Naive UTC to aware."""
        return None if value is None else value.replace(tzinfo=UTC)


# An autoincrement key must be INTEGER on SQLite; elsewhere 64 bits.
BigId = BigInteger().with_variant(Integer, "sqlite")


@dataclass
class Tx:
    """One transaction: a session, one moment, the process's parts, and what happens on the way.

    Services add to `session`, read `now` instead of a clock, and `emit` events. Events are handled at once,
    inside this transaction, by core/reactions.py. `due` are the due times of work that was asked for: after
    the commit the worker is nudged, as a courtesy; whatever must happen is a row.
    """

    session: Session
    now: datetime
    parts: Parts
    react: Callable[["Tx", object], None]
    due: list[datetime] = field(default_factory=list)
    changed: list[dict[str, str]] = field(default_factory=list)
    cause: int | None = None
    uncaused: list[Any] = field(default_factory=list)
    connection: Connection | None = None  # of a reading transaction: its looks need no session

    def emit(self, happened: object) -> None:
        """Let the rest of the core react to `happened` in this same transaction."""
        self.react(self, happened)

    def note(self, record: str, what: str) -> None:
        """Say what changed ("order:45", "pending_payment -> confirmed"), for the callback log."""
        self.changed.append({"record": record, "what": what})

    def follows_from(self, callback_id: int) -> None:
        """All this transaction sends, also what it has sent already, follows from that row of the log."""
        self.cause = callback_id
        for message in self.uncaused:
            message.cause = callback_id
        self.uncaused.clear()

    def setting(self, name: str) -> Any:
        """The present value of a named setting (DR-1701), typed as its default is."""
        return self.parts.settings.value(name)

    def look(self, statement: Executable, /, **values: Any) -> CursorResult[Any]:
        """A narrow look past the ORM, whose reading is the dearest thing in a hop; pending rows are not seen.

        statement   built once, at import, with a bindparam for each of `values`
        """
        connection = self.connection if self.connection is not None else self.session.connection()
        return connection.execute(statement, values)

    def flush(self) -> None:
        """Write pending rows so that their ids exist; says so at the call instead of by surprise."""
        self.session.flush()


def sqlalchemy_url(url: str) -> str:
    """The platform's `mysql://` means PyMySQL here; other forms are kept."""
    for prefix in ("mysql://", "mariadb://"):
        if url.startswith(prefix):
            return "mysql+pymysql://" + url.removeprefix(prefix)
    return url


def make_engine(url: str, *, keeper: bool = False) -> Engine:
    """An engine whose transactions behave alike on SQLite, MariaDB and MySQL.

    keeper  for migrations and forgetting: may change what is written once (core/audit/triggers.py)
    """
    parsed = make_url(sqlalchemy_url(url))
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            hide_parameters=True,
            connect_args={"timeout": 10, "check_same_thread": False, "cached_statements": PREPARED},
        )

        @event.listens_for(engine, "connect")
        def _connect(raw: Any, _record: Any) -> None:
            raw.isolation_level = None  # we say BEGIN ourselves
            for pragma in PRAGMAS:
                raw.execute(f"PRAGMA {pragma}")
            raw.create_function(KEEPER_SIGN, 0, lambda: int(keeper))

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            reading = connection.get_execution_options().get("reading", False)
            connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

        return engine
    return _mariadb(parsed, keeper=keeper, isolation_level="READ COMMITTED")


@cache
def make_reading_engine(engine: Engine) -> Engine:
    """The engine for transactions that only read.

    At READ COMMITTED every statement sees its own moment anyway, so on MariaDB a read needs no BEGIN and no
    ROLLBACK: connections of their own in autocommit save a round trip on every hop. SQLite has one engine.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reading=True)
    return _mariadb(
        engine.url, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True, pool_reset_on_return=None
    )


def _mariadb(url: URL, *, keeper: bool = False, **how: Any) -> Engine:
    at_first = "SET time_zone='+00:00', innodb_lock_wait_timeout=5"
    return create_engine(
        url.update_query_dict({"charset": "utf8mb4"}),
        hide_parameters=True,  # an error's text goes to the log, values do not (DR-1904)
        pool_size=5,
        max_overflow=5,
        pool_recycle=1800,
        pool_use_lifo=True,
        connect_args={
            "connect_timeout": 3,
            "read_timeout": 8,  # a hop must answer within 10 s whatever the database does
            "write_timeout": 8,
            "init_command": f"{at_first}, @{KEEPER_SIGN}=1" if keeper else at_first,
        },
        **how,
    )


def _worth_retrying(error: Exception) -> bool:
    """Deadlock, lock wait, a busy SQLite, a connection lost before anything was committed."""
    if isinstance(error, IntegrityError):
        # Two first writers of the same key: the second finds the first one's row when it runs again.
        return True
    if not isinstance(error, OperationalError):
        return False
    args: tuple[object, ...] = getattr(error.orig, "args", ())
    return error.connection_invalidated or (
        bool(args) and (args[0] in (1213, 1205, 2006, 2013) or "locked" in str(args[0]))
    )


class Database:
    """Opens transactions for channels and jobs. Built once by app.py (and once per test)."""

    def __init__(self, engine: Engine, parts: Parts, react: Callable[[Tx, object], None]) -> None:
        self.engine = engine
        self.reading = make_reading_engine(engine)
        self.parts = parts
        self._react = react
        # Called after a commit that left due work behind, with the earliest due time.
        self.nudge: Callable[[datetime], None] = lambda due: None

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Every engine there is: on SQLite reading and writing share one pool."""
        return (self.engine,) if self.reading.pool is self.engine.pool else (self.engine, self.reading)

    def dispose(self, *, close: bool = True) -> None:
        """Let go of all connections; in a forked child without closing them, for they are its parent's."""
        for engine in self.engines:
            engine.dispose(close=close)

    def run(self, work: Callable[[Tx], T], *, attempts: int = 3) -> T:
        """Do `work` in one write transaction; on a deadlock the whole of it again, `attempts` times at most.

        `work` may therefore run more than once and must keep its effects inside the Tx.
        """
        for attempt in range(1, attempts + 1):
            try:
                with self.transaction() as tx:
                    return work(tx)
            except (OperationalError, IntegrityError) as error:
                if attempt == attempts or not _worth_retrying(error):
                    raise
                log.info("transaction retried", extra={"attempt": attempt, "why": type(error).__name__})
                time.sleep(0.02 * attempt)
        raise AssertionError("unreachable")

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """One write transaction: committed if the block ends well, else rolled back."""
        self.parts.refresh(self.engine)
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            tx = Tx(session, self.parts.clock.now(), self.parts, self._react)
            yield tx
        if tx.due:
            self.nudge(min(tx.due))

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A transaction that only reads; on SQLite it takes no write lock.

        What was read stays usable afterwards (closing detaches, where a rollback would expire it).
        """
        self.parts.refresh(self.engine)
        with (
            self.reading.connect() as connection,
            Session(connection, expire_on_commit=False, autoflush=False) as session,
        ):
            yield Tx(session, self.parts.clock.now(), self.parts, self._react, connection=connection)
