"""A refund's and a payout's news in every order: sent once, paid once, whatever is heard of it (INV-10)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from core.orders.models import Order
from core.payments import returning
from core.payouts import paying
from tests.arrival.news import alarms_of
from tests.arrival.orders_of import Done, Happening, Table
from tests.helpers import FixedClock
from tests.orders.shop import Shop
from tests.payments import till
from tests.payouts import till as payouts
from tests.proving import proves

ONLY_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
End = tuple[str, str]
PAID, STUCK = "RB2C000001", "payout_stuck"
# (what is heard, how a refund may end, how a payout may end, how many orders); a late success wins.
CASES: Mapping[str, tuple[tuple[str, ...], Collection[End], Collection[End], int]] = {
    "paid": (("sent", "unclear", "paid", "paid*", "unclear*"), {("completed", "")}, {("paid", "")}, 6),
    "refused": (("sent", "unclear", "failed", "failed*"), {("approved", "")}, {("failed", STUCK)}, 3),
    "two that cannot both be true": (
        ("sent", "unclear", "paid", "failed"),
        {("completed", ""), ("completed", "payment_doubt")},
        {("paid", ""), ("paid", "payment_doubt")},
        6,
    ),
}


def after_sent(name: str, done: Done) -> bool:
    """Nothing is heard of what was not sent."""
    return name == "sent" or "sent" in done


@dataclass
class Sending:
    """Money on its way to somebody, and the verbs of its kind."""

    shop: Shop
    sent_key: str
    verbs: Any
    start: Happening

    def happenings(self, *names: str) -> Mapping[str, Happening]:
        heard: Mapping[str, Happening] = {
            "sent": self.start,
            "paid": lambda: self._result("paid", PAID),
            "failed": lambda: self._result("failed"),
            "unclear": lambda: self._result("unknown"),
        }
        return {name: heard[name.rstrip("*")] for name in names}

    def ends_so(
        self,
        table: Table,
        news: Sequence[str],
        ends: Collection[End],
        orders: int,
        *,
        order: Order,
        end: Callable[[], End],
    ) -> None:
        """Every order of the news ends in one of `ends`, and there are so many."""
        found = table.play(
            self.happenings(*news),
            after_each=lambda: till.sound(self.shop, order),
            at_the_end=end,
            possible=after_sent,
        )
        assert not {e: road for e, road in found.roads.items() if e not in ends}
        assert found.orders == orders

    def _result(self, outcome: Any, receipt: str | None = None) -> None:
        verb = self.verbs.result
        self.shop.db.run(lambda tx: verb(tx, sent_key=self.sent_key, outcome=outcome, receipt=receipt))


@proves("INV-10", "DR-821")
@ONLY_SQLITE
@pytest.mark.parametrize("name", CASES)
def test_a_refund(shop: Shop, table: Table, name: str) -> None:
    shop.publish()
    order = shop.paid_order()
    till.cancelled(shop, order)
    (refund,) = till.refunds(shop)
    key = "refund-1"
    sending = Sending(
        shop, key, returning,
        lambda: shop.db.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key=key)),
    )  # fmt: skip

    def end() -> End:
        (now,) = till.refunds(shop)
        gone = sum(Decimal(sum_) for name, sum_ in shop.balances().items() if name.startswith("mpesa"))
        assert gone == (0 if now.status == "completed" else order.amount_asked)
        return now.status, alarms_of(shop)

    news, ends, _, orders = CASES[name]
    sending.ends_so(table, news, ends, orders, order=order, end=end)


@proves("INV-10", "DR-1303")
@ONLY_SQLITE
@pytest.mark.parametrize("name", CASES)
def test_a_payout(shop: Shop, clock: FixedClock, table: Table, name: str) -> None:
    shop.publish()
    order = payouts.earn(shop, clock)
    till.set_to(shop, "mpesa.float_min", "0.00")
    payouts.run(shop)
    payouts.approve_first(shop)
    (payout,) = payouts.payouts(shop, shop.cast.farmer)
    key = "payout-1"
    sending = Sending(
        shop, key, paying,
        lambda: shop.db.run(lambda tx: paying.sending(tx, payout.payout_id, sent_key=key)),
    )  # fmt: skip

    def end() -> End:
        (now,) = payouts.payouts(shop, shop.cast.farmer)
        gone = shop.balances().get("mpesa_payouts", "0.00")
        assert gone == (f"-{payout.amount}" if now.status == "paid" else "0.00")
        return now.status, alarms_of(shop)

    news, _, ends, orders = CASES[name]
    sending.ends_so(table, news, ends, orders, order=order, end=end)
