"""The new time that a customer was told by the rider who is late (DR-1208)."""

from datetime import datetime

from sqlalchemy import bindparam, select

from core.actor import Actor
from core.db import Tx
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery
from core.notifications.models import Notification
from core.users.models import User

_TOLD = (
    select(Notification.values, User.phone_number)
    .join(Delivery, Delivery.order_id == Notification.order_id)
    .join(User, User.user_id == Delivery.rider_id)
    .where(
        Notification.user_id == bindparam("user_id"),
        Notification.order_id == bindparam("order_id"),
        Notification.code == "delivery_late",
        Delivery.delivery_status.in_(IN_HAND),
    )
    .order_by(Notification.notification_id.desc())
    .limit(1)
)


def until(tx: Tx, actor: Actor, *, order_id: int) -> datetime | None:
    """When the rider of her order now thinks to be there, as he last said it; None where nobody is late, or
    that time has passed, or somebody else has the job by now. One narrow look."""
    told = tx.look(_TOLD, user_id=actor.user_id, order_id=order_id).first()
    if told is None or told.values["phone"] != told.phone_number:
        return None
    moment = datetime.fromisoformat(str(told.values["time"]))
    return moment if moment > tx.now else None
