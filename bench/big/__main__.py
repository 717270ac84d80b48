"""`make big`: fill a MariaDB with a country, show how the most used queries are answered, and compare sizes.

Fills two databases on a throwaway server, one with 1,000 listings and one with 500,000. Prints EXPLAIN of
each query on the large one and how the two times compare. Fails when a growing table is read whole, when the
rows looked at grow with the table, or when the large one takes more than 1.5 times as long. Then the callback
log is filled with five million rows, and every filter of the console is asked (bench/big/log.py).
"""

import os
import sys
import time

from sqlalchemy import create_engine, make_url, text

from app import build
from bench import ground
from bench.big import log
from bench.big.fill import Country, Size, spread
from bench.big.measure import Cost, race
from bench.big.queries import queries
from core.config import load
from core.db import Database, sqlalchemy_url
from core.insights.load import load_reference
from core.migrate import migrate

SMALL = Size(users=400, listings=1_000, orders=2_000)
BIG = Size(users=200_000, listings=500_000, orders=1_000_000)
BIG_WARDS: int | None = None
# A market that has begun in three wards, with as many listings in each as the whole country has.
SMALL_WARDS = 3
ROUNDS = 200
RATIO = 1.5
# A basket asks whether any rider lives within reach: its rows grow with one neighbourhood until that is full,
# and the small market has not filled its own yet. Its time and its indexes are held like all others.
LOCAL = ("a basket at my door",)
# Rows looked at may differ by chance from place to place, not by the size of the table.
ROWS_MORE = 200


def open_database(name: str) -> Database:
    """An empty database of that name on the server, migrated, with the reference data."""
    url = make_url(os.environ["TEST_MARIADB_URL"])
    server = create_engine(sqlalchemy_url(os.environ["TEST_MARIADB_URL"]), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"))
    server.dispose()
    ground.set_environment(url.set(database=name), os.environ["TEST_REDIS_URL"])
    db = build(load(_env_file=None)).db
    migrate(db.engine)
    load_reference(db)
    return db


def filled(name: str, size: Size, wards: int | None = None) -> Country:
    """A country of `size` in its own database, in the `wards` nearest to Kinoo (or all there are)."""
    db = open_database(name)
    places = db.parts.places
    middle = next(ward for ward in places.starting_with("Kinoo") if ward.ward == "Kinoo")
    subcounties = [s for county in places.counties() for s in places.subcounties(county.code)]
    everywhere = [ward for subcounty in subcounties for ward in places.wards_of(subcounty.code)]
    began = time.monotonic()
    country = Country(db, size, spread(everywhere, middle, wards or len(everywhere)))
    country.fill()
    with db.engine.connect() as connection:
        for table in ("users", "product_listings", "orders", "order_items", "deliveries", "duties"):
            connection.execute(text(f"ANALYZE TABLE {table}"))
    print(f"{name}: filled in {time.monotonic() - began:.0f} s", flush=True)
    return country


def faults(name: str, small: Cost, big: Cost) -> list[str]:
    """What is wrong with one query."""
    wrong = [f"{name}: reads all of {access.table}" for access in big.accesses if access.whole]
    if name not in LOCAL and big.examined > small.examined * RATIO + ROWS_MORE:
        wrong.append(f"{name}: looked at {big.examined} rows, {small.examined} in the small database")
    if big.median > small.median * RATIO:
        wrong.append(f"{name}: {big.median / small.median:.2f} times as long in the large database")
    return wrong


def main() -> int:
    """Fill, explain, compare; 1 if anything grows that must not."""
    small = filled("tunda_small", SMALL, SMALL_WARDS)
    big = filled("tunda_big", BIG, BIG_WARDS)
    costs = race((small.db, queries(small)), (big.db, queries(big)), ROUNDS)
    print(
        f"\n{'':30} {'SQL':>4} {'rows looked at':>15} {'ms':>15} {'ratio':>6}   how the large one is answered"
    )
    wrong = []
    for name, (few, many) in costs.items():
        ratio = many.median / few.median
        how = ", ".join(map(str, many.accesses))
        rows, times = f"{few.examined} {many.examined}", f"{few.median:.2f} {many.median:.2f}"
        print(f"{name:30} {many.statements:4} {rows:>15} {times:>15} {ratio:6.2f}   {how}")
        wrong += faults(name, few, many)
    wrong += log.faults(open_database("tunda_log"), log.ROWS)
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
