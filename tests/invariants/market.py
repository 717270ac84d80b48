"""A market in which anybody does anything at any time: the stateful property test behind INV-1 to INV-10.

Each rule is something that a person, a provider or the clock does. A refusal (DomainError) is an answer and
ends the deed, never the history; anything else is our own fault and fails the test. Orders begin some
natural steps further, so that histories get somewhere before somebody disturbs them.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial, wraps
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import select

from core.carts import service as carts
from core.cash import deposits
from core.deliveries import failing
from core.deliveries import service as deliveries
from core.deliveries.models import Delivery, DeliveryOffer
from core.errors import DomainError
from core.listings import changes
from core.listings.models import Listing
from core.orders import cancelling, claims, marking, rejecting, replacing, shortage
from core.orders import service as orders
from core.orders.checkout import checkout
from core.orders.models import CancelRequest, Claim, Order, OrderItem
from core.payments import paybill, refunds, returning
from core.payments import service as payments
from core.payments.models import PaymentTransaction, Refund
from core.payments.service import Result
from core.payouts import making, paying
from core.payouts import service as payouts
from core.payouts.models import Payout
from tests.helpers import Person
from tests.invariants.checks import judge
from tests.orders.shop import Shop, failed, paid

FEW = st.integers(0, 5)
OUTCOMES = st.sampled_from(["paid", "failed", "unknown"])
STEPS = st.integers(0, 7)
WHO = st.integers(0, 1)
LINES = st.lists(st.tuples(FEW, st.integers(2, 9)), min_size=1, max_size=3)
METHODS = st.sampled_from(["mpesa", "mpesa", "mpesa", "cash_on_delivery", "bank_transfer"])
SECOND_FARMER, SECOND_CUSTOMER, SECOND_RIDER = "+254712000505", "+254712000606", "+254712000707"
# Minutes that pass: within a window, over a deadline, over a night.
PAUSES = st.sampled_from([1, 5, 16, 61, 240, 60 * 13, 60 * 26])


def _has_orders(market: "Market") -> bool:
    return bool(market.book.orders)


def deed(**choices: Any) -> Callable[[Callable[..., None]], Any]:
    """A rule whose refusals are answers."""

    def decorate(act: Callable[..., None]) -> Any:
        @wraps(act)
        def attempt(self: "Market", **drawn: Any) -> None:
            try:
                act(self, **drawn)
            except DomainError as refusal:
                self.refused.append(f"{act.__name__}: {refusal.code}")
            else:
                self.done.append(act.__name__)

        known: Any = precondition(_has_orders)
        ruled: Any = rule(**choices)
        return known(ruled(attempt))

    return decorate


@dataclass
class Book:
    """What a history remembers: orders by number of their placing, and every callback so far."""

    orders: list[Order] = field(default_factory=list)
    callbacks: list[Callable[[], object]] = field(default_factory=list)


class Market(RuleBasedStateMachine):
    """Two farmers, two customers, two riders, an admin and an owner."""

    open_shop: Callable[[], Shop]

    def __init__(self) -> None:
        super().__init__()
        self.shop = self.open_shop()
        self.book = Book()
        self.done: list[str] = []
        self.refused: list[str] = []
        self.keys = 0
        cast = self.shop.cast
        self.farmers = [cast.farmer, self.shop.person(SECOND_FARMER, "farmer", "Kinoo")]
        self.customers = [cast.customer, self.shop.person(SECOND_CUSTOMER, "customer", "Kangemi")]
        self.listings = [
            self.shop.publish("40", "79.90"),
            self.shop.publish("40", "81.35", farmer=self.farmers[1]),
            self.shop.publish("10", "333.33", slug="avocado", unit="kg", farmer=self.farmers[1]),
        ]

    def teardown(self) -> None:
        """The moment of truth."""
        with self.shop.db.read() as tx:
            judge(tx)

    # --- who and what ------------------------------------------------------------------------------------
    def order_no(self, which: int) -> Order:
        """One of the orders so far."""
        if not self.book.orders:
            raise DomainError
        return self.shop.fresh(self.book.orders[which % len(self.book.orders)])

    def item_no(self, which: int, line: int) -> OrderItem:
        """One of an order's items."""
        items = self.order_no(which).items
        return items[line % len(items)]

    def owner(self, order: Order) -> Person:
        """The order's customer."""
        return next(one for one in self.customers if one.id == order.customer_id)

    def farmer_of(self, item: OrderItem) -> Person:
        """The item's farmer."""
        return next(one for one in self.farmers if one.id == item.farmer_id)

    def some(self, kind: Any, which: int, *where: Any) -> Any:
        """One of the rows of a kind, or a refusal if there is none."""
        rows = self.all(kind, *where)
        if not rows:
            raise DomainError
        return rows[which % len(rows)]

    def all(self, kind: Any, *where: Any) -> Any:
        """The rows of a kind."""
        with self.shop.db.read() as tx:
            return tx.session.scalars(select(kind).where(*where)).all()

    def attempt_of(self, order: Order) -> PaymentTransaction:
        """The order's newest prompt, or a refusal if there is none."""
        found: list[PaymentTransaction] = self.all(
            PaymentTransaction,
            PaymentTransaction.order_id == order.order_id,
            PaymentTransaction.method == "stk",
        )
        if not found:
            raise DomainError
        return max(found, key=lambda one: one.transaction_id)

    def run(self, work: Callable[[Any], Any]) -> Any:
        """One transaction."""
        return self.shop.db.run(work)

    def calls_back(self, callback: Callable[[], object]) -> None:
        """A provider's message, which may come again at any time (INV-10)."""
        self.book.callbacks.append(callback)
        callback()

    # --- buying ------------------------------------------------------------------------------------------
    @initialize(who=WHO, lines=LINES, method=METHODS, steps=STEPS)
    def first_order(self, who: int, lines: list[tuple[int, int]], method: str, steps: int) -> None:
        self.begin(who, lines, method, steps)

    @rule(who=WHO, lines=LINES, method=METHODS, steps=STEPS)
    def order(self, who: int, lines: list[tuple[int, int]], method: str, steps: int) -> None:
        self.begin(who, lines, method, steps)

    def begin(self, who: int, lines: list[tuple[int, int]], method: str, steps: int) -> None:
        """A new order, and its natural first steps; the last prompt has left the phone by then."""
        self.shop.db.parts.clock.advance(minutes=4)  # type: ignore[attr-defined]
        with suppress(DomainError):
            self.place(who, lines, method)
            self.advance(len(self.book.orders) - 1, steps)

    def place(self, who: int, lines: list[tuple[int, int]], method: str) -> None:
        """An order from a cart that holds nothing else."""
        buyer = self.customers[who].actor
        self.run(lambda tx: carts.clear(tx, buyer))
        for which, quantity in lines:
            listing_id = self.listings[which % len(self.listings)].listing_id
            put = partial(carts.add, actor=buyer, listing_id=listing_id, quantity=Decimal(quantity))
            self.run(put)
        key = self.new_key()
        placed = self.run(
            lambda tx: checkout(tx, buyer, idempotency_key=key, payment_method=method, again=True)
        )
        self.book.orders.append(placed)

    def new_key(self) -> str:
        """A name that was not used before in this history."""
        self.keys += 1
        return f"key-{self.keys}"

    # --- as it should be ---------------------------------------------------------------------------------
    @deed(which=FEW, steps=STEPS)
    def go_on(self, which: int, steps: int) -> None:
        self.advance(which, steps)

    def advance(self, which: int, steps: int) -> None:
        """An order's natural next steps."""
        for _ in range(steps):
            order = self.order_no(which)
            next_step = {
                "pending_payment": self.settle_up,
                "confirmed": self.make_ready,
                "processing": self.make_ready,
                "ready_for_delivery": self.bring,
                "out_for_delivery": self.bring,
                "delivered": self.thank,
            }.get(order.order_status)
            if next_step is None:
                return
            next_step(order)

    def settle_up(self, order: Order) -> None:
        """The sum that is asked."""
        attempt = self.attempt_of(order)
        number = attempt.transaction_id
        self.calls_back(lambda: self.shop.result(attempt, paid(attempt, f"ws_{number}", f"R{number:09}")))

    def make_ready(self, order: Order) -> None:
        """Every farmer marks what is hers, and riders are asked."""
        for item in order.items:
            if item.item_status in ("pending", "harvested", "packed"):
                farmer, number = self.farmer_of(item).actor, item.order_item_id
                self.run(partial(marking.mark, actor=farmer, order_item_id=number, event="ready"))
        self.shop.sweep()

    def bring(self, order: Order) -> None:
        """The rider takes the job, collects, and hands over."""
        delivery: Delivery = self.some(Delivery, 0, Delivery.order_id == order.order_id)
        if delivery.delivery_status == "pending":
            self.shop.sweep()
            offer = self.some(DeliveryOffer, 0, DeliveryOffer.open_delivery == delivery.delivery_id)
            self.shop.answer(offer, accept=True)
        elif delivery.delivery_status == "assigned":
            self.shop.pick_up(order)
        else:
            self.shop.deliver(self.shop.code(order), order)

    def thank(self, order: Order) -> None:
        """The customer says that all is well."""
        who = self.owner(order).actor
        self.run(lambda tx: orders.complete(tx, who, order.order_id))

    @deed(which=FEW)
    def prompt(self, which: int) -> None:
        """The provider has taken the prompt (P1)."""
        number = self.attempt_of(self.order_no(which)).transaction_id
        taken = partial(
            payments.accepted, merchant_request_id=f"m-{number}", checkout_request_id=f"ws_{number}"
        )
        self.run(lambda tx: taken(tx, number))

    @deed(which=FEW)
    def pay(self, which: int) -> None:
        attempt = self.attempt_of(self.order_no(which))
        number = attempt.transaction_id
        self.calls_back(lambda: self.shop.result(attempt, paid(attempt, f"ws_{number}", f"R{number:09}")))

    @deed(which=FEW)
    def pay_by_query(self, which: int) -> None:
        attempt = self.attempt_of(self.order_no(which))
        found = Result(checkout_id=f"ws_{attempt.transaction_id}", code="0", final="paid", via="query")
        self.calls_back(lambda: self.shop.result(attempt, found))

    @deed(which=FEW)
    def fail_to_pay(self, which: int) -> None:
        attempt = self.attempt_of(self.order_no(which))
        self.calls_back(lambda: self.shop.result(attempt, failed(f"ws_{attempt.transaction_id}")))

    @deed(which=FEW)
    def forge(self, which: int) -> None:
        attempt = self.attempt_of(self.order_no(which))
        wrong = Result(
            checkout_id="ws_forged", code="0", final="paid", amount=Decimal("1.00"), receipt="FORGED0001"
        )
        self.shop.result(attempt, wrong)

    @deed(which=FEW, percent=st.sampled_from([1, 40, 100, 100, 130]), known=st.booleans())
    def pay_at_the_paybill(self, which: int, percent: int, known: bool) -> None:
        order = self.order_no(which)
        amount = max((order.amount_asked * percent / 100).quantize(Decimal(1)), Decimal(1))
        receipt = f"C{len(self.book.callbacks):09}"
        payer = self.owner(order).phone
        reference = order.order_number if known else "NOSUCHORDER"
        self.calls_back(
            lambda: self.run(
                lambda tx: paybill.c2b_confirm(
                    tx,
                    receipt=receipt,
                    reference=reference,
                    amount=amount.quantize(Decimal("0.01")),
                    payer=payer,
                )
            )
        )

    @deed(which=FEW)
    def ask_for_a_prompt(self, which: int) -> None:
        order = self.order_no(which)
        who = self.owner(order)
        self.run(
            lambda tx: payments.start(
                tx, who.actor, orders.owned(tx, who.actor, order.order_id), msisdn=who.phone
            )
        )

    @deed(which=FEW)
    def come_again(self, which: int) -> None:
        """A provider repeats what it said before."""
        if self.book.callbacks:
            self.book.callbacks[which % len(self.book.callbacks)]()

    # --- the farm ----------------------------------------------------------------------------------------
    @deed(which=FEW, line=FEW, event=st.sampled_from(["accept", "harvest", "pack", "ready", "ready"]))
    def mark(self, which: int, line: int, event: str) -> None:
        item = self.item_no(which, line)
        farmer = self.farmer_of(item).actor
        self.run(lambda tx: marking.mark(tx, farmer, order_item_id=item.order_item_id, event=event))

    @deed(which=FEW, line=FEW)
    def reject(self, which: int, line: int) -> None:
        item = self.item_no(which, line)
        farmer = self.farmer_of(item).actor
        self.run(lambda tx: rejecting.reject(tx, farmer, order_item_id=item.order_item_id, reason="hail"))

    @deed(which=FEW, line=FEW, quantity=st.integers(1, 4))
    def supply_less(self, which: int, line: int, quantity: int) -> None:
        item = self.item_no(which, line)
        farmer = self.farmer_of(item).actor
        self.run(
            lambda tx: shortage.short(
                tx, farmer, order_item_id=item.order_item_id, quantity=Decimal(quantity)
            )
        )

    @deed(which=FEW, quantity=st.integers(0, 60))
    def restock(self, which: int, quantity: int) -> None:
        listing: Listing = self.listings[which % len(self.listings)]
        farmer = next(one for one in self.farmers if one.id == listing.farmer_id).actor
        self.run(
            lambda tx: changes.set_quantity(
                tx, farmer, listing_id=listing.listing_id, quantity=Decimal(quantity)
            )
        )

    # --- second thoughts ---------------------------------------------------------------------------------
    @deed(which=FEW)
    def cancel(self, which: int) -> None:
        order = self.order_no(which)
        who = self.owner(order).actor
        self.run(lambda tx: cancelling.cancel(tx, who, order_id=order.order_id))

    @deed(which=FEW, line=FEW)
    def cancel_item(self, which: int, line: int) -> None:
        item = self.item_no(which, line)
        who = self.owner(self.order_no(which)).actor
        self.run(lambda tx: cancelling.cancel_item(tx, who, order_item_id=item.order_item_id))

    @deed(which=FEW, grant=st.booleans(), waive=st.booleans())
    def ask_to_cancel(self, which: int, grant: bool, waive: bool) -> None:
        order = self.order_no(which)
        who, admin = self.owner(order).actor, self.shop.cast.admin.actor
        self.run(lambda tx: cancelling.request_cancel(tx, who, order_id=order.order_id))
        asked = self.some(CancelRequest, which, CancelRequest.order_id == order.order_id)
        self.run(
            lambda tx: cancelling.decide_cancel(
                tx, admin, request_id=asked.request_id, grant=grant, waive=waive, reason="asked"
            )
        )

    @deed(which=FEW, line=FEW, take=st.booleans())
    def choose_another_farm(self, which: int, line: int, take: bool) -> None:
        item = self.item_no(which, line)
        who = self.owner(self.order_no(which)).actor
        self.run(lambda tx: replacing.choose(tx, who, order_item_id=item.order_item_id, take=take))

    # --- the road ----------------------------------------------------------------------------------------
    @precondition(lambda self: self.shop.offer() is not None)
    @deed(accept=st.sampled_from([True, True, False]))
    def answer_offer(self, accept: bool) -> None:
        self.shop.sweep()
        offer = self.shop.offer()
        if offer is None:
            raise DomainError
        self.shop.answer(offer, accept=accept)

    @deed(which=FEW)
    def pick_up(self, which: int) -> None:
        self.shop.pick_up(self.order_no(which))

    @deed(which=FEW, right=st.sampled_from([True, True, True, False]))
    def deliver(self, which: int, right: bool) -> None:
        order = self.order_no(which)
        delivery: Delivery = self.some(
            Delivery, 0, Delivery.order_id == order.order_id, Delivery.code_sealed.is_not(None)
        )
        assert delivery.code_sealed
        self.shop.deliver(self.shop.code(order) if right else "xxxx", order)

    @deed(which=FEW, reason=st.sampled_from(["absent", "wrong_place", "refused", "damaged"]))
    def fail_to_deliver(self, which: int, reason: str) -> None:
        order = self.order_no(which)
        rider = self.shop.cast.rider.actor
        self.run(lambda tx: failing.fail(tx, rider, order_id=order.order_id, reason=reason, called=True))

    @deed(which=FEW)
    def bring_back(self, which: int) -> None:
        order = self.order_no(which)
        rider = self.shop.cast.rider.actor
        self.run(lambda tx: failing.give_back(tx, rider, order_id=order.order_id))

    @deed(which=FEW)
    def override(self, which: int) -> None:
        order = self.order_no(which)
        admin = self.shop.cast.admin.actor
        self.run(lambda tx: deliveries.override(tx, admin, order_id=order.order_id, reason="phone lost"))

    @deed(amount=st.integers(1, 900))
    def count_cash(self, amount: int) -> None:
        admin, rider = self.shop.cast.admin.actor, self.shop.cast.rider
        key = self.new_key()
        self.run(
            lambda tx: deposits.count_in(tx, admin, rider_id=rider.id, amount=Decimal(amount), once_key=key)
        )

    # --- the end -----------------------------------------------------------------------------------------
    @deed(
        which=FEW, line=FEW, fault=st.sampled_from(["farmer", "rider", "platform"]), share=st.integers(1, 100)
    )
    def claim(self, which: int, line: int, fault: str, share: int) -> None:
        item = self.item_no(which, line)
        who, admin = self.owner(self.order_no(which)).actor, self.shop.cast.admin.actor
        self.run(lambda tx: claims.open_claim(tx, who, order_item_id=item.order_item_id, reason="rotten"))
        found: Claim = self.some(Claim, 0, Claim.order_item_id == item.order_item_id)
        refund = (item.total_price * share / 100).quantize(Decimal(1)).quantize(Decimal("0.01"))
        self.run(
            lambda tx: claims.uphold(
                tx, admin, claim_id=found.claim_id, fault=fault, refund=refund, reason="seen"
            )
        )

    @precondition(lambda self: self.all(Refund, Refund.status == "requested"))
    @deed(which=FEW)
    def approve_refund(self, which: int) -> None:
        refund: Refund = self.some(Refund, which, Refund.status == "requested")
        admin = self.shop.cast.admin.actor
        self.run(lambda tx: refunds.approve(tx, admin, refund_id=refund.refund_id))

    @precondition(lambda self: self.all(Refund, Refund.status.in_(("approved", "sent", "unknown"))))
    @deed(which=FEW, outcome=OUTCOMES)
    def send_refund(self, which: int, outcome: Any) -> None:
        refund: Refund = self.some(Refund, which, Refund.status.in_(("approved", "sent", "unknown")))
        key = refund.sent_key or self.new_key()
        if refund.status == "approved":
            self.run(lambda tx: returning.sending(tx, refund.refund_id, sent_key=key))
        receipt = f"B{refund.refund_id:09}" if outcome == "paid" else None
        self.calls_back(
            lambda: self.run(lambda tx: returning.result(tx, sent_key=key, outcome=outcome, receipt=receipt))
        )

    @precondition(lambda self: self.all(Order, Order.order_status == "completed"))
    @deed()
    def pay_out(self) -> None:
        self.run(lambda tx: making.run(tx, 0))
        self.shop.sweep()

    @precondition(lambda self: self.all(Payout, Payout.status.in_(("eligible", "pending"))))
    @deed(which=FEW)
    def approve_payout(self, which: int) -> None:
        payout: Payout = self.some(Payout, which, Payout.status.in_(("eligible", "pending")))
        admin = self.shop.cast.admin.actor
        self.run(lambda tx: payouts.approve(tx, admin, payout_id=payout.payout_id))
        self.run(lambda tx: payouts.process(tx, admin, payout_id=payout.payout_id))

    @precondition(lambda self: self.all(Payout, Payout.status.in_(("processing", "unknown"))))
    @deed(which=FEW, outcome=OUTCOMES)
    def send_payout(self, which: int, outcome: Any) -> None:
        payout: Payout = self.some(Payout, which, Payout.status.in_(("processing", "unknown")))
        key = payout.sent_key or self.new_key()
        self.run(lambda tx: paying.sending(tx, payout.payout_id, sent_key=key))
        receipt = f"P{payout.payout_id:09}" if outcome == "paid" else None
        self.calls_back(
            lambda: self.run(lambda tx: paying.result(tx, sent_key=key, outcome=outcome, receipt=receipt))
        )

    @deed(minutes=PAUSES)
    def wait(self, minutes: int) -> None:
        self.shop.db.parts.clock.advance(minutes=minutes)  # type: ignore[attr-defined]
        self.shop.sweep()
