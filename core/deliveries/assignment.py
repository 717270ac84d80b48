"""Giving a delivery to whoever brings it, and taking it back (D1 to D3, DR-1205)."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from core import events
from core.actor import Actor, system
from core.audit import service as audit
from core.db import Tx
from core.deliveries import codes, duty, locks, stops
from core.deliveries.errors import GoodsInHand, NoSuchJob, RiderUnfit
from core.deliveries.history import move
from core.deliveries.machine import DELIVERY
from core.deliveries.models import Delivery, DeliveryDrop
from core.duties import service as duties
from core.money import ZERO
from core.orders import history
from core.orders import locks as order_locks
from core.orders import service as orders
from core.orders.models import Order
from core.users import service as users
from core.words import reason_of

SYSTEM = system("job")
# So long a code that has done its work is remembered as done, and given to no other delivery of the rider.
CODE_MEMORY = timedelta(hours=24)
REASON_LENGTH = 64


def open_delivery(tx: Tx, order: Order) -> Delivery:
    """D1: the one delivery of a confirmed order, with its stops, waiting for whoever brings it."""
    present = of_order(tx, order.order_id)
    if present is not None:
        return present
    delivery = Delivery(
        order_id=order.order_id,
        delivery_status="pending",
        way=order.way,
        km=order.km,
        kg=order.kg,
        rider_earning=ZERO,
        created_at=tx.now,
    )
    tx.session.add(delivery)
    tx.flush()
    stops.write(tx, delivery, order)
    subject = f"delivery:{delivery.delivery_id}"
    history.begin(tx, SYSTEM, DELIVERY, "open", order_id=order.order_id, subject=subject)
    return delivery


def of_order(tx: Tx, order_id: int) -> Delivery | None:
    """The order's delivery, or None before D1."""
    return tx.session.scalar(select(Delivery).where(Delivery.order_id == order_id))


def locked(tx: Tx, order_id: int) -> tuple[Order, Delivery]:
    """The order and its delivery, locked in this order; raises NoSuchJob where there is none."""
    known = of_order(tx, order_id)
    if known is None:
        raise NoSuchJob(order_id=order_id)
    tx.session.execute(select(Order.order_id).where(Order.order_id == order_id).with_for_update())
    delivery = locks.delivery(tx, known.delivery_id)
    assert delivery is not None, "deliveries are never deleted"
    return order_locks.order(tx, order_id), delivery  # last, for the delivery brings its order bare


def assign(tx: Tx, actor: Actor, delivery: Delivery, *, rider_id: int, earning: Decimal) -> None:
    """D2: the delivery is this person's; a code is made, or kept after a drop-out. Emits DeliveryAssigned."""
    others = codes.near(tx, rider_id, tx.now - CODE_MEMORY)
    move(tx, actor, delivery, "assign")
    delivery.rider_id = rider_id
    delivery.rider_earning = earning
    delivery.assigned_at = tx.now
    if delivery.code_sealed is None:
        codes.make(tx, delivery, others)
    if delivery.way == "rider":
        want_start(tx, delivery)
    tx.emit(events.DeliveryAssigned(delivery_id=delivery.delivery_id, actor=actor))


def assign_by_hand(tx: Tx, actor: Actor, *, order_id: int, rider_id: int) -> Delivery:
    """An admin gives the delivery to a rider, whoever had it or was asked (D2, section 20.5); audited.

    The rider must be active and verified, with an approved vehicle that holds it, and not the customer
    (DR-1206); duty, distance and how much he has in hand are the admin's to judge. The same rider again
    changes nothing. Raises NoSuchJob, RiderUnfit, GoodsInHand, WrongState, NotAllowed. Emits RiderLost,
    DeliveryAssigned.
    """
    users.may(tx, actor, "update", "deliveries", own=False)
    order, delivery = locked(tx, order_id)
    if delivery.rider_id == rider_id and delivery.delivery_status == "assigned":
        return delivery
    if rider_id == order.customer_id or not duty.fit(tx, rider_id, delivery.kg):
        raise RiderUnfit(rider_id=rider_id)
    if delivery.delivery_status == "assigned":
        _give_up(tx, actor, delivery, reason="reassigned")
    DELIVERY.step(delivery.delivery_status, "assign", actor.role)
    tx.emit(events.RiderChosen(delivery_id=delivery.delivery_id, actor=actor))
    farms = stops.pickups(tx, order)
    way = duty.way_to(tx, rider_id, farms[0].point) if farms else ZERO
    assign(tx, actor, delivery, rider_id=rider_id, earning=duty.earning(tx, order, way))
    changes = {"rider_id": [None, rider_id]}
    audit.record(
        tx, actor, what="delivery.assign", record=f"delivery:{delivery.delivery_id}", changes=changes
    )
    return delivery


