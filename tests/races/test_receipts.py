"""One receipt, told by two roads at the same moment: both look before either writes, and one counts."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import combinations, count
from typing import Any

import pytest

from core.ledger import service as ledger
from core.orders.models import Order
from core.orders.quotes import Line
from core.payments import paybill, receipts
from core.payments.models import MpesaReceipt
from tests.invariants.checks import judge
from tests.orders.shop import Shop, paid
from tests.payments.till import reference, sound
from tests.proving import proves
from tests.races.starting import at_once

HASHED = "0" * 64


@dataclass
class Roads:
    """Every road that a receipt may come by, each for something else."""

    shop: Shop
    prompted: Order
    ordered: Order
    other: Order
    receipt: str

    def prompt(self) -> str:
        """The callback of a prompt."""
        attempt = self.shop.attempt(self.prompted)
        return self.shop.result(attempt, paid(attempt, f"ws_{self.prompted.order_id}", self.receipt))

    def order(self) -> str:
        """Typed at the paybill, for an order."""
        return self._typed(reference(self.ordered))

    def other_order(self) -> str:
        """The same, for another order."""
        return self._typed(reference(self.other))

    def rider(self) -> str:
        """A rider's deposit."""
        return self._typed("R" + self.shop.cast.rider.phone)

    def nobody(self) -> str:
        """At the till, where nothing is typed, or with words that name nothing."""
        return self._typed("")

    def _typed(self, ref: str) -> str:
        return self.shop.db.run(
            lambda tx: paybill.c2b_confirm(
                tx, receipt=self.receipt, reference=ref, amount=self.prompted.amount_asked, payer=HASHED
            )
        )


ROADS = (Roads.prompt, Roads.order, Roads.other_order, Roads.rider, Roads.nobody)


@pytest.fixture
def both_look_first(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Whoever has looked whether a receipt is known waits a moment for the other to have looked too."""
    look, gates = receipts.known, [threading.Barrier(2)]

    def known(tx: Any, receipt: str) -> MpesaReceipt | None:
        found = look(tx, receipt)
        with suppress(threading.BrokenBarrierError):  # the other one waits for a lock of ours
            gates[0].wait(0.4)
        return found

    monkeypatch.setattr(receipts, "known", known)

    def again() -> None:
        gates[0] = threading.Barrier(2)

    return again


@proves("DR-803", "DR-804", "INV-5")
def test_two_roads_at_once_count_one_receipt_once(shop: Shop, both_look_first: Callable[[], None]) -> None:
    shop.publish("900", "80")
    people = map("+2547130{:05d}".format, count())
    ordered, other = (_order(shop, next(people)) for _ in range(2))
    pairs = [*combinations(ROADS, 2), *((road, road) for road in ROADS)]
    for number, pair in enumerate(pairs, start=1):
        prompted = _order(shop, next(people)) if Roads.prompt in pair else ordered
        roads = Roads(shop, prompted, ordered, other, receipt=f"TFO{number:07d}")
        both_look_first()
        at_once([partial(road, roads) for road in pair])
        with shop.db.read() as tx:
            at_mpesa = ledger.balance(tx, "mpesa")
            judge(tx)
        assert at_mpesa == number * ordered.amount_asked, " and ".join(road.__name__ for road in pair)
    sound(shop, ordered, other)


def _order(shop: Shop, msisdn: str) -> Order:
    """An order of somebody new, with a prompt on her phone."""
    buyer = shop.person(msisdn, "customer", "Kangemi")
    line = Line(shop.product(), Decimal(5), "kg")
    order = shop.accept(shop.quote_lines(line, customer=buyer), f"of-{msisdn}", buyer.actor)
    shop.prompt(order, f"ws_{order.order_id}")
    return order
