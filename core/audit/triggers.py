"""The database's own lock on what is written once: triggers that refuse UPDATE and DELETE (DR-1001, DR-212).

They let the keeper through, and only him: the user who migrates and forgets (KEEPER_DATABASE_URL), on a
connection that has said so. On MariaDB and MySQL that is the user who made the triggers; the application's
own user has no right to make, change or drop anything, so it cannot take them away, nor TRUNCATE a table.
SQLite knows no users: there the connection's word alone counts, and another program's is not heard.
"""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.audit.guard import APPEND_ONLY

ACTS = ("update", "delete")
KEEPER_SIGN = "tunda_keeper"
_SQLITE = (
    "CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN tunda_keeper() <> 1 "
    "BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
)
_BODY = (
    "IF COALESCE(@tunda_keeper, 0) <> 1 OR SUBSTRING_INDEX(USER(), '@', 1) <> "
    "SUBSTRING_INDEX(CURRENT_USER(), '@', 1) THEN "
    "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{table} is written once'; END IF"
)
_SERVER = "CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW " + _BODY


def set_up(connection: Connection) -> int:
    """Make what is missing, and anew what another user made or what reads otherwise; returns how many.

    To be called by the keeper after every migration, since SQLite loses a table's triggers when it is
    rebuilt.
    """
    sqlite = connection.dialect.name == "sqlite"
    there = _there(connection, sqlite=sqlite)
    made = 0
    for table in APPEND_ONLY:
        for act in ACTS:
            name = f"{table}_kept_{act}"
            wanted = _wanted(sqlite, name, act, table)
            if there.get(name) == wanted[0]:
                continue
            if name in there:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql(wanted[1])
            made += 1
    return made


def not_locked(session: Session) -> list[str]:
    """The tables that let a row be changed or deleted over this session's connection; nothing, as a rule.

    Tried on the newest row of each and taken back; an empty table says nothing.
    """
    found = []
    for table, key in APPEND_ONLY.items():
        newest = session.connection().scalar(text(f"SELECT MAX({key}) FROM {table}"))  # noqa: S608
        if newest is None:
            continue
        found += [
            f"{table}: {act}"
            for act, statement in (
                ("update", f"UPDATE {table} SET {key} = {key} WHERE {key} = :newest"),  # noqa: S608
                ("delete", f"DELETE FROM {table} WHERE {key} = :newest"),  # noqa: S608
            )
            if not _refused(session, statement, newest)
        ]
    return found


def _refused(session: Session, statement: str, newest: int) -> bool:
    attempt = session.begin_nested()
    try:
        session.connection().execute(text(statement), {"newest": newest})
    except DBAPIError as error:
        attempt.rollback()
        return "is written once" in str(error.orig)
    attempt.rollback()
    return False


def _wanted(sqlite: bool, name: str, act: str, table: str) -> tuple[str, str]:
    """What marks the right trigger in the database's own list, and the statement that makes it."""
    if sqlite:
        statement = _SQLITE.format(name=name, act=act.upper(), table=table)
        return statement, statement
    return _BODY.format(table=table), _SERVER.format(name=name, act=act.upper(), table=table)


def _there(connection: Connection, *, sqlite: bool) -> dict[str, str]:
    """The triggers that are there and ours to keep; another user's are listed with nothing to compare."""
    if sqlite:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {str(name): str(sql) for name, sql in rows}
    rows = connection.exec_driver_sql(
        "SELECT TRIGGER_NAME, CASE WHEN DEFINER = CURRENT_USER() THEN ACTION_STATEMENT ELSE '' END "
        "FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()"
    )
    return {str(name): str(body) for name, body in rows}
