"""Random short histories of the whole business: whatever people do in whatever order, the invariants hold.

Refusals are part of life: a DomainError ends an action, never a history. Anything else is our own fault.
"""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.db import Database, Tx
from core.deliveries.machine import DELIVERY
from core.deliveries.models import Delivery, DeliveryOffer
from core.errors import DomainError
from core.ledger.models import JournalEntry, LedgerLine
from core.listings.models import Listing, StockMovement
from core.machine import NEW, Machine
from core.money import ZERO
from core.orders import service as orders
from core.orders.machine import ITEM, ORDER
from core.orders.models import Order, OrderEvent, OrderItem
from core.payments import service as payments
from core.payments.models import PaymentTransaction
from core.payments.service import Result
from tests.databases import Store
from tests.helpers import DEMO_MOMENT, FixedClock, register_cast
from tests.orders.shop import Shop, failed, paid

MACHINES: dict[str, Machine] = {"order": ORDER, "item": ITEM, "delivery": DELIVERY}
UNPAID = ("pending_payment", "cancelled")


NewShop = Callable[[], Shop]


@pytest.fixture
def new_shop(store: Store, db: Database, clock: FixedClock) -> NewShop:
    """Empties the database and opens the shop again: each random history begins with a first morning."""

    def open_shop() -> Shop:
        store.empty()
        clock.set(DEMO_MOMENT)
        return Shop(db, register_cast(db))

    return open_shop


