"""What an order's end means in money (10.2): the held sum becomes what is owed and earned."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.db import Tx
from core.ledger import accounts, postings
from core.ledger import service as ledger
from core.listings.rules import commission
from core.money import SHILLING, ZERO, round2
from core.orders import amounts
from core.orders.models import Order, OrderItem


def recognise(tx: Tx, order: Order) -> None:
    """Post goods, fee, discount and the residue under one shilling; each once, however often it is called.

    What a short count at the pick-up leaves open stays in `order_funds` until it is decided (I8).
    """
    lines = amounts.live_items(order)
    sold = [_sold(item, item.total_price - amounts.held(item)) for item in lines]
    postings.delivered_items(tx, order.order_id, sold)
    postings.delivered_fee(tx, order.order_id, order.delivery_fee)
    postings.delivered_discount(tx, order.order_id, amounts.discount(order))
    if not any(item.counted_quantity is not None for item in lines):
        residue(tx, order)


def charge(tx: Tx, order: Order, charged: Mapping[int, Decimal], *, fee: Decimal = ZERO) -> None:
    """A cancelled order charges prepared goods (KES by item id) and perhaps the fee (7.3), no more."""
    prepared = [(item, charged.get(item.order_item_id, ZERO)) for item in order.items]
    sold = [_sold(item, value) for item, value in prepared if value > ZERO]
    postings.prepared_charged(tx, order.order_id, sold)
    postings.fee_kept(tx, order.order_id, fee)
    if charged or fee:
        residue(tx, order)


def held_goods(tx: Tx, order: Order, item: OrderItem, value: Decimal) -> None:
    """A short count was not the farmer's fault, and the goods were delivered before that was decided (I8)."""
    ours = commission(value, item.commission_percent)
    source = f"held:{item.order_item_id}"
    postings.delivered_item(tx, source, order.order_id, item.farmer_id, value, ours)
    postings.delivered_discount(tx, order.order_id, value, source=source)


def residue(tx: Tx, order: Order) -> None:
    """Whole shillings were asked for (DR-103); the cents between them and the order's total are nobody's.

    Reckoned from the order and not from what is held: a refund may still be on its way out of that.
    """
    left = order.total_amount - order.amount_asked
    assert abs(left) < SHILLING, "asked and total differ by rounding only"
    postings.delivered_residue(tx, order.order_id, left)


def farmers_risk(tx: Tx, order: Order, items: Sequence[OrderItem], percent: int) -> None:
    """Cash refused at the door: the farmers' share of prepared perishables, from goodwill (DR-908)."""
    shares = [
        postings.Sold(item.order_item_id, item.farmer_id, round2(item.total_price * percent / 100))
        for item in items
    ]
    postings.refused_shares(tx, order.order_id, shares)


def funds(tx: Tx, order: Order) -> Decimal:
    """What we hold for the order, in KES; nothing is recognised where nothing was received (DR-908)."""
    return -ledger.balance(tx, accounts.order_funds(order.order_id))


def _sold(item: OrderItem, value: Decimal) -> postings.Sold:
    ours = commission(value, item.commission_percent)
    return postings.Sold(item.order_item_id, item.farmer_id, value, ours)
