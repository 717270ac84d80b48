"""Where a delivery is: checkpoints, and positions where a channel has them, for few eyes (DR-1208)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from core import events
from core.actor import Actor
from core.db import Tx
from core.deliveries import assignment, service
from core.deliveries.errors import NoSuchJob, PositionInvalid
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery, RiderPosition
from core.locations import service as locations
from core.locations.places import Point
from core.orders.models import Order
from core.users import service as users

CHECKPOINTS = ("picked_up", "on_the_way", "arrived")
# A rider sets out from where he was seen so lately (DR-1207).
SEEN_LATELY = timedelta(hours=12)


@dataclass(frozen=True)
class TrackView:
    """The last that is known of a delivery.

    checkpoint  picked_up, on_the_way, arrived, or the delivery's status where none was reported
    latitude, longitude, at  the last position; None where there never was one
    """

    delivery_id: int
    order_id: int
    delivery_status: str
    checkpoint: str
    checkpoint_at: datetime | None
    latitude: float | None
    longitude: float | None
    at: datetime | None


def report(
    tx: Tx, actor: Actor, *, order_id: int, checkpoint: str = "", point: Point | None = None
) -> Delivery:
    """The rider says how far he is, or his device says where; picked_up and on_the_way move the machine.

    checkpoint  picked_up (D4), on_the_way (D5), arrived, or "" for a bare position

    Raises PositionInvalid, NotInKenya, NoSuchJob (DR-1206), GoodsNotReady, WrongState, NotAllowed.
    """
    users.acting(tx, actor, "rider")
    if checkpoint not in ("", *CHECKPOINTS) or (not checkpoint and point is None):
        raise PositionInvalid(checkpoint=str(checkpoint)[:12])
    if point is not None:
        locations.check_point(tx, point)
    delivery = assignment.of_order(tx, order_id)
    if delivery is None or delivery.rider_id != actor.user_id or delivery.delivery_status not in IN_HAND:
        raise NoSuchJob(order_id=order_id)
    if checkpoint == "picked_up":
        delivery = service.pick_up(tx, actor, order_id=order_id)
    elif checkpoint == "on_the_way":
        delivery = service.start(tx, actor, order_id=order_id)
    _keep(tx, delivery, checkpoint, point)
    return delivery


def picked_up(tx: Tx, happened: events.DeliveryPickedUp) -> None:
    """Reaction: whatever channel said it, picking up is a checkpoint."""
    delivery = tx.session.get_one(Delivery, happened.delivery_id)
    _keep(tx, delivery, "picked_up", None)


def last_known(tx: Tx, actor: Actor, *, order_id: int) -> TrackView:
    """Where the delivery of this order is; for its customer and admins only. Raises NoSuchJob."""
    user = users.may(tx, actor, "read", "deliveries", own=True)
    customer_id = tx.session.scalar(select(Order.customer_id).where(Order.order_id == order_id))
    delivery = assignment.of_order(tx, order_id)
    if delivery is None or (user.user_role != "admin" and customer_id != user.user_id):
        raise NoSuchJob(order_id=order_id)
    mine = select(RiderPosition).where(
        RiderPosition.delivery_id == delivery.delivery_id, RiderPosition.rider_id == delivery.rider_id
    )
    newest = mine.order_by(RiderPosition.at.desc(), RiderPosition.position_id.desc()).limit(1)
    place = tx.session.scalar(newest.where(RiderPosition.latitude.is_not(None)))
    checkpoint = tx.session.scalar(newest.where(RiderPosition.checkpoint != ""))
    return TrackView(
        delivery_id=delivery.delivery_id,
        order_id=order_id,
        delivery_status=delivery.delivery_status,
        checkpoint=checkpoint.checkpoint if checkpoint else delivery.delivery_status,
        checkpoint_at=checkpoint.at if checkpoint else None,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        at=place.at if place else None,
    )


def forget_old(tx: Tx) -> int:
    """Delete what is older than `retention.rider_position_days`; returns how many rows (DR-1208, DR-1903)."""
    before = tx.now - timedelta(days=tx.setting("retention.rider_position_days"))
    gone = tx.session.execute(delete(RiderPosition).where(RiderPosition.at < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _keep(tx: Tx, delivery: Delivery, checkpoint: str, point: Point | None) -> None:
    """One row; a checkpoint that is the newest already is not written twice."""
    assert delivery.rider_id is not None, "only what somebody has is on its way"
    newest = tx.session.scalar(
        select(RiderPosition)
        .where(RiderPosition.delivery_id == delivery.delivery_id)
        .order_by(RiderPosition.position_id.desc())
        .limit(1)
    )
    if point is None and newest is not None and newest.checkpoint == checkpoint:
        return
    tx.session.add(
        RiderPosition(
            delivery_id=delivery.delivery_id,
            rider_id=delivery.rider_id,
            checkpoint=checkpoint,
            latitude=point.lat if point else None,
            longitude=point.lon if point else None,
            at=tx.now,
        )
    )
    tx.flush()
