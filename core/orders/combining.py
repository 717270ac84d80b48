"""Which farms supply several things together: those of the fewest farms, and the cheapest of each thing.

Somebody who orders three things gets them from one farm if one has them all: one pick-up, one who answers
for it. Plain Python, no session.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from itertools import product as every_way

from core.orders.bringing import Pick

# How many ways of combining farms are compared for one quote.
MOST_COMBINATIONS = 400
# Of those with the fewest farms, so many; and so many farms together are looked for beyond one.
MOST_OF_FEWEST = 60
MOST_TOGETHER = 2


def combined(candidates: Sequence[list[Pick]]) -> Iterator[tuple[Pick, ...]]:
    """Every way worth comparing to take one candidate a line, `candidates` best first."""
    if len(candidates) > 1:
        yield from _of_fewest_farms(candidates)
    keep = max(1, int(MOST_COMBINATIONS ** (1 / len(candidates))))
    yield from every_way(*(picks[:keep] for picks in candidates))


def _of_fewest_farms(candidates: Sequence[list[Pick]]) -> list[tuple[Pick, ...]]:
    """The ways with as few farms as can supply all lines, the cheapest goods first; none where that takes
    more than two farms, since then the best of each line are as good."""
    by_farm: dict[int, dict[int, Pick]] = {}
    for line, picks in enumerate(candidates):
        for pick in picks:
            by_farm.setdefault(pick.listing.farm_id, {}).setdefault(line, pick)
    for count in range(1, min(MOST_TOGETHER, len(candidates) - 1) + 1):
        found = [
            way
            for farms in combinations(by_farm.values(), count)
            if (way := _together(farms, len(candidates))) is not None
        ]
        if found:
            return sorted(found, key=_goods)[:MOST_OF_FEWEST]
    return []


def _together(farms: Sequence[dict[int, Pick]], lines: int) -> tuple[Pick, ...] | None:
    """What these farms supply of every line, the cheaper one's; None if they lack one."""
    way = []
    for line in range(lines):
        offers = [farm[line] for farm in farms if line in farm]
        if not offers:
            return None
        way.append(min(offers, key=lambda pick: (pick.total, pick.listing.listing_id)))
    return tuple(way)


def _goods(way: tuple[Pick, ...]) -> tuple[Decimal, list[int]]:
    return sum((pick.total for pick in way), Decimal(0)), [pick.listing.listing_id for pick in way]
