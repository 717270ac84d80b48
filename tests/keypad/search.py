"""Where a secret stands in clear: every column of every table, every key of Redis, every line of the log."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from core.schema import METADATA
from tests.databases import REFERENCE_TABLES
from tests.keypad.house import House


def places(house: House, secret: str, *, database: bool = True) -> list[str]:
    """Each place that holds `secret` as a word of its own; nothing is what there should be."""
    alone = re.compile(rf"(?<![0-9A-Za-z.]){re.escape(secret)}(?![0-9A-Za-z.])")
    found = [f"Redis {key}: {text[:200]}" for key, text in _redis(house) if alone.search(text)]
    found += [f"log: {line[:300]}" for line in house.log_lines if alone.search(line)]
    if database:
        found += [f"{where}: {text[:200]}" for where, text in _tables(house, secret) if alone.search(text)]
    return found


def _redis(house: House) -> Iterator[tuple[str, str]]:
    redis: Any = house.redis
    readers: dict[bytes, Callable[[bytes], list[bytes]]] = {
        b"string": lambda key: [redis.get(key)],
        b"hash": lambda key: [part for pair in redis.hgetall(key).items() for part in pair],
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"set": lambda key: list(redis.smembers(key)),
        b"zset": lambda key: redis.zrange(key, 0, -1),
    }
    for key in redis.keys("*"):
        name = key.decode()
        yield name, name
        for value in readers[redis.type(key)](key):
            yield name, value.decode(errors="replace")


def _tables(house: House, secret: str) -> Iterator[tuple[str, str]]:
    """Every value of a row that holds `secret` anywhere: SQLite finds those rows ten times sooner than we."""
    for query in _queries():
        rows = house.live.execute(query, {"secret": secret.encode()})
        for row in rows:
            for (name, *_rest), value in zip(rows.description, row, strict=True):
                if isinstance(value, bytes):
                    yield name, value.decode(errors="replace")
                elif isinstance(value, str | int):
                    yield name, str(value)


@cache
def _queries() -> tuple[str, ...]:
    """One for each table, with the columns under their full names."""
    tables = [table for table in METADATA.sorted_tables if table.name not in REFERENCE_TABLES]
    queries = []
    for table in tables:
        names = ", ".join(f'"{column.name}" AS "{table.name}.{column.name}"' for column in table.columns)
        anywhere = " OR ".join(f'instr(CAST("{c.name}" AS BLOB), :secret)' for c in table.columns)
        queries.append(f'SELECT {names} FROM "{table.name}" WHERE {anywhere}')  # noqa: S608  (from the schema)
    return tuple(queries)
