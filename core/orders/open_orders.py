"""Answers what earlier areas ask of orders: who still needs this place, this farm, this produce?"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select

from core.db import Tx
from core.events import OpenOrdersSought
from core.listings.models import Listing
from core.money import ZERO
from core.orders.models import Order, OrderItem

OPEN = ("pending_payment", "confirmed", "processing", "ready_for_delivery", "out_for_delivery")
# Items the farmer still has at home.
AT_HOME = ("pending", "harvested", "packed", "ready")


def open_orders_sought(tx: Tx, sought: OpenOrdersSought) -> None:
    """Reaction: the open orders brought there, or whose goods still lie there (DR-302, DR-305, L8)."""
    if sought.record == "location":
        brought = select(Order.order_id).where(
            Order.location_id == sought.record_id, Order.order_status.in_(OPEN)
        )
        sought.promised.update(dict.fromkeys(tx.session.scalars(brought), ZERO))
    elif sought.record == "farm":
        sought.promised.update(_promised(tx, Listing.farm_id == sought.record_id, (*AT_HOME, "picked_up")))
    else:
        sought.promised.update(_promised(tx, Listing.listing_id == sought.record_id, AT_HOME))


def _promised(tx: Tx, where: ColumnElement[bool], statuses: Sequence[str]) -> dict[int, Decimal]:
    rows = tx.session.execute(
        select(OrderItem.order_id, func.sum(OrderItem.fulfilled_quantity))
        .join(Listing, Listing.listing_id == OrderItem.listing_id)
        .where(where, OrderItem.item_status.in_(statuses))
        .group_by(OrderItem.order_id)
    )
    return {row[0]: row[1] for row in rows}
