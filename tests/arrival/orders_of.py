"""Plays some happenings in every order there is, from one moment, and looks at the books after each.

Seven happenings have 5,040 orders. They are not played one by one: a tree of moments is walked, each moment
is put back as often as it goes on, and two roads that lead to the same moment go on together. Nothing is left
out by that, since what happens next depends on nothing but the moment; `Found.orders` counts all the roads.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any, cast

from core.errors import DomainError
from tests.databases import Store
from tests.helpers import FixedClock, SeededChance
from tests.moments import Moment, Moments
from tests.orders.shop import Shop

Happening = Callable[[], object]
Done = frozenset[str]
# What makes one moment unlike another, column by column. Ids, and when something was written, do not.
TELLING: Mapping[str, tuple[str, ...]] = {
    "orders": ("order_id", "order_status", "payment_status", "amount_asked", "cancel_reason"),
    "order_items": ("order_id", "item_status", "fulfilled_quantity"),
    "payment_transactions": (
        "order_id", "method", "status", "amount", "checkout_request_id", "receipt", "receipt_due", "open_for",
        "asked_count", "requested_at", "bank_reference", "approved_by", "payer",
    ),
    "refunds": (
        "order_id", "cause", "amount", "status", "road", "to_number", "tries", "sent_key", "reference",
    ),
    "suspense_payments": ("receipt", "amount", "status", "order_id"),
    "mpesa_receipts": ("receipt", "amount"),
    "provider_requests": (
        "kind", "subject", "status", "name", "conversation_id", "originator_id", "code", "tries", "about",
    ),
    "ledger_lines": ("account", "amount"),
    "payouts": ("payee_id", "amount", "status", "tries", "sent_key", "receipt"),
    "cash_collections": ("rider_id", "order_id", "amount", "settled"),
    "deliveries": ("order_id", "delivery_status"),
    "product_listings": ("listing_id", "quantity_available"),
    "alarms": ("kind", "subject", "open_for"),
    "duties": ("kind", "subject_id", "status", "due_at"),
    "outbox": ("user_id", "code", "status"),
    "notifications": ("user_id", "code"),
}  # fmt: skip

# Over HTTP each thing heard is a duty first; once it is done, in what order they came says nothing more.
_BUT = {"duties": " WHERE kind NOT LIKE 'read_%'"}
_LOOKS = [
    f"SELECT {', '.join(columns)} FROM {table}{_BUT.get(table, '')}"  # noqa: S608
    for table, columns in TELLING.items()
]


@dataclass
class Found:
    """What all orders led to.

    orders  how many orders of arrival there are, the same thing twice counted once
    steps   how many steps were played for them
    ends    how they end, as `at_the_end` says it, and how many orders end so
    roads   for each of those ends, one order that leads there
    """

    orders: int = 0
    steps: int = 0
    ends: Counter[Any] = field(default_factory=Counter)
    roads: dict[Any, str] = field(default_factory=dict)


class Table:
    """Where the cards are laid in every order."""

    def __init__(self, shop: Shop, clock: FixedClock, store: Store) -> None:
        self.shop, self.clock = shop, clock
        self.moments = Moments(store, clock, cast("SeededChance", shop.db.parts.chance))

    def play(
        self,
        happenings: Mapping[str, Happening],
        *,
        after_each: Happening,
        at_the_end: Callable[[], Any],
        possible: Callable[[str, Done], bool] = lambda name, done: True,
    ) -> Found:
        """Every order of `happenings`; "callback*" is "callback" once more and comes after it.

        after_each  must raise where something is wrong
        at_the_end  what matters of an end, to compare and to count
        possible    whether a happening can come now, after those done
        """
        found = Found()
        start = self.moments.keep()
        roads: dict[tuple[Done, Any], tuple[Moment, tuple[str, ...], int]]
        roads = {(frozenset(), None): (start, (), 1)}
        for _ in happenings:
            further: dict[tuple[Done, Any], tuple[Moment, tuple[str, ...], int]] = {}
            for (done, _known), (moment, road, many) in roads.items():
                for name in happenings:
                    if name in done or not _in_turn(name, done) or not possible(name, done):
                        continue
                    self.moments.back_to(moment)
                    order = (*road, name)
                    _step(happenings[name], order)
                    found.steps += 1
                    key = (done | {name}, self._telling())
                    if key in further:
                        there, first, before = further[key]
                        further[key] = (there, first, before + many)
                    else:
                        _step(after_each, order)
                        further[key] = (self.moments.keep(), order, many)
            for moment, _road, _many in roads.values():
                moment.forget()
            roads = further
        for moment, road, many in roads.values():
            self.moments.back_to(moment)
            end = at_the_end()
            found.ends[end] += many
            found.roads.setdefault(end, " > ".join(road))
            found.orders += many
            moment.forget()
        return found

    def play_one(
        self, happenings: Mapping[str, Happening], road: Sequence[str], *, after_each: Happening
    ) -> None:
        """One order, from where things stand: for a database that cannot be put back."""
        for number, name in enumerate(road, 1):
            _step(happenings[name], road[:number])
            _step(after_each, road[:number])

    def _telling(self) -> tuple[Any, ...]:
        """What the moment is, apart from ids and from when things were written."""
        with closing(self.moments.live()) as live:
            return (self.clock.now(), *(tuple(sorted(map(repr, live.execute(select)))) for select in _LOOKS))


def _step(happen: Happening, road: Sequence[str]) -> None:
    try:
        with suppress(DomainError):  # refused, which must leave everything as it was
            happen()
    except Exception as error:
        raise AssertionError(f"after {' > '.join(road)}: {error!r}") from error


def _in_turn(name: str, done: Done) -> bool:
    """Whether a repeat comes after what it repeats."""
    return not name.endswith("*") or name.removesuffix("*") in done
