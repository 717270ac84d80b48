"""Random mixtures of marks, short supply, rejections and cancellations on one order (INV-9, DR-706)."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.db import Database
from core.errors import DomainError
from core.ledger import service as ledger
from core.machine import NEW
from core.money import ZERO, whole_shillings
from core.orders import amounts
from core.orders import service as orders
from core.orders.machine import ITEM, ORDER
from core.orders.models import Order, OrderEvent
from core.orders.rules import line_total
from tests.casting import cast_of
from tests.databases import Store
from tests.helpers import DEMO_MOMENT, FixedClock, SeededChance
from tests.orders.kit import TwoFarms, do, refunds, two_farms
from tests.orders.shop import Shop
from tests.proving import proves

DEEDS = (
    *("accept", "harvest", "pack", "ready", "short", "reject", "cancel_item"),
    *("cancel", "grant", "back", "pick_up", "road", "retry", "hand_over", "refuse", "count", "yes", "hour"),
)
STEP = st.tuples(st.sampled_from(DEEDS), st.integers(0, 1), st.integers(1, 4))


@pytest.fixture
def new_shop(store: Store, db: Database, clock: FixedClock, chance: SeededChance) -> Callable[[], Shop]:
    """Each history begins with a first morning."""

    def open_shop() -> Shop:
        store.empty()
        clock.set(DEMO_MOMENT)
        chance.state = SeededChance().state
        return Shop(db, cast_of(db, store))

    return open_shop


def act(made: TwoFarms, deed: str, which: int, much: int) -> None:
    """One thing happens to the order, or is refused."""
    shop, order = made.shop, made.order
    item = shop.items(order)[which]
    farmer = (shop.cast.farmer, made.mwangi)[which]
    rider = shop.cast.rider.actor
    ids = {"order_item_id": item.order_item_id}
    match deed:
        case "accept" | "harvest" | "pack" | "ready":
            shop.mark_item(item, deed, farmer.actor)
        case "short":
            do(shop, orders.short, farmer, **ids, quantity=Decimal(much))
        case "reject":
            do(shop, orders.reject, farmer, **ids, reason="hail")
        case "cancel_item":
            do(shop, orders.cancel_item, "customer", **ids)
        case "cancel":
            do(shop, orders.cancel, "customer", order_id=order.order_id)
        case "grant":
            do(shop, orders.cancel, "admin", order_id=order.order_id, reason="asked", waive=much == 1)
        case "back":
            do(
                shop,
                orders.set_back,
                "admin",
                **ids,
                to=("pending", "harvested", "packed")[much % 3],
                reason="x",
            )
        case "pick_up":
            shop.db.run(lambda tx: orders.collected(tx, rider, order.order_id))
        case "count":
            found = {item.order_item_id: Decimal(much)}
            shop.db.run(lambda tx: orders.collected(tx, rider, order.order_id, counted=found))
        case "yes":
            for asked in do(shop, orders.asked_shorts, farmer):
                do(shop, orders.answer_short, farmer, short_id=asked.short_id, agree=much > 1)
        case "road":
            shop.db.run(lambda tx: orders.on_the_way(tx, rider, tx.session.get_one(Order, order.order_id)))
        case "retry":
            back = much > 2
            shop.db.run(lambda tx: orders.attempt_failed(tx, rider, order.order_id, goods_back=back))
        case "hand_over":
            if shop.fresh(order).order_status == "out_for_delivery":
                shop.db.run(lambda tx: orders.hand_over(tx, rider, order.order_id))
        case "refuse":
            fault = much == 1
            shop.db.run(
                lambda tx: orders.undeliverable(
                    tx, rider, order.order_id, reason="refused", quality_fault=fault
                )
            )
        case "hour":
            shop.db.parts.clock.advance(hours=1)  # type: ignore[attr-defined]


def check(made: TwoFarms) -> None:
    shop = made.shop
    order = shop.fresh(made.order)
    for item in order.items:
        assert item.total_price == line_total(item.fulfilled_quantity, item.price_at_purchase)
        assert ZERO <= item.fulfilled_quantity <= item.quantity
    if order.order_status != "cancelled":
        lines = sum((item.total_price for item in amounts.counting(order)), ZERO)
        assert order.subtotal == lines
        assert order.total_amount == lines + order.delivery_fee - order.discount_amount
    asked = whole_shillings(order.total_amount) if order.total_amount > ZERO else ZERO
    assert order.amount_asked == asked
    back = sum((Decimal(amount) for _, amount in refunds(shop, made.order)), ZERO)
    assert back == made.order.amount_asked - asked, "what it no longer asks for has been given back, once"
    with shop.db.read() as tx:
        assert ledger.total(tx) == ZERO
        rows = tx.session.scalars(
            select(OrderEvent).where(OrderEvent.order_id == order.order_id).order_by(OrderEvent.event_id)
        ).all()
    at = {f"item:{item.order_item_id}": "pending" for item in order.items}
    for row in rows:
        kind = row.subject.partition(":")[0]
        if kind not in ("order", "item"):
            continue
        machine = ORDER if kind == "order" else ITEM
        source = row.from_status or NEW
        assert (source, row.to_status) in {(step.source, step.target) for step in machine.steps}
        assert row.from_status == at.get(row.subject, "")
        at[row.subject] = row.to_status
    assert at[f"order:{order.order_id}"] == order.order_status
    assert all(at[f"item:{item.order_item_id}"] == item.item_status for item in order.items)


@proves("INV-9", "DR-706", "DR-102", "DR-701")
@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STEP, min_size=1, max_size=14), st.sampled_from(["onions", "carrots"]))
def test_whatever_happens_totals_are_their_lines_and_every_step_is_in_the_table(
    new_shop: Callable[[], Shop], steps: list[tuple[str, int, int]], second: str
) -> None:
    made = two_farms(new_shop(), second=second)
    for deed, which, much in steps:
        with suppress(DomainError):  # a refusal changes nothing
            act(made, deed, which, much)
        check(made)
