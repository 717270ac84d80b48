"""The receipt of an order that no rider brings: she collects it, or it waits at a collection point (12.2)."""

from core.orders.bringing import RIDER
from core.orders.models import Order

# What is told of an order that is brought, and of one that is collected.
COLLECTED = {
    "paid_confirmed": "paid_collect",
    "paid_with_kept": "paid_collect_kept",
    "paid_by_kept": "paid_collect_kept",
    "paid_and_kept": "paid_collect_over",
    "cash_confirmed": "cash_collect",
}


def code(order: Order, brought: str) -> str:
    """The message for this order, of those that speak of a rider."""
    return brought if order.way == RIDER else COLLECTED[brought]
