"""What an order's delivery means in money (10.2): the held sum becomes what is owed and earned."""

from core.db import Tx
from core.ledger import accounts
from core.ledger import service as ledger
from core.listings.rules import commission
from core.money import SHILLING, ZERO
from core.orders import rules
from core.orders.machine import DEAD_ITEMS
from core.orders.models import Order


def recognise(tx: Tx, order: Order) -> None:
    """Post goods, fee, discount and the residue under one shilling; each once, however often it is called."""
    held = accounts.order_funds(order.order_id)
    for item in order.items:
        if item.item_status in DEAD_ITEMS:
            continue
        value = rules.line_total(item.fulfilled_quantity, item.price_at_purchase)
        ours = commission(value, item.commission_percent)
        lines = {
            held: value,
            accounts.farmer_due(item.farmer_id): ours - value,
            accounts.COMMISSION: -ours,
        }
        ledger.post(tx, "delivered_item", item.order_item_id, lines, order.order_id)
    fee = {held: order.delivery_fee, accounts.DELIVERY_FEES: -order.delivery_fee}
    ledger.post(tx, "delivered_fee", order.order_id, fee, order.order_id)
    discount = {accounts.GOODWILL: order.discount_amount, held: -order.discount_amount}
    ledger.post(tx, "delivered_discount", order.order_id, discount, order.order_id)
    # Whole shillings were asked for (DR-103). A whole shilling or more is somebody's money, not rounding.
    residue = ledger.balance(tx, held)
    if ZERO < abs(residue) < SHILLING:
        lines = {held: -residue, accounts.ROUNDING: residue}
        ledger.post(tx, "delivered_residue", order.order_id, lines, order.order_id)