class World:
    """The shop, and the orders this history has placed, by number of their placing."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.orders: list[Order] = []

    def act(self, verb: str, which: int) -> None:
        """Do one thing about one of the orders; a refusal is an answer."""
        deed: Callable[[Order], object] = getattr(self, verb)
        try:
            if verb in ("order", "wait", "answer_yes", "answer_no"):
                deed(which)  # type: ignore[arg-type]
            elif self.orders:
                deed(self.orders[which % len(self.orders)])
        except DomainError:
            pass

    def order(self, which: int) -> None:
        self.orders.append(self.shop.order(str(2 + which), f"sms-{len(self.orders)}"))

    def wait(self, which: int) -> None:
        self.shop.db.parts.clock.advance(minutes=(1, 5, 16, 61)[which % 4])  # type: ignore[attr-defined]
        self.shop.sweep()

    def prompt(self, order: Order) -> None:
        self.shop.prompt(order, self._checkout(order))

    def pay(self, order: Order) -> None:
        attempt = self.shop.attempt(order)
        receipt = f"R{attempt.transaction_id}"
        self.shop.result(attempt, paid(attempt, self._checkout(order), receipt))

    def fail(self, order: Order) -> None:
        self.shop.result(self.shop.attempt(order), failed(self._checkout(order)))

    def forge(self, order: Order) -> None:
        attempt = self.shop.attempt(order)
        wrong = Result(
            checkout_id="ws_forged", code="0", final="paid", amount=Decimal("1.00"), receipt="FORGED0001"
        )
        assert self.shop.result(attempt, wrong) == "mismatched"

    def retry(self, order: Order) -> None:
        who = self.shop.cast.customer

        def work(tx: Tx) -> None:
            payments.start(tx, who.actor, orders.owned(tx, who.actor, order.order_id), msisdn=who.phone)

        self.shop.db.run(work)

    def cancel(self, order: Order) -> None:
        who = self.shop.cast.customer.actor
        self.shop.db.run(lambda tx: orders.cancel(tx, who, order_id=order.order_id))

    def accept(self, order: Order) -> None:
        self.shop.mark(order, "accept")

    def harvest(self, order: Order) -> None:
        self.shop.mark(order, "harvest")

    def ready(self, order: Order) -> None:
        self.shop.mark(order, "ready")
        self.shop.sweep()

    def answer_yes(self, which: int) -> None:
        self._answer(accept=True)

    def answer_no(self, which: int) -> None:
        self._answer(accept=False)

    def pick_up(self, order: Order) -> None:
        self.shop.pick_up(order)

    def guess(self, order: Order) -> None:
        self.shop.deliver("xxxx", order)

    def deliver(self, order: Order) -> None:
        with self.shop.db.read() as tx:
            known = tx.session.scalar(
                select(Delivery.delivery_id).where(
                    Delivery.order_id == order.order_id, Delivery.code_sealed.is_not(None)
                )
            )
        self.shop.deliver(self.shop.code(order) if known else "0000", order)

    def complete(self, order: Order) -> None:
        who = self.shop.cast.customer.actor
        self.shop.db.run(lambda tx: orders.complete(tx, who, order.order_id))

    def _answer(self, *, accept: bool) -> None:
        offer = self.shop.offer()
        if offer is not None:
            self.shop.answer(offer, accept=accept)

    def _checkout(self, order: Order) -> str:
        return f"ws_{self.shop.attempt(order).transaction_id}"


VERBS = [name for name, value in vars(World).items() if callable(value) and name[0] != "_" and name != "act"]
histories = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 3)), min_size=5, max_size=25)
# Many histories go nowhere: these begin with an order that has come some way.
beginnings = st.sampled_from(
    [
        [],
        [("order", 1)],
        [("order", 1), ("prompt", 0), ("pay", 0)],
        [("order", 1), ("pay", 0), ("ready", 0), ("answer_yes", 0)],
        [("order", 1), ("pay", 0), ("ready", 0), ("answer_yes", 0), ("pick_up", 0), ("deliver", 0)],
    ]
)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(beginnings, histories)
def test_the_invariants_hold_over_any_history(
    new_shop: NewShop, beginning: list[tuple[str, int]], history: list[tuple[str, int]]
) -> None:
    shop = new_shop()
    shop.publish("100", "79.90")
    world = World(shop)
    for verb, which in [*beginning, *history]:
        world.act(verb, which)
    with shop.db.read() as tx:
        judge(tx)


def judge(tx: Tx) -> None:
    """INV-1 to INV-5, INV-7 and INV-9 on everything there is."""
    every_entry_balances(tx)
    stock_is_the_sum_of_its_movements(tx)
    what_is_confirmed_is_paid(tx)
    every_shilling_of_an_order_is_placed(tx)
    one_open_offer_and_one_delivery(tx)
    statuses_follow_the_tables(tx)


def every_entry_balances(tx: Tx) -> None:
    sums = select(LedgerLine.entry_id, func.sum(LedgerLine.amount)).group_by(LedgerLine.entry_id)
    assert {total for _, total in tx.session.execute(sums)} <= {ZERO}, "INV-1"


def stock_is_the_sum_of_its_movements(tx: Tx) -> None:
    sums = select(StockMovement.listing_id, func.sum(StockMovement.delta)).group_by(StockMovement.listing_id)
    moved = {row[0]: row[1] for row in tx.session.execute(sums)}
    for listing in tx.session.scalars(select(Listing)):
        assert listing.quantity_available == moved[listing.listing_id] >= 0, "INV-2"


def what_is_confirmed_is_paid(tx: Tx) -> None:
    for order in tx.session.scalars(select(Order).where(Order.order_status.not_in(UNPAID))):
        got = select(func.sum(PaymentTransaction.amount)).where(
            PaymentTransaction.order_id == order.order_id, PaymentTransaction.status == "succeeded"
        )
        assert (tx.session.scalar(got) or ZERO) >= order.amount_asked, "INV-3"
    receipts = list(
        tx.session.scalars(select(PaymentTransaction.receipt).where(PaymentTransaction.receipt.is_not(None)))
    )
    assert len(receipts) == len(set(receipts)), "INV-5"


def every_shilling_of_an_order_is_placed(tx: Tx) -> None:
    """INV-4: received - recognised - still held = 0; of a delivered order paid once nothing is held."""
    query = (
        select(JournalEntry.order_id, JournalEntry.kind, LedgerLine.account, LedgerLine.amount)
        .join(LedgerLine, LedgerLine.entry_id == JournalEntry.entry_id)
        .where(JournalEntry.order_id.is_not(None))
    )
    received: dict[int, Decimal] = defaultdict(lambda: ZERO)
    held: dict[int, Decimal] = defaultdict(lambda: ZERO)
    recognised: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for order_id, kind, account, amount in tx.session.execute(query):
        assert order_id is not None
        if kind == "payment" and account == "mpesa":
            received[order_id] += amount
        if account == f"order_funds:{order_id}":
            held[order_id] -= amount
            if kind != "payment":
                recognised[order_id] += amount
    for order in tx.session.scalars(select(Order)):
        number = order.order_id
        assert received[number] - recognised[number] - held[number] == ZERO, "INV-4"
        if order.order_status in ("delivered", "completed"):
            assert held[number] == received[number] - order.amount_asked, "INV-4"


def one_open_offer_and_one_delivery(tx: Tx) -> None:
    offers = list(
        tx.session.scalars(select(DeliveryOffer.delivery_id).where(DeliveryOffer.offer_status == "open"))
    )
    deliveries = list(tx.session.scalars(select(Delivery.order_id)))
    assert len(offers) == len(set(offers)), "INV-7"
    assert len(deliveries) == len(set(deliveries)), "INV-7"


def statuses_follow_the_tables(tx: Tx) -> None:
    """INV-9: each record's rows are a chain of the machine's steps that ends where the record stands."""
    now: dict[str, str] = {}
    for row in tx.session.scalars(select(OrderEvent).order_by(OrderEvent.event_id)):
        machine = MACHINES[row.subject.split(":")[0]]
        assert row.from_status == now.get(row.subject, "" if machine is not ITEM else "pending"), row.subject
        assert any(
            (step.rule, step.source, step.target) == (row.rule, row.from_status or NEW, row.to_status)
            for step in machine.steps
        ), (row.subject, row.rule)
        now[row.subject] = row.to_status
    for order in tx.session.scalars(select(Order)):
        assert now[f"order:{order.order_id}"] == order.order_status
    for item in tx.session.scalars(select(OrderItem)):
        assert now.get(f"item:{item.order_item_id}", "pending") == item.item_status
    for delivery in tx.session.scalars(select(Delivery)):
        assert now[f"delivery:{delivery.delivery_id}"] == delivery.delivery_status


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.sampled_from(["prompt", "paid", "failed", "query_paid", "query_failed", "forged"]), max_size=8
    )
)
def test_any_number_of_payment_results_in_any_order_end_in_one_state(
    new_shop: NewShop, results: list[str]
) -> None:
    """INV-10: what was said decides, never how often or in which order."""
    shop = new_shop()
    shop.publish()
    order = shop.order()
    attempt = shop.attempt(order)
    number = attempt.transaction_id
    checkout, receipt = f"ws_{number}", f"R{number}"
    answers = {
        "paid": paid(attempt, checkout, receipt),
        "failed": failed(checkout),
        "query_paid": Result(checkout_id=checkout, code="0", final="paid", via="query"),
        "query_failed": Result(checkout_id=checkout, code="1032", final="failed", via="query"),
        "forged": Result(checkout_id=checkout, code="0", final="paid", amount=Decimal("1.00"), receipt="F"),
    }
    for name in results:
        if name == "prompt":
            shop.prompt(order, checkout)
        else:
            shop.result(attempt, answers[name])
    settled = shop.attempt(order)
    if {"paid", "query_paid"} & set(results):
        assert (settled.status, shop.fresh(order).order_status) == ("succeeded", "confirmed")
        assert settled.receipt == (receipt if "paid" in results else None)
        assert settled.receipt_due is ("paid" not in results)
    elif {"failed", "query_failed"} & set(results):
        assert (settled.status, shop.fresh(order).order_status) == ("failed", "pending_payment")
    else:
        assert settled.status == ("requested" if "prompt" in results else "created")
    held = Decimal(shop.balances().get(f"order_funds:{order.order_id}", "0"))
    assert held == (-order.amount_asked if settled.status == "succeeded" else ZERO)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_of_the_random_histories_does_something(shop: Shop, verb: str) -> None:
    """A history whose actions are all refused proves nothing: each must have its moment."""
    before: dict[str, list[str]] = {
        "order": [],
        "wait": ["order"],
        "prompt": ["order"],
        "pay": ["order"],
        "fail": ["order"],
        "forge": ["order"],
        "retry": ["order", "fail"],
        "cancel": ["order"],
        "accept": ["order", "pay"],
        "harvest": ["order", "pay"],
        "ready": ["order", "pay"],
        "answer_yes": ["order", "pay", "ready"],
        "answer_no": ["order", "pay", "ready"],
        "pick_up": ["order", "pay", "ready", "answer_yes"],
        "guess": ["order", "pay", "ready", "answer_yes"],
        "deliver": ["order", "pay", "ready", "answer_yes"],
        "complete": ["order", "pay", "ready", "answer_yes", "deliver"],
    }
    shop.publish("100")
    world = World(shop)
    for step in before[verb]:
        world.act(step, 0)

    def picture() -> str:
        with shop.db.read() as tx:
            delivery = tx.session.scalars(select(Delivery)).all()
            attempts = tx.session.scalars(select(PaymentTransaction.status)).all()
            offers = tx.session.scalars(select(DeliveryOffer.offer_status)).all()
            tries = [one.code_attempts for one in delivery]
            events = tx.session.scalar(select(func.count()).select_from(OrderEvent))
        return (
            f"{events} {attempts} {offers} {tries} {shop.db.parts.clock.now()} {len(shop.due('stk_query'))}"
        )

    was = picture()
    world.act(verb, 0)
    assert verb == "forge" or picture() != was
