"""Bringing a database to the present schema: Alembic, run by ourselves, on MariaDB and SQLite alike.

One process migrates at a time: SQLite's write lock sees to that there, a named lock on MariaDB and MySQL.
"""

from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Connection, Engine, text
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.exc import DBAPIError

from core.audit import triggers
from core.db import BigId, Hundredths, UtcDateTime
from core.schema import METADATA

ROOT = Path(__file__).resolve().parents[1]
LOCK = "tunda_migration"
LOCK_SECONDS = 120
ONE_WAIT_SECONDS = 4  # shorter than the connection's read_timeout, which would cut a longer one


class CannotMigrate(RuntimeError):
    """The database is not one we can keep our tables in; the message says why."""


def migrate(engine: Engine) -> None:
    """Bring the database to the newest migration, and the locks of what is written once to their place.

    Nothing happens if all is there. Raises CannotMigrate when the database's character set cannot hold every
    name, when another process has been migrating for two minutes, or when the user may not make triggers.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            with connection.begin():
                _upgrade(connection)
                triggers.set_up(connection)
            return
        _check_characters(connection)
        wait = {"name": LOCK, "wait": ONE_WAIT_SECONDS}
        turns = range(LOCK_SECONDS // ONE_WAIT_SECONDS)
        if not any(connection.scalar(text("SELECT GET_LOCK(:name, :wait)"), wait) == 1 for _ in turns):
            raise CannotMigrate("another process is migrating this database")
        try:
            connection.commit()
            with connection.begin():
                _upgrade(connection)
            with connection.begin():
                _lock(connection)
        finally:
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": LOCK})


def differences(engine: Engine) -> list[Any]:
    """How the database differs from the metadata of core/schema.py; [] once it is migrated."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": compare_type, "target_metadata": METADATA}
        )
        return list(compare_metadata(context, METADATA))


def compare_type(
    context: MigrationContext, _inspected: Any, _column: Any, in_database: Any, in_code: Any
) -> bool | None:
    """Whether a column's type differs; None leaves it to Alembic. JSON is LONGTEXT on MariaDB."""
    if isinstance(in_code, JSON) and isinstance(in_database, LONGTEXT):
        return False
    return None


def render_type(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Our own column types as a migration writes them: frozen, without importing us."""
    if kind != "type":
        return False
    if item is BigId:
        return "ID"
    if isinstance(item, UtcDateTime):
        return "MOMENT"
    return "sa.BigInteger()" if isinstance(item, Hundredths) else False


def _upgrade(connection: Connection) -> None:
    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _lock(connection: Connection) -> None:
    try:
        triggers.set_up(connection)
    except DBAPIError as error:
        raise CannotMigrate(
            f"the triggers of what is written once cannot be made ({error.orig}); grant the keeper TRIGGER "
            "(deploy/database.sql), and with a binary log set log_bin_trust_function_creators=1"
        ) from None


def _check_characters(connection: Connection) -> None:
    characters = connection.scalar(text("SELECT @@character_set_database"))
    if characters != "utf8mb4":
        raise CannotMigrate(f"the database's character set is {characters}; create it with utf8mb4")
