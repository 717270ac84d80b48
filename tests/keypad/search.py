"""Where a secret stands in clear: every column of every table, every key of Redis, every line of the log."""

import re
from collections.abc import Callable, Iterator
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
        found += [f"{where}: {text[:200]}" for where, text in _tables(house) if alone.search(text)]
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
