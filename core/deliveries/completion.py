"""A day after the delivery an order completes by itself (O15)."""

from datetime import timedelta

from core import events
from core.actor import system
from core.db import Tx
from core.deliveries.models import Delivery
from core.duties import service as duties
from core.orders import service as orders


def delivery_done(tx: Tx, happened: events.DeliveryDone) -> None:
    """Reaction: have the order completed after `order.complete_after_hours`, if nobody does it before."""
    order_id = tx.session.get_one(Delivery, happened.delivery_id).order_id
    hours = timedelta(hours=tx.setting("order.complete_after_hours"))
    duties.want(tx, "complete_order", order_id, at=tx.now + hours)


def complete_order(tx: Tx, order_id: int) -> None:
    """The duty complete_order."""
    orders.complete(tx, system("job"), order_id)
