"""The migrations lead to exactly the tables of core.schema, on MariaDB and SQLite alike."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, make_url, text

from core.db import make_engine, sqlalchemy_url
from core.migrate import CannotMigrate, differences, migrate
from core.schema import METADATA

Fresh = Callable[..., Engine]


@pytest.fixture(params=["sqlite", "mariadb"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path, worker_number: int) -> Iterator[Fresh]:
    """`fresh()` is an empty database of its own, first on SQLite, then on MariaDB."""
    engines: list[Engine] = []
    if request.param == "sqlite":

        def empty(characters: str = "utf8mb4") -> Engine:
            engines.append(make_engine(f"sqlite:///{tmp_path}/fresh.db"))
            return engines[-1]

        yield empty
    else:
        url = request.getfixturevalue("servers")["TEST_MARIADB_URL"]
        server = create_engine(sqlalchemy_url(url), isolation_level="AUTOCOMMIT")
        name = f"tunda_migrate_{worker_number}"

        def empty(characters: str = "utf8mb4") -> Engine:
            with server.connect() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
                connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET {characters}"))
            engines.append(make_engine(make_url(url).set(database=name).render_as_string(False)))
            return engines[-1]

        yield empty
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        server.dispose()
    for engine in engines:
        engine.dispose()


def test_the_newest_migration_equals_the_tables_of_the_code(fresh: Fresh) -> None:
    engine = fresh()
    migrate(engine)
    assert differences(engine) == []
    assert set(inspect(engine).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_migrating_again_changes_nothing_and_loses_nothing(fresh: Fresh) -> None:
    engine = fresh()
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO categories (category_name) VALUES ('Mboga')"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT category_name FROM categories")) == "Mboga"


def test_processes_that_start_together_migrate_one_after_the_other(fresh: Fresh) -> None:
    engine = fresh()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrate(engine), range(4)))
    assert differences(engine) == []


def test_the_databases_refuse_free_stock_below_zero_by_themselves(fresh: Fresh) -> None:
    """DR-410: the check is in the table, not only in the code."""
    engine = fresh()
    migrate(engine)
    checks = {check["name"] for check in inspect(engine).get_check_constraints("product_listings")}
    assert "ck_product_listings_free_stock" in checks


def test_a_database_that_cannot_hold_every_name_is_refused(fresh: Fresh) -> None:
    engine = fresh("latin1")
    if engine.dialect.name == "sqlite":  # it holds every character always
        migrate(engine)
        return
    with pytest.raises(CannotMigrate, match="latin1"):
        migrate(engine)
    assert inspect(engine).get_table_names() == []
