"""Where a secret stands in clear: every column of every table, every key of Redis, every line of the log."""

import re
from collections.abc import Iterator

from core.schema import METADATA
from tests.databases import REFERENCE_TABLES
from tests.keypad.house import House


def places(house: House, secret: str, *, database: bool = True) -> list[str]:
    """Each place that holds `secret` as a word of its own; nothing is what there should be."""
    alone = re.compile(rf"(?<![0-9A-Za-z.]){re.escape(secret)}(?![0-9A-Za-z.])")
    found = [f"Redis {key}: {text[:200]}" for key, text in _redis(house) if alone.search(text)]
    found += [f"log: {line[:300]}" for line in house.log_lines if alone.search(line)]
    if database:
        found += [f"{where}: {text[:200]}" for where, text in _tables(house) if alone.search(text)]
    return found


def _redis(house: House) -> Iterator[tuple[str, str]]:
    for key in house.redis.keys("*"):  # type: ignore[union-attr]
        name = key.decode()
        match house.redis.type(key):
            case b"string":
                values = [house.redis.get(key)]
            case b"hash":
                values = list(house.redis.hgetall(key).values())  # type: ignore[union-attr]
            case b"list":
                values = list(house.redis.lrange(key, 0, -1))  # type: ignore[arg-type]
            case b"set":
                values = list(house.redis.smembers(key))  # type: ignore[arg-type]
            case b"zset":
                values = list(house.redis.zrange(key, 0, -1))  # type: ignore[arg-type]
            case kind:
                raise AssertionError(f"{name} is a {kind!r}: say here how it is read")
        yield name, name
        for value in values:
            yield name, value.decode(errors="replace")  # type: ignore[union-attr]


def _tables(house: House) -> Iterator[tuple[str, str]]:
    for table in METADATA.sorted_tables:
        if table.name in REFERENCE_TABLES:
            continue
        rows = house.live.execute(f'SELECT * FROM "{table.name}"')  # noqa: S608  (names from the schema)
        names = [column[0] for column in rows.description]
        for row in rows:
            for name, value in zip(names, row, strict=True):
                if isinstance(value, bytes):
                    yield f"{table.name}.{name}", value.decode(errors="replace")
                elif isinstance(value, str | int):
                    yield f"{table.name}.{name}", str(value)
