"""The one place where a delivery's status changes; its rows stand among the order's events (DR-706)."""

from core.actor import Actor
from core.db import Tx
from core.deliveries.machine import DELIVERY
from core.deliveries.models import Delivery
from core.machine import Step
from core.orders import history


def move(tx: Tx, actor: Actor, delivery: Delivery, event: str, *, reason: str = "") -> Step:
    """Take the delivery's step for `event`; raises WrongState or NotAllowed."""
    step = DELIVERY.step(delivery.delivery_status, event, actor.role)
    delivery.delivery_status = step.target
    history.write(tx, actor, delivery.order_id, f"delivery:{delivery.delivery_id}", step, reason)
    return step
