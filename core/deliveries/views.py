"""Deliveries as they are shown: whose one may see, and the one verb by which the API moves them (2.1)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from core import pages
from core.actor import Actor
from core.cash import collecting
from core.db import Database, Tx
from core.deliveries import assignment, failing, service
from core.deliveries.errors import NoSuchJob
from core.deliveries.models import Delivery
from core.errors import BadInput
from core.orders.models import Order, OrderItem
from core.users import service as users
from core.users.models import User

MOVES = ("pending", "picked_up", "in_transit", "delivered", "failed", "returned")


@dataclass(frozen=True)
class DeliveryView:
    """A delivery for the people of its order, never its code; `collect` KES is taken at the door (DR-901)."""

    delivery_id: int
    order_id: int
    order_number: str
    rider_id: int | None
    way: str
    delivery_status: str
    km: Decimal
    kg: Decimal
    rider_earning: Decimal
    collect: Decimal
    estimated_delivery_date: date
    delivery_time_slot: str
    attempts: int
    failed_reason: str
    assigned_at: datetime | None
    picked_up_at: datetime | None
    delivered_at: datetime | None
    created_at: datetime


def listed(tx: Tx, actor: Actor, *, status: str = "", page: int = 1) -> list[DeliveryView]:
    """The deliveries that the actor may read (2.1), newest first, a page of `api.page_size` at a time.

    A customer's own, a farmer's where she has an item, a rider's own, an admin's all. Raises BadPage,
    NotAllowed.
    """
    user = users.may(tx, actor, "read", "deliveries", own=True)
    query = select(Delivery).join(Order, Order.order_id == Delivery.order_id).where(_visible(user))
    if status:
        query = query.where(Delivery.delivery_status == status)
    newest = query.order_by(Delivery.delivery_id.desc()).options(selectinload(Delivery.order))
    found = tx.session.scalars(pages.cut(tx, newest, page))
    return [_view(tx, delivery) for delivery in found]


def one(tx: Tx, actor: Actor, *, delivery_id: int) -> DeliveryView:
    """One delivery, if the actor may read it; raises NoSuchJob, NotAllowed."""
    user = users.may(tx, actor, "read", "deliveries", own=True)
    query = select(Delivery).join(Order, Order.order_id == Delivery.order_id)
    mine = query.where(Delivery.delivery_id == delivery_id, _visible(user))
    found = tx.session.scalar(mine.options(selectinload(Delivery.order)))
    if found is None:
        raise NoSuchJob(delivery_id=delivery_id)
    return _view(tx, found)


def update(
    db: Database,
    actor: Actor,
    *,
    delivery_id: int,
    status: str,
    once_key: str,
    code: str = "",
    cash: Decimal | None = None,
    reason: str = "",
    called: bool = False,
) -> DeliveryView:
    """Move a delivery to `status`, as one endpoint does it; the rules are those of each verb.

    status    pending (drop out, D3), picked_up (D4), in_transit (D5), delivered (D6 with `code`; an admin's
              override with `reason`), failed (D7 with `reason`, `called`), returned (goods back, D9)
    once_key  names the request: a repeat of it is not another try of the code

    Raises BadInput for another status, NoSuchJob, and what the verbs raise.
    """
    if status not in MOVES:
        raise BadInput(status=str(status)[:16])
    with db.read() as tx:
        view = one(tx, actor, delivery_id=delivery_id)
    if status == "delivered" and actor.role != "admin":
        service.deliver(db, actor, order_ref=view.order_number, code=code, once_key=once_key, cash=cash)
    else:
        db.run(lambda tx: _move(tx, actor, view.order_id, status, cash=cash, reason=reason, called=called))
    with db.read() as tx:
        moved = tx.session.scalars(
            select(Delivery).where(Delivery.delivery_id == delivery_id).options(selectinload(Delivery.order))
        ).one()
        return _view(tx, moved)


def _move(
    tx: Tx, actor: Actor, order_id: int, status: str, *, cash: Decimal | None, reason: str, called: bool
) -> None:
    match status:
        case "pending":
            assignment.drop_out(tx, actor, order_id=order_id, reason=reason)
        case "picked_up":
            service.pick_up(tx, actor, order_id=order_id)
        case "in_transit":
            service.start(tx, actor, order_id=order_id)
        case "delivered":
            service.override(tx, actor, order_id=order_id, reason=reason, cash=cash)
        case "failed":
            failing.fail(tx, actor, order_id=order_id, reason=reason, called=called)
        case _:
            failing.give_back(tx, actor, order_id=order_id)


def _visible(user: User) -> ColumnElement[bool]:
    """The matrix' "own" for deliveries."""
    match user.user_role:
        case "admin":
            return Delivery.delivery_id.is_not(None)
        case "rider":
            return Delivery.rider_id == user.user_id
        case "farmer":
            hers = select(OrderItem.order_id).where(OrderItem.farmer_id == user.user_id)
            return Delivery.order_id.in_(hers)
        case _:
            return Order.customer_id == user.user_id


def _view(tx: Tx, delivery: Delivery) -> DeliveryView:
    order = delivery.order
    return DeliveryView(
        delivery_id=delivery.delivery_id,
        order_id=order.order_id,
        order_number=order.order_number,
        rider_id=delivery.rider_id,
        way=delivery.way,
        delivery_status=delivery.delivery_status,
        km=delivery.km,
        kg=delivery.kg,
        rider_earning=delivery.rider_earning,
        collect=collecting.to_collect(tx, order),
        estimated_delivery_date=order.estimated_delivery_date,
        delivery_time_slot=order.delivery_time_slot,
        attempts=delivery.attempts,
        failed_reason=delivery.failed_reason,
        assigned_at=delivery.assigned_at,
        picked_up_at=delivery.picked_up_at,
        delivered_at=delivery.delivered_at,
        created_at=delivery.created_at,
    )
