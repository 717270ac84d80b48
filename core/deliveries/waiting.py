"""What waits for whoever carries or hands out goods: an offer, what is in hand, what came back.

Three narrow statements, four where cash is to be taken, however many jobs there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, null, or_, select, union_all

from core.cash.collecting import COD, whole
from core.db import Tx
from core.deliveries.machine import IN_HAND, NOT_OVER
from core.deliveries.models import Delivery, DeliveryOffer, DeliveryStop
from core.deliveries.stops import UNREADY, nearest_first
from core.farms.models import Farm
from core.listings.models import Listing
from core.locations import service as locations
from core.locations.models import Location
from core.locations.places import Point
from core.money import ZERO, round2
from core.msisdn import national
from core.orders.models import Order, OrderItem
from core.payments import at_door
from core.users.models import User
from core.ways.models import CollectionPoint, RunStop

# Goods that never come to the rider; what he brings back ("returned") is still with him.
NEVER = ("cancelled", "rejected")


@dataclass(frozen=True)
class Goods:
    """An item to be carried: `quantity` in its `unit`, `kg` of all of it."""

    order_item_id: int
    product_id: int
    quantity: Decimal
    unit: str
    kg: Decimal


@dataclass(frozen=True)
class AtFarm:
    """A farm to collect from; `done` when everything of it has been collected, `ready` when it is packed."""

    farm_id: int
    point: Point
    person: str
    phone: str
    place: str
    landmark: str
    goods: tuple[Goods, ...]
    ready: bool
    done: bool

    @property
    def kg(self) -> Decimal:
        """What waits there."""
        return sum((one.kg for one in self.goods), ZERO)


@dataclass(frozen=True)
class Job:
    """A delivery offered to a person, in his hand, or failed with the goods still his affair.

    offer_id   the offer, which he may accept until `expires_at`; None for what is his
    mine       he brings it; else it goes to a point that he keeps (DR-1210)
    earning    KES; `collect` KES are taken at the door (DR-901)
    over       the order is over: what he holds goes back to the farm (D9)
    day        when it is promised, after a failed attempt the day of the next one (D8)
    run_stop   at which stop of its run it ends; 0 where it goes by no run
    """

    offer_id: int | None
    expires_at: datetime | None
    mine: bool
    delivery_id: int
    order_id: int
    order_number: str
    status: str
    way: str
    earning: Decimal
    km: Decimal
    kg: Decimal
    cash: bool
    collect: Decimal
    person: str
    phone: str
    point: Point
    place: str
    landmark: str
    failed_reason: str
    goods_at: str
    over: bool
    day: date
    run_stop: int
    farms: tuple[AtFarm, ...]

    @property
    def in_hand(self) -> bool:
        """Whether it is his to collect or to hand over now."""
        return self.offer_id is None and self.status in IN_HAND


_USER: BindParameter[int] = bindparam("user_id")
_NOW: BindParameter[datetime] = bindparam("now")
_OFFERED = select(
    DeliveryOffer.delivery_id.label("delivery_id"),
    DeliveryOffer.offer_id.label("offer_id"),
    DeliveryOffer.earning.label("earning"),
    DeliveryOffer.expires_at.label("expires_at"),
).where(
    DeliveryOffer.rider_id == _USER,
    DeliveryOffer.open_delivery.is_not(None),
    DeliveryOffer.expires_at > _NOW,
)
_HELD = select(Delivery.delivery_id, null(), Delivery.rider_earning, null()).where(
    Delivery.rider_id == _USER, Delivery.delivery_status.in_(NOT_OVER)
)
_KEPT = (
    select(Delivery.delivery_id, null(), Delivery.rider_earning, null())
    .join(Order, Order.order_id == Delivery.order_id)
    .join(CollectionPoint, CollectionPoint.collection_point_id == Order.collection_point_id)
    .where(
        CollectionPoint.keeper_id == _USER,
        Order.way != "rider",
        Delivery.delivery_status.in_(IN_HAND),
        or_(Delivery.rider_id.is_(None), Delivery.rider_id != _USER),
        Order.customer_id != _USER,
    )
)
_DUE = union_all(_OFFERED, _HELD, _KEPT).subquery("due")
_JOBS = (
    select(
        _DUE.c.offer_id,
        _DUE.c.earning,
        _DUE.c.expires_at,
        Delivery.delivery_id,
        Delivery.rider_id,
        Delivery.delivery_status,
        Delivery.way,
        Delivery.km,
        Delivery.kg,
        Delivery.failed_reason,
        Delivery.goods_at,
        Order.order_id,
        Order.order_number,
        Order.order_status,
        Order.customer_id,
        Order.payment_method,
        Order.amount_asked,
        Order.estimated_delivery_date,
        Order.drop,
        User.first_name,
        User.phone_number,
        CollectionPoint.name.label("point_name"),
        CollectionPoint.landmark.label("point_landmark"),
        CollectionPoint.ward_code.label("point_ward"),
        RunStop.position,
    )
    .join(Delivery, Delivery.delivery_id == _DUE.c.delivery_id)
    .join(Order, Order.order_id == Delivery.order_id)
    .join(User, User.user_id == Order.customer_id)
    .outerjoin(
        CollectionPoint,
        and_(CollectionPoint.collection_point_id == Order.collection_point_id, Order.way != "rider"),
    )
    .outerjoin(
        RunStop,
        and_(
            RunStop.run_id == Order.run_id,
            RunStop.collection_point_id == Order.collection_point_id,
            Order.way == "run",
        ),
    )
    .order_by(_DUE.c.offer_id.is_(None), Delivery.assigned_at, Delivery.delivery_id)
)
_GOODS = (
    select(
        OrderItem.order_id,
        OrderItem.order_item_id,
        OrderItem.product_id,
        OrderItem.item_status,
        OrderItem.fulfilled_quantity,
        OrderItem.unit,
        OrderItem.kg_per_unit,
        Farm.farm_id,
        Farm.farm_name,
        Location.latitude,
        Location.longitude,
        Location.ward_code,
        Location.ward,
        Location.landmark,
        User.first_name,
        User.phone_number,
        DeliveryStop.done_at,
    )
    .join(Listing, Listing.listing_id == OrderItem.listing_id)
    .join(Farm, Farm.farm_id == Listing.farm_id)
    .join(Location, Location.location_id == Farm.location_id)
    .join(User, User.user_id == Farm.farmer_id)
    .join(Delivery, Delivery.order_id == OrderItem.order_id)
    .outerjoin(
        DeliveryStop,
        and_(
            DeliveryStop.delivery_id == Delivery.delivery_id,
            DeliveryStop.kind == "pickup",
            DeliveryStop.farm_id == Farm.farm_id,
        ),
    )
    .where(
        OrderItem.order_id.in_(bindparam("order_ids", expanding=True)),
        OrderItem.item_status.not_in(NEVER),
    )
    .order_by(OrderItem.order_item_id)
)


def jobs(tx: Tx, user_id: int) -> list[Job]:
    """Everything that waits for this person: first an open offer, then what he has, the oldest first."""
    rows = tx.look(_JOBS, user_id=user_id, now=tx.now).all()
    if not rows:
        return []
    farms = _farms(tx, rows)
    at_the_door = [row for row in rows if row.payment_method == COD]
    asked = {row.order_id: (row.customer_id, row.amount_asked) for row in at_the_door}
    dues = at_door.to_pay_each(tx, asked) if asked else {}
    return [_job(tx, row, user_id, farms.get(row.order_id, {}), dues) for row in rows]


def _job(tx: Tx, row: Any, user_id: int, farms: dict[int, AtFarm], dues: dict[int, Decimal]) -> Job:
    point = Point(row.drop["lat"], row.drop["lon"])
    place, landmark = row.drop.get("ward", ""), row.drop.get("landmark", "")
    if row.point_name is not None:
        point = tx.parts.places.get(row.point_ward).point
        place, landmark = row.point_name, row.point_landmark
    return Job(
        offer_id=row.offer_id,
        expires_at=row.expires_at,
        mine=row.offer_id is not None or row.rider_id == user_id,
        delivery_id=row.delivery_id,
        order_id=row.order_id,
        order_number=row.order_number,
        status=row.delivery_status,
        way=row.way,
        earning=row.earning,
        km=row.km,
        kg=row.kg,
        cash=row.payment_method == COD,
        collect=whole(dues.get(row.order_id, ZERO)),
        person=row.first_name,
        phone=national(row.phone_number),
        point=point,
        place=place,
        landmark=landmark,
        failed_reason=row.failed_reason,
        goods_at=row.goods_at,
        over=row.order_status == "cancelled",
        day=row.estimated_delivery_date,
        run_stop=row.position or 0,
        farms=tuple(nearest_first(farms.values(), point)),
    )


def _farms(tx: Tx, rows: Iterable[Any]) -> dict[int, dict[int, AtFarm]]:
    """The farms of each order, by order and farm."""
    found: dict[int, dict[int, AtFarm]] = {}
    for row in tx.look(_GOODS, order_ids=[row.order_id for row in rows]):
        kg = round2(row.fulfilled_quantity * row.kg_per_unit)
        goods = Goods(row.order_item_id, row.product_id, row.fulfilled_quantity, row.unit, kg)
        of_order = found.setdefault(row.order_id, {})
        before = of_order.get(row.farm_id)
        of_order[row.farm_id] = AtFarm(
            farm_id=row.farm_id,
            point=locations.point_at(tx, row.latitude, row.longitude, row.ward_code),
            person=row.first_name or row.farm_name,
            phone=national(row.phone_number),
            place=row.ward,
            landmark=row.landmark,
            goods=(*(before.goods if before else ()), goods),
            ready=row.item_status not in UNREADY and (before is None or before.ready),
            done=row.done_at is not None,
        )
    return found
