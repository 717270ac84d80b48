"""Many payments, refunds and payouts in bad weather; afterwards both books agree to the shilling.

STORM_SEED makes another storm, or one that went wrong again; STORM_MOVES a bigger one. `make soak` draws a
seed, says it, and makes 10,000.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from redis import Redis

from core.locations.places import Places
from tests.databases import Store
from tests.proving import proves
from tests.storm.doors import Doors
from tests.storm.storm import Size, begins, blow, market

MANY = 2000
# What every storm has posted, and what only a long one surely has.
ROADS = {"payment", "suspense_returned", "refund_paid", "payout_paid", "cod_collected", "rider_deposit"}
RARE = {"cash_counted", "cash_banked", "kept_as_credit", "credit_used", "refund_of_farmer", "refund_of_ours"}
MOVES = int(os.environ.get("STORM_MOVES", "300"))


@proves("INV-1", "INV-4", "INV-5", "INV-8", "INV-10", "DR-803", "DR-821", "DR-1303")
def test_the_books_agree_after_a_storm(
    open_store: Callable[[str], Store], redis: Redis, places: Places, tmp_path: Path
) -> None:
    seed = int(os.environ.get("STORM_SEED", "5"))
    print(f"STORM_SEED={seed}")
    store = open_store("mariadb")
    store.empty()
    began = time.process_time()
    size = Size(moves=MOVES, orders=MOVES // 15, deliveries=MOVES // 30)
    house, town, found = blow(store, redis, places, seed=seed, size=size, certificate=str(tmp_path / "c.pem"))
    print(
        f"{time.process_time() - began:.0f} CPU seconds",
        dict(found.moved),
        dict(town.done),
        dict(town.refused),
        house.killed,
        town.seconds,
    )
    print(found.open, dict(found.differences), dict(found.entries))
    asked_for = ROADS if MOVES < MANY else ROADS | RARE
    rare = ", ".join(f"{kind} {found.entries[kind]}" for kind in sorted(RARE))
    print(f"roads asked for: {', '.join(sorted(asked_for))}; rare ones, from {MANY} moves on: {rare}")
    assert found.faults == [], f"STORM_SEED={seed}"
    assert found.untold == [], "the statement has told of everything"
    assert found.movements >= MOVES, dict(found.moved)
    assert asked_for <= found.entries.keys(), dict(found.entries)


def test_the_same_seed_is_the_same_storm(
    open_store: Callable[[str], Store], redis: Redis, places: Places, tmp_path: Path
) -> None:
    def morning(seed: int) -> list[tuple[str, str, str, str]]:
        store = open_store("mariadb")
        store.empty()
        redis.flushdb()
        certificate = str(tmp_path / "c.pem")
        house, town = begins(store, redis, places, seed=seed, certificate=certificate)
        market(house, Doors(town), Size(moves=0, orders=3, deliveries=1))
        moved = house.world.parts.books.movements()
        return [(one.receipt, one.kind, str(one.amount), one.at.isoformat()) for one in moved]

    assert morning(11) == morning(11)