def drop_out(tx: Tx, actor: Actor, *, order_id: int, reason: str = "") -> Delivery:
    """D3: the rider gives the delivery back before he has collected anything, or an admin takes it away.

    It is offered again, to others. Somebody who has dropped it before changes nothing. Raises NoSuchJob
    (DR-1206), GoodsInHand, WrongState, NotAllowed. Emits RiderLost.
    """
    user = users.may(tx, actor, "update", "deliveries", own=True)
    _order, delivery = locked(tx, order_id)
    dropped = tx.session.get(DeliveryDrop, (delivery.delivery_id, user.user_id)) is not None
    if user.user_role != "admin" and delivery.rider_id != user.user_id:
        if dropped:
            return delivery
        raise NoSuchJob(order_id=order_id)
    why = reason_of(reason, REASON_LENGTH) or "dropped"
    rider_id = delivery.rider_id
    _give_up(tx, actor, delivery, reason=why)
    if user.user_role == "admin":
        record = f"delivery:{delivery.delivery_id}"
        audit.record(tx, actor, what="delivery.take_away", record=record, reason=why)
    assert rider_id is not None, "the machine gives up only what somebody has"
    tx.emit(events.RiderLost(delivery_id=delivery.delivery_id, rider_id=rider_id, actor=actor))
    return delivery


def start_timeout(tx: Tx, delivery_id: int) -> None:
    """The duty start_timeout: who does not collect in time loses the delivery (D3). Emits RiderLost."""
    delivery = locks.delivery(tx, delivery_id)
    if delivery is None or delivery.delivery_status != "assigned" or delivery.rider_id is None:
        return
    if delivery.way != "rider" or _has_goods(tx, delivery):
        return
    latest = _latest_start(tx, delivery)
    if latest > tx.now:  # the slot was moved (D8), or another rider began anew: his own duty waits
        return
    rider_id = delivery.rider_id
    _give_up(tx, SYSTEM, delivery, reason="start_timeout")
    tx.emit(events.RiderLost(delivery_id=delivery_id, rider_id=rider_id, actor=SYSTEM))


def want_start(tx: Tx, delivery: Delivery) -> None:
    """The rider has until then to collect: an hour from now or, if later, the slot's start (D3)."""
    assert delivery.assigned_at is not None, "it was just assigned"
    key = f"start_timeout:{delivery.delivery_id}:{tx.now:%Y%m%d%H%M%S}"
    duties.want(tx, "start_timeout", delivery.delivery_id, at=_latest_start(tx, delivery), key=key)


def order_confirmed(tx: Tx, happened: events.OrderConfirmed) -> None:
    """Reaction: O3 opens the delivery (D1)."""
    open_delivery(tx, order_locks.order(tx, happened.order_id))


def _latest_start(tx: Tx, delivery: Delivery) -> datetime:
    assert delivery.assigned_at is not None, "somebody has it"
    patience = timedelta(minutes=tx.setting("delivery.start_timeout_minutes"))
    return max(delivery.assigned_at + patience, orders.slot_start(tx, delivery.order))


def _give_up(tx: Tx, actor: Actor, delivery: Delivery, *, reason: str) -> None:
    """Back to pending: he is counted as dropped out, and not asked again for this delivery."""
    rider_id = delivery.rider_id
    DELIVERY.step(delivery.delivery_status, "drop_out", actor.role)
    if _has_goods(tx, delivery):
        raise GoodsInHand(order=delivery.order.order_number)
    move(tx, actor, delivery, "drop_out", reason=reason)
    delivery.rider_id = delivery.assigned_at = None
    if rider_id is None:
        return
    if tx.session.get(DeliveryDrop, (delivery.delivery_id, rider_id)) is None:
        dropped = DeliveryDrop(delivery_id=delivery.delivery_id, rider_id=rider_id, reason=reason, at=tx.now)
        tx.session.add(dropped)
    row = locks.duty(tx, rider_id)
    if row is not None:
        row.drops += 1
        row.idle_since = tx.now
    tx.flush()


def _has_goods(tx: Tx, delivery: Delivery) -> bool:
    """Whether something was collected already: then dropping out is no longer possible."""
    return any(stop.kind == "pickup" and stop.done_at is not None for stop in stops.of(tx, delivery))
