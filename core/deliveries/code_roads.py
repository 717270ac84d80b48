"""By which road a customer may have her delivery code now (DR-1205, DR-1504); the acts are in codes.py."""

from sqlalchemy import bindparam, exists, select

from core.actor import Actor
from core.db import Tx
from core.deliveries.codes import CARRIERS, LOST
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery
from core.orders.models import Order
from core.outbox.blacklist import REFUSED
from core.outbox.models import OutboxMessage
from core.users.models import User

_ROAD = (
    select(
        Delivery.code_shown_at,
        Delivery.code_resends,
        select(OutboxMessage.status)
        .where(OutboxMessage.order_id == Order.order_id, OutboxMessage.code.in_(CARRIERS))
        .order_by(OutboxMessage.outbox_id.desc())
        .limit(1)
        .correlate(Order)
        .scalar_subquery()
        .label("carried"),
        exists()
        .where(OutboxMessage.msisdn == User.phone_number, OutboxMessage.error == REFUSED)
        .correlate(User)
        .label("refused"),
    )
    .join(Order, Order.order_id == Delivery.order_id)
    .join(User, User.user_id == Order.customer_id)
    .where(
        Order.order_id == bindparam("order_id"),
        Order.customer_id == bindparam("customer_id"),
        Delivery.delivery_status.in_(IN_HAND),
        Delivery.code_sealed.is_not(None),
    )
)


_NEWEST = (
    select(Order.order_id, Order.order_number)
    .join(Delivery, Delivery.order_id == Order.order_id)
    .where(
        Order.customer_id == bindparam("customer_id"),
        Delivery.delivery_status.in_(IN_HAND),
        Delivery.code_sealed.is_not(None),
    )
    .order_by(Order.order_id.desc())
    .limit(1)
)


def newest(tx: Tx, actor: Actor) -> tuple[int, str] | None:
    """Her newest order whose goods are on their way against a code: its id and last four (DR-110)."""
    row = tx.look(_NEWEST, customer_id=actor.user_id).first()
    return (row.order_id, row.order_number[-4:]) if row is not None else None


def road(tx: Tx, actor: Actor, *, order_id: int) -> str:
    """`pin`: the provider texts her number no more, she may look after her PIN; `look`: its SMS was lost, she
    may look once; `text`: it is sent again; `used`: it was sent often enough; `none`: there is no code now,
    or the order is not hers."""
    row = tx.look(_ROAD, order_id=order_id, customer_id=actor.user_id).first()
    if row is None:
        return "none"
    if row.refused:
        return "pin"
    if row.carried in LOST and row.code_shown_at is None:
        return "look"
    return "text" if row.code_resends < tx.setting("delivery.code_resend_max") else "used"
