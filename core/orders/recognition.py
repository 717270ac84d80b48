"""What an order's delivery means in money (10.2): the held sum becomes what is owed and earned."""

from core.db import Tx
from core.ledger import accounts, postings
from core.ledger import service as ledger
from core.listings.rules import commission
from core.money import SHILLING, ZERO
from core.orders import rules
from core.orders.machine import DEAD_ITEMS
from core.orders.models import Order


def recognise(tx: Tx, order: Order) -> None:
    """Post goods, fee, discount and the residue under one shilling; each once, however often it is called."""
    for item in order.items:
        if item.item_status in DEAD_ITEMS:
            continue
        value = rules.line_total(item.fulfilled_quantity, item.price_at_purchase)
        ours = commission(value, item.commission_percent)
        postings.delivered_item(tx, item.order_item_id, order.order_id, item.farmer_id, value, ours)
    postings.delivered_fee(tx, order.order_id, order.delivery_fee)
    postings.delivered_discount(tx, order.order_id, order.discount_amount)
    # Whole shillings were asked for (DR-103). A whole shilling or more is somebody's money, not rounding.
    residue = ledger.balance(tx, accounts.order_funds(order.order_id))
    if ZERO < abs(residue) < SHILLING:
        postings.delivered_residue(tx, order.order_id, residue)
