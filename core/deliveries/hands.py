"""In whose hands a delivery is: the rider's, or whoever hands a collected order over (DR-1206, DR-1210)."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from core import events
from core.actor import system
from core.db import Tx
from core.deliveries import assignment, duty, stops
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery
from core.money import ZERO
from core.orders import locks as order_locks
from core.orders.models import Order
from core.ways.models import CollectionPoint, Run

SYSTEM = system("job")
JOBS_AT_ONCE = 50


def to_hand_over(tx: Tx, user_id: int) -> list[Delivery]:
    """The open deliveries this person may close with a code, with their orders, oldest first."""
    open_ones = _of(tx, user_id, Delivery.delivery_status.in_(IN_HAND))
    return sorted(open_ones, key=lambda delivery: (delivery.assigned_at or tx.now, delivery.delivery_id))


def just_handed_over(tx: Tx, user_id: int, since: datetime) -> list[Delivery]:
    """What this person has closed since then, the newest first."""
    done = (Delivery.delivery_status == "delivered") & (Delivery.delivered_at > since)
    return sorted(_of(tx, user_id, done), key=lambda delivery: -delivery.delivery_id)


def hands_of(tx: Tx, delivery: Delivery, order: Order) -> set[int]:
    """Whose number may confirm this delivery: who brings it, and the keeper of the point it goes to."""
    hands = {delivery.rider_id} if delivery.rider_id is not None else set()
    keeper_id = _keeper(tx, order)
    return (hands | {keeper_id} if keeper_id is not None else hands) - {order.customer_id}


def order_ready(tx: Tx, happened: events.OrderReady) -> None:
    """Reaction: what is collected or goes by a run is now with whoever hands it over (D2, DR-1210)."""
    order = order_locks.order(tx, happened.order_id)
    delivery = assignment.of_order(tx, order.order_id)
    if delivery is not None and delivery.delivery_status == "pending" and delivery.way != "rider":
        hand_to_keeper(tx, order, delivery)


def hand_to_keeper(tx: Tx, order: Order, delivery: Delivery) -> None:
    """D2 for what no rider brings to a door; without anybody there an admin has to see to it."""
    carrier_id = _carrier(tx, order)
    if carrier_id is None:
        tx.emit(events.NoRiderFound(delivery_id=delivery.delivery_id, actor=SYSTEM))
        return
    earned = duty.earning(tx, order, ZERO) if delivery.way == "run" else ZERO
    assignment.assign(tx, SYSTEM, delivery, rider_id=carrier_id, earning=earned)


def _carrier(tx: Tx, order: Order) -> int | None:
    """The run's driver, the point's keeper, or the farmer at whose farm it waits."""
    if order.way == "run":
        run = tx.session.get(Run, order.run_id) if order.run_id is not None else None
        return run.driver_id if run is not None else None
    keeper_id = _keeper(tx, order)
    if keeper_id is not None:
        return keeper_id
    farms = stops.pickups(tx, order)
    return farms[0].farmer.user_id if farms else None


def _keeper(tx: Tx, order: Order) -> int | None:
    if order.way == "rider" or order.collection_point_id is None:
        return None
    point = tx.session.get(CollectionPoint, order.collection_point_id)
    return point.keeper_id if point is not None else None


def _of(tx: Tx, user_id: int, condition: ColumnElement[bool]) -> list[Delivery]:
    """The person's own deliveries, and those for the points that he keeps."""
    query = select(Delivery).options(selectinload(Delivery.order))
    own = query.where(Delivery.rider_id == user_id, condition).order_by(Delivery.delivery_id.desc())
    found = {d.delivery_id: d for d in tx.session.scalars(own.limit(JOBS_AT_ONCE))}
    points = tx.session.scalars(
        select(CollectionPoint.collection_point_id).where(CollectionPoint.keeper_id == user_id)
    ).all()
    if points:
        kept = (
            query.join(Order, Order.order_id == Delivery.order_id)
            .where(Order.collection_point_id.in_(points), or_(Order.way == "run", Order.way == "collect"))
            .where(condition)
            .order_by(Delivery.delivery_id.desc())
        )
        found |= {d.delivery_id: d for d in tx.session.scalars(kept.limit(JOBS_AT_ONCE))}
    return list(found.values())
