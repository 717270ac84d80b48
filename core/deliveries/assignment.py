"""Giving a delivery to a rider, with its code, and taking it back (D1 to D3, D10, DR-1205)."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import or_, select

from core import events
from core.actor import Actor, system
from core.db import Tx
from core.deliveries import locks
from core.deliveries.history import move
from core.deliveries.machine import DELIVERY, IN_HAND
from core.deliveries.models import Delivery
from core.duties import service as duties
from core.money import ZERO
from core.orders import history
from core.orders import locks as order_locks
from core.orders import service as orders
from core.orders.models import Order

SYSTEM = system("job")
# So long a code that has done its work is remembered as done, and given to no other delivery of the rider.
CODE_MEMORY = timedelta(hours=24)


def open_delivery(tx: Tx, order: Order) -> Delivery:
    """D1: the one delivery of a confirmed order, waiting for a rider."""
    present = of_order(tx, order.order_id)
    if present is not None:
        return present
    delivery = Delivery(
        order_id=order.order_id,
        delivery_status="pending",
        km=order.km,
        kg=order.kg,
        rider_earning=ZERO,
        created_at=tx.now,
    )
    tx.session.add(delivery)
    tx.flush()
    subject = f"delivery:{delivery.delivery_id}"
    history.begin(tx, SYSTEM, DELIVERY, "open", order_id=order.order_id, subject=subject)
    return delivery


def of_order(tx: Tx, order_id: int) -> Delivery | None:
    """The order's delivery, or None before D1."""
    return tx.session.scalar(select(Delivery).where(Delivery.order_id == order_id))


def assign(tx: Tx, actor: Actor, delivery: Delivery, *, earning: Decimal) -> None:
    """D2: the delivery is this rider's; a code is made, or kept after a drop-out. Emits DeliveryAssigned."""
    assert actor.user_id is not None, "a rider assigns himself"
    recent = (Delivery.delivery_status == "delivered") & (Delivery.delivered_at > tx.now - CODE_MEMORY)
    near = select(Delivery).where(
        Delivery.rider_id == actor.user_id, or_(Delivery.delivery_status.in_(IN_HAND), recent)
    )
    others = {code_of(tx, other) for other in tx.session.scalars(near)}
    move(tx, actor, delivery, "assign")
    delivery.rider_id = actor.user_id
    delivery.rider_earning = earning
    delivery.assigned_at = tx.now
    if delivery.code_sealed is None:
        delivery.code_sealed = tx.parts.vault.seal("delivery-code", _new_code(tx, others))
    order = delivery.order
    slot = orders.slot_start(tx, order)
    latest = tx.now + timedelta(minutes=tx.setting("delivery.start_timeout_minutes"))
    at = max(latest, slot)
    key = f"start_timeout:{delivery.delivery_id}:{delivery.assigned_at:%Y%m%d%H%M%S}"
    duties.want(tx, "start_timeout", delivery.delivery_id, at=at, key=key)
    tx.emit(events.DeliveryAssigned(delivery_id=delivery.delivery_id, actor=actor))


def code_of(tx: Tx, delivery: Delivery) -> str:
    """The delivery code in clear, in memory only; "" before D2."""
    return tx.parts.vault.open("delivery-code", delivery.code_sealed) if delivery.code_sealed else ""


def start_timeout(tx: Tx, delivery_id: int) -> None:
    """The duty start_timeout: who does not collect in time loses the delivery (D3). Emits RiderLost."""
    delivery = locks.delivery(tx, delivery_id)
    if delivery is None or delivery.delivery_status != "assigned" or delivery.rider_id is None:
        return
    rider_id = delivery.rider_id
    move(tx, SYSTEM, delivery, "drop_out", reason="start_timeout")
    delivery.rider_id = delivery.assigned_at = None
    row = locks.duty(tx, rider_id)
    if row is not None:
        row.drops += 1
        row.idle_since = tx.now
    tx.emit(events.RiderLost(delivery_id=delivery_id, rider_id=rider_id, actor=SYSTEM))


def _new_code(tx: Tx, others: set[str]) -> str:
    """Random digits unlike the codes of the rider's other deliveries: a bare code names one (DR-1205)."""
    while True:
        code = tx.parts.chance.digits(tx.setting("delivery.code_length"))
        if code not in others:
            return code


def order_confirmed(tx: Tx, happened: events.OrderConfirmed) -> None:
    """Reaction: O3 opens the delivery (D1)."""
    open_delivery(tx, order_locks.order(tx, happened.order_id))
