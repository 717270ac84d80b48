"""The migrations lead to exactly the tables of core.schema, on MariaDB and SQLite alike."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, column, create_engine, insert, inspect, make_url, text
from sqlalchemy import table as sa_table
from sqlalchemy.orm import Session

from core.db import make_engine, sqlalchemy_url
from core.listings import rules
from core.listings.models import Listing
from core.locations.places import Places
from core.migrate import ROOT, CannotMigrate, differences, migrate
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


def test_listings_from_before_are_found_where_their_farm_lies(fresh: Fresh) -> None:
    """0005 gives what is for sale its place and its price by weight."""
    engine = fresh()
    moment = "2025-06-24 06:30:00"
    with engine.begin() as connection:
        config = Config(ROOT / "alembic.ini")
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        before: list[tuple[str, dict[str, object]]] = [
            ("users", {"user_id": 1, "phone_number": "+254712000101", "first_name": "", "last_name": "",
                       "user_role": "farmer", "preferred_language": "sw", "sms_notifications": 1,
                       "email_notifications": 1, "marketing_notifications": 0, "order_updates": 1,
                       "weather_alerts": 1, "price_alerts": 1, "is_active": 1, "is_verified": 1,
                       "created_at": moment, "updated_at": moment}),
            ("locations", {"location_id": 1, "user_id": 1, "label": "", "ward_code": 600,
                           "county": "Kiambu", "subcounty": "Kikuyu", "ward": "Kinoo", "landmark": "",
                           "is_active": 1, "created_at": moment, "used_at": moment}),
            ("farms", {"farm_id": 1, "farmer_id": 1, "farm_name": "Wanjiku", "location_id": 1,
                       "weather_zone": "highland", "is_organic": 0, "is_active": 1, "created_at": moment}),
            ("categories", {"category_id": 1, "category_name": "Vegetables"}),
            ("products", {"product_id": 1, "slug": "tomatoes", "product_name": "Tomatoes", "name_sw": "",
                          "name_ki": "", "spellings": "", "category_id": 1, "unit_of_measure": "kg",
                          "is_perishable": 1, "is_active": 1}),
            ("product_listings", {"listing_id": 1, "farm_id": 1, "farmer_id": 1, "product_id": 1,
                                  "unit": "crate 64kg", "kg_per_unit": 6400, "current_price": 500000,
                                  "quantity_available": 300, "min_order_quantity": 100,
                                  "quality_grade": "standard", "is_organic_certified": 0,
                                  "listing_status": "available", "notes": "", "touched_at": moment,
                                  "created_at": moment}),
        ]  # fmt: skip
        for table, values in before:
            connection.execute(insert(sa_table(table, *map(column, values))).values(values))
    migrate(engine)
    kinoo = Places.from_files().get(600)
    with Session(engine) as session:
        stored = session.get_one(Listing, 1)
        assert (stored.ward_code, stored.county_code) == (600, kinoo.county_code)
        assert stored.cell == rules.cell_of(kinoo.lat, kinoo.lon)
        assert stored.price_per_kg == rules.price_per_kg(stored.current_price, stored.kg_per_unit)


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
