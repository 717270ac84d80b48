"""Rows written at once, one INSERT each, beside the session's unit of work.

A flush works out what depends on what and costs twice the statement it sends; the rows that every hop, text
and message writes depend on nothing. What is asked for "once" is asked of the unique key itself, not looked
up before: repeats are rare, and a look-up costs as much as the row.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import sqlalchemy
from sqlalchemy import Column, Insert, case, inspect, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from core.db import Base, Tx


def add(tx: Tx, row: Base) -> None:
    """INSERT a new `row` now; afterwards it has its key and defaults, and is the session's like any other.

    For tables with a number as their key. What `row` refers to must have been written, by id.
    """
    into, key, empty = _insert(type(row))
    given = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    written = tx.session.connection().execute(into, empty | given)
    made = cast("dict[str, Any]", written.last_inserted_params()) | {key: written.lastrowid}
    for name in made.keys() - given.keys():
        set_committed_value(row, name, made[name])
    make_transient_to_detached(row)
    tx.session.add(row)


def add_once(tx: Tx, row: Base, unique: InstrumentedAttribute[Any]) -> bool:
    """As `add`, unless the column `unique` has the row's value already; returns whether it was added.

    SQLite, MariaDB and MySQL undo a refused INSERT and nothing else, so the transaction goes on. What is
    refused for another reason is raised.
    """
    try:
        add(tx, row)
    except IntegrityError:
        same = select(unique).where(unique == getattr(row, unique.key))
        if tx.session.connection().execute(same).first() is None:
            raise
        return False
    return True


def add_all(tx: Tx, new: Sequence[Base]) -> None:
    """INSERT many rows of one table in one statement; whoever needs their keys reads them afterwards.

    All of them give the same columns. They stay outside the session.
    """
    if not new:
        return
    into, _, empty = _insert(type(new[0]))
    given = [{name: value for name, value in vars(row).items() if not name.startswith("_")} for row in new]
    tx.session.connection().execute(into, [empty | values for values in given])


def store_all(tx: Tx, changed: Sequence[Base]) -> None:
    """UPDATE what has been changed of many rows of one table in one statement, where a flush sends one for
    each; the rows are the session's, and clean afterwards.

    Whatever else is pending must be flushed before the change, for a look in between would write them singly.
    """
    dirty = [row for row in changed if tx.session.is_modified(row)]
    if not dirty:
        return
    table = inspect(type(dirty[0]))
    (primary,) = table.primary_key
    key = table.get_property_by_column(primary).key
    columns = [attribute.key for attribute in table.column_attrs]
    new: dict[str, dict[int, Any]] = {}
    for row in dirty:
        for name in columns:
            if inspect(row).attrs[name].history.has_changes():
                new.setdefault(name, {})[getattr(row, key)] = getattr(row, name)
    values: dict[str, Any] = {}
    for name, by_key in new.items():
        column = table.columns[name]
        told = {one: literal(value, column.type) for one, value in by_key.items()}
        values[name] = case(told, value=primary, else_=column)
    ids = [getattr(row, key) for row in dirty]
    tx.session.connection().execute(update(type(dirty[0])).where(primary.in_(ids)).values(values))
    for row in dirty:
        for name in new:
            set_committed_value(row, name, getattr(row, name))


@cache
def _insert(table: type[Base]) -> tuple[Insert, str, dict[str, None]]:
    """The statement, the name of the key, and the columns that stay empty if the maker of a row is silent."""
    columns: list[Column[Any]] = list(inspect(table).columns)
    (key,) = (column.key for column in columns if column.primary_key)
    empty = (column.key for column in columns if column.nullable and column.default is None)
    return sqlalchemy.insert(table), key, dict.fromkeys(empty)
