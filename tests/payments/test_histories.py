"""Any mixture of payments, results, cancellations and refunds leaves books that add up (INV-1, 3, 4, 5).

Plain random walks by a seed: each step is one verb as a channel would call it, refused or not; after each the
order's payments, refunds and ledger must tell one story.
"""

import random
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from core.actor import system
from core.errors import DomainError
from core.orders import service as orders
from core.payments import checks, refunds, returning, service, taken_back
from core.payments.machine import OPEN
from core.payments.models import PaymentTransaction
from tests.helpers import FixedClock
from tests.orders.shop import Shop, failed, paid
from tests.payments import till
from tests.payments.till import second_admin, set_to, sound
from tests.proving import proves

STEPS = 22


class Walk:
    """One order, and everything that may happen to its money."""

    def __init__(self, shop: Shop, clock: FixedClock, seed: int) -> None:
        self.shop, self.clock, self.dice = shop, clock, random.Random(seed)
        self.order = shop.order("5", f"sms-{seed}")
        self.receipts = 0
        self.other = second_admin(shop)

    def step(self) -> None:
        names = [name for name in dir(self) if name.startswith("do_")]
        deed = getattr(self, self.dice.choice(names))
        with suppress(DomainError):  # refused, which must leave the books as they were
            deed()

    def receipt(self) -> str:
        self.receipts += self.dice.choice((0, 1, 1, 1))  # sometimes a repeat
        return f"W{self.order.order_id:05d}{self.receipts:04d}"

    def do_result_paid(self) -> None:
        attempt = self.shop.attempt(self.order)
        if attempt.method == "stk":
            self.shop.result(attempt, paid(attempt, f"ws_{attempt.transaction_id}", self.receipt()))

    def do_result_failed(self) -> None:
        attempt = self.shop.attempt(self.order)
        if attempt.method == "stk":
            self.shop.result(attempt, failed(f"ws_{attempt.transaction_id}"))

    def do_query(self) -> None:
        attempt = self.shop.attempt(self.order)
        told = service.Result(checkout_id=f"ws_{attempt.transaction_id}", code="0", final="paid", via="query")
        if attempt.method == "stk" and attempt.status in (*OPEN, "failed"):
            self.shop.result(attempt, told)

    def do_prompt(self) -> None:
        who = self.shop.cast.customer
        self.shop.db.run(
            lambda tx: service.pay(tx, who.actor, order_id=self.order.order_id, msisdn=who.phone)
        )

    def do_paybill(self) -> None:
        amount = self.dice.choice((str(self.order.amount_asked), "100.00", "7.00", "600.00"))
        payer = self.dice.choice(("254712000202", "254799999999", "2547*****149"))
        till.typed(self.shop, till.reference(self.order), amount, self.receipt(), payer)

    def do_transfer(self) -> None:
        ref = f"FT{self.order.order_id}{self.dice.randint(1, 3)}X"
        till.transferred(self.shop, self.order, self.dice.choice(("100.00", "499.00")), ref)

    def do_cancel(self) -> None:
        who = self.shop.cast.customer.actor
        self.shop.db.run(lambda tx: orders.cancel(tx, who, order_id=self.order.order_id))

    def do_wait(self) -> None:
        self.clock.advance(minutes=self.dice.choice((5, 31, 70)))
        self.shop.sweep()

    def do_approve(self) -> None:
        for refund in till.refunds(self.shop):
            if refund.status == "requested":
                road = "credit" if refund.road == "decide" else None
                self.shop.db.run(
                    lambda tx, r=refund, way=road: refunds.approve(  # type: ignore[misc]
                        tx, self.other, refund_id=r.refund_id, road=way
                    )
                )

    def do_send(self) -> None:
        for refund in till.refunds(self.shop):
            if refund.status == "approved" and refund.road in returning.SENT_BY_CHANNEL:
                till.send(self.shop, refund, self.dice.choice(("paid", "paid", "failed", "unknown")))

    def do_result_of_sending(self) -> None:
        for refund in till.refunds(self.shop):
            if refund.sent_key:
                outcome = self.dice.choice(("paid", "failed", "unknown"))
                till.outcome_of(self.shop, refund.sent_key, outcome, f"RL{refund.refund_id:08d}")

    def do_goodwill(self) -> None:
        key = f"g{self.dice.randint(1, 3)}"
        self.shop.db.run(
            lambda tx: refunds.request(
                tx, self.shop.cast.admin.actor, order_id=self.order.order_id,
                amount=Decimal(30), reason="sorry", request_key=key,
            )
        )  # fmt: skip

    def do_reversal(self) -> None:
        if self.dice.random() < 0.3:
            attempt = self.shop.attempt(self.order)
            self.shop.db.run(
                lambda tx: taken_back.reversed_by_provider(tx, transaction_id=attempt.transaction_id)
            )


@proves("INV-1", "INV-3", "INV-4", "INV-5", "DR-821", "DR-1005")
@pytest.mark.parametrize("seed", range(8))
def test_the_books_add_up_after_every_step(shop: Shop, clock: FixedClock, seed: int) -> None:
    shop.publish("500")
    set_to(shop, "refund.auto_approve_max", "450.00")
    walk = Walk(shop, clock, seed)
    for _ in range(STEPS):
        walk.step()
        sound(shop, walk.order)


@proves("INV-4")
def test_the_check_sees_a_payment_that_was_never_booked(shop: Shop) -> None:
    shop.publish()
    order = shop.paid_order()

    def forge(tx: Any) -> None:
        tx.session.add(
            PaymentTransaction(
                order_id=order.order_id, method="c2b", msisdn="", amount=Decimal(5), status="succeeded",
                created_at=tx.now, receipt="FORGED0001",
            )
        )  # fmt: skip

    shop.db.run(forge)
    with shop.db.read() as tx:
        assert not checks.order_adds_up(tx, order.order_id)
        assert checks.used_twice(tx) == ["receipt FORGED0001 was never written down"]


@proves("INV-3")
def test_the_check_sees_an_order_confirmed_without_its_money(shop: Shop) -> None:
    shop.publish()
    order = shop.order()
    shop.db.run(lambda tx: orders.confirm(tx, order.order_id, system("pay")))
    with shop.db.read() as tx:
        assert any("INV-3" in fault for fault in checks.order_faults(tx, order.order_id))
