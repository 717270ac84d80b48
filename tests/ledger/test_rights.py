"""The serving user may read and write rows, and the house says so when it may more (DR-1001, DR-1803)."""

import logging
from typing import cast

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import text

from core.audit import rights
from core.books import checking, standing
from core.config import BadConfig
from core.db import Database
from inbound import rights as at_start
from inbound.gateway import Gateway
from locales.voice import Voice
from tests.databases import Store
from tests.mpesa.samples import config
from tests.proving import proves
from tools import books
from web import health


@pytest.mark.parametrize(
    ("line", "beyond"),
    [
        ("GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*1'", []),
        ("GRANT SELECT, INSERT, UPDATE, DELETE ON `tunda`.* TO `a`@`%`", []),
        ("GRANT SELECT, INSERT, UPDATE (name, age), DELETE ON `tunda`.`users` TO `a`@`%`", []),
        ("GRANT SELECT, DROP, TRIGGER ON `tunda`.* TO `a`@`%`", ["DROP", "TRIGGER"]),
        (
            "GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION",
            ["ALL PRIVILEGES", "GRANT OPTION"],
        ),
        ("GRANT ALTER ON `tun%`.* TO `a`@`%`", ["ALTER"]),
        ("GRANT ALTER ON `t_nda`.* TO `a`@`%`", ["ALTER"]),
        (r"GRANT ALTER ON `t\_nda`.* TO `a`@`%`", []),
        ("GRANT ALL PRIVILEGES ON `other`.* TO `a`@`%`", []),
        ("GRANT CREATE ON `tunda`.`users` TO `a`@`%`", ["CREATE"]),
        ("GRANT `owner` TO `a`@`%`", ["be `owner`"]),
        ("GRANT SELECT, INSERT, DELETE ON *.* TO `a`@`%`", ["INSERT in mysql", "DELETE in mysql"]),
        ("GRANT SELECT, UPDATE (Host) ON `mysql`.`user` TO `a`@`%`", ["UPDATE in mysql"]),
        ("GRANT CREATE ON `mysql`.* TO `a`@`%`", ["CREATE"]),
        ("SET DEFAULT ROLE NONE FOR `a`@`%`", []),
    ],
)  # fmt: skip
@proves("DR-1001")
def test_what_a_grant_gives_beyond_rows(line: str, beyond: list[str]) -> None:
    assert list(rights.beyond(line, "tunda")) == beyond


@proves("DR-1001")
def test_the_serving_user_of_deploy_database_sql_has_enough_and_no_more(db: Database, store: Store) -> None:
    with db.transaction() as tx:
        assert rights.too_many(tx.session) == []
    keeper = Database(store.keeper, db.parts, lambda tx, happened: None)
    with keeper.transaction() as tx:
        found = rights.too_many(tx.session)
    if store.kind == "sqlite":
        assert found == []
    else:
        assert {"the serving user may DROP", "the serving user may TRIGGER"} <= set(found)


@proves("DR-1001", "DR-1803")
def test_too_many_rights_are_a_log_line_an_alarm_a_word_of_health_and_wrong_books(
    db: Database, store: Store, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody serves as the keeper."""
    if store.kind == "sqlite":
        return  # it has no users
    careless = Database(store.keeper, db.parts, lambda tx, happened: None)
    voice = cast(Voice, None)

    def gateway(used: Database, what: str = "warn") -> Gateway:
        said = config(database_rights=what)
        return Gateway(config=said, db=used, redis=redis, parts=db.parts, voice=voice)

    def healthy() -> tuple[str, str]:
        app = Flask("health")
        app.register_blueprint(health.blueprint(gateway(db)))
        body = app.test_client().get("/health").get_json()
        return body["database_rights"], body["status"]

    at_start.look(gateway(careless))
    lines = [r for r in caplog.records if r.name == "tunda.rights" and r.levelno == logging.ERROR]
    assert len(lines) == 1
    assert healthy() == ("unhealthy", "degraded")
    with careless.transaction() as tx:
        said = "\n".join(books.lines(standing.now(tx), checking.locks(tx)))
    assert "WRONG: what is written once can be changed: the serving user may DROP" in said
    assert said.endswith("THE BOOKS ARE NOT RIGHT.")
    with pytest.raises(BadConfig, match="the serving user may"):
        at_start.look(gateway(careless, "refuse"))
    at_start.look(gateway(db, "refuse"))
    assert healthy()[0] == "healthy", "all is right again"


def test_a_database_that_is_away_stops_nobody(db: Database, store: Store, redis: Redis) -> None:
    if store.kind == "sqlite":
        return
    with store.keeper.begin() as connection:
        connection.execute(text("RENAME TABLE alarms TO gone"))
    try:
        voice = cast(Voice, None)
        said = config(database_rights="refuse")
        at_start.look(Gateway(config=said, db=db, redis=redis, parts=db.parts, voice=voice))
    finally:
        with store.keeper.begin() as connection:
            connection.execute(text("RENAME TABLE gone TO alarms"))
