"""INV-1 to INV-9 on everything there is: `judge` is asked after random histories and after races."""

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from core.books import standing
from core.db import Tx
from core.deliveries.machine import DELIVERY
from core.deliveries.models import Delivery, DeliveryOffer
from core.ledger import checks as books
from core.ledger import reading
from core.listings.models import Listing, StockMovement
from core.locations.models import Location
from core.machine import NEW, Machine
from core.money import ZERO
from core.orders.machine import ITEM, ORDER
from core.orders.models import Order, OrderEvent, OrderItem
from core.payment_methods.models import PaymentMethod
from core.payments import checks as payments
from core.payouts import checks as payouts

MACHINES: dict[str, Machine] = {"order": ORDER, "item": ITEM, "delivery": DELIVERY}


def judge(tx: Tx) -> None:
    """Every invariant that can be seen in the tables of one moment."""
    assert books.faults(tx) == [], "INV-1"
    stock_is_the_sum_of_its_movements(tx)
    orders = tx.session.scalars(select(Order).order_by(Order.order_id)).all()
    assert [fault for order in orders for fault in payments.order_faults(tx, order.order_id)] == [], (
        "INV-3, INV-4"
    )
    unplaced = standing.open_orders(tx, reading.standing(tx))
    assert [o for o in unplaced if any(why.wrong for why in o.why)] == [], "DR-1005: nobody knows why"
    assert payments.used_twice(tx) == [], "INV-5"
    once("INV-6", tx, Location.default_of)
    once("INV-6", tx, PaymentMethod.default_of)
    once("INV-7", tx, DeliveryOffer.open_delivery)
    once("INV-7", tx, Delivery.order_id)
    assert payouts.faults(tx) == [], "INV-8"
    statuses_follow_the_tables(tx)
    for order in orders:
        its_total_is_the_sum_of_its_lines(tx, order)


def stock_is_the_sum_of_its_movements(tx: Tx) -> None:
    """INV-2."""
    sums = select(StockMovement.listing_id, func.sum(StockMovement.delta)).group_by(StockMovement.listing_id)
    moved = {row[0]: row[1] for row in tx.session.execute(sums)}
    for listing in tx.session.scalars(select(Listing)):
        assert listing.quantity_available == moved[listing.listing_id] >= 0, "INV-2"


def once(rule: str, tx: Tx, column: InstrumentedAttribute[int | None]) -> None:
    """No value stands twice in `column`."""
    twice = select(column).where(column.is_not(None)).group_by(column).having(func.count() > 1)
    assert tx.session.scalars(twice).all() == [], rule


def its_total_is_the_sum_of_its_lines(tx: Tx, order: Order) -> None:
    """DR-701, as long as nothing was charged or kept at a cancellation (7.3)."""
    if order.order_status == "cancelled":
        return
    total = order.subtotal + order.delivery_fee - order.discount_amount
    assert order.total_amount == total >= ZERO, "DR-701"


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
