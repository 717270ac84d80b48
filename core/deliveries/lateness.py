"""The rider says that he comes later, and the customer is told the new time (DR-1208)."""

from datetime import datetime, timedelta

from core import events
from core.actor import Actor
from core.db import Tx
from core.deliveries import assignment
from core.deliveries.errors import LateInvalid, NoSuchJob
from core.deliveries.machine import IN_HAND
from core.users import service as users

MOST = 600
# Nobody on the road knows it to the minute.
STEP = timedelta(minutes=5)


def late(tx: Tx, actor: Actor, *, order_id: int, minutes: int) -> datetime:
    """The rider will be so late; returns when he now thinks to be there, counted from this moment.

    minutes  1 to 600

    The customer is told, each new time once. Raises LateInvalid (maximum), NoSuchJob (DR-1206), NotAllowed.
    Emits DeliveryLate.
    """
    users.acting(tx, actor, "rider")
    if not 1 <= minutes <= MOST:
        raise LateInvalid(maximum=MOST)
    _order, delivery = assignment.locked(tx, order_id)
    if delivery.rider_id != actor.user_id or delivery.delivery_status not in IN_HAND:
        raise NoSuchJob(order_id=order_id)
    until = _rounded_up(tx.now + timedelta(minutes=minutes))
    tx.note(f"delivery:{delivery.delivery_id}", f"late until {until:%H:%M}Z")
    tx.emit(events.DeliveryLate(delivery_id=delivery.delivery_id, until=until, actor=actor))
    return until


def _rounded_up(moment: datetime) -> datetime:
    """To the next five minutes."""
    whole = moment.replace(second=0, microsecond=0)
    return whole + (STEP - timedelta(minutes=whole.minute % 5)) if whole.minute % 5 else whole
