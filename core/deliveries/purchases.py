"""A customer's own orders as a small screen shows them: a line each, and one opened (DR-110, DR-1208).

What she may see is what is hers: every look asks for her own id, a stranger's order is not there (DR-211).
Narrow looks only, since they are made while a phone waits.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, null, or_, select
from sqlalchemy.orm import aliased

from core.actor import Actor
from core.clock import nairobi_date
from core.db import Tx
from core.deliveries.machine import IN_HAND
from core.deliveries.models import Delivery, RiderPosition
from core.farms.models import Farm
from core.listings.models import Listing
from core.locations.models import Location
from core.money import whole_shillings
from core.orders import rules
from core.orders.cash_rules import CASH
from core.orders.errors import OrderAmbiguous, OrderUnknown
from core.orders.machine import DEAD_ITEMS, DONE, WITH_FARMER
from core.orders.models import CancelRequest, Order, OrderItem, Replacement
from core.orders.open_orders import OPEN
from core.users.models import User
from core.ways.models import CollectionPoint

# As many lines as a keypad can number; older ones are found by their number.
MOST = 49
_rider = aliased(User)


@dataclass(frozen=True)
class Purchase:
    """A line of the list; `asked` whole KES, `day` the promised day, of a delivered one the day it came.

    late  it waits for a harvest whose day has passed (DR-407)
    asks  replacement (DR-815), short (I5), received (DR-1205), no_rider (DR-1212), or "": what she is asked
    """

    order_id: int
    tail: str
    order_status: str
    cash: bool
    asked: Decimal
    day: date
    asks: str
    late: bool


@dataclass(frozen=True)
class PurchaseView:
    """One order of hers: how far it is, who has it, what she may do about it. Amounts in KES.

    step         where it is now: an order_status, or of one that is handed over: assigned, on_the_way,
                 arrived, failed (an attempt), collect (it waits for her)
    person       who brings it or hands it over, with `phone`, from D2 until the delivery closes (DR-1603)
    place        where it is fetched or where its run stops; "" for what comes to the door
    has_code     a delivery code exists and the goods are on their way (DR-1205)
    cancel_asked she has asked to cancel and nobody has decided (O10)
    asks         as in Purchase, with the item it is about, if any
    farms        of how many farms it is; what comes from one may be fetched there, in the ward `farm_ward`
    late         its harvest day has passed and nothing was harvested yet (DR-407)
    """

    order_id: int
    order_number: str
    tail: str
    order_status: str
    payment_method: str
    step: str
    day: date
    asked: Decimal
    subtotal: Decimal
    delivery_fee: Decimal
    discount: Decimal
    cancel_reason: str
    person: str
    phone: str
    place: str
    has_code: bool
    cancel_asked: bool
    asks: str
    asks_item_id: int | None
    farms: int
    farm_ward: str
    late: bool


_OFFERED = (
    select(func.min(Replacement.order_item_id))
    .where(
        Replacement.order_id == Order.order_id,
        Replacement.replacement_status == "asked",
        Replacement.expires_at > bindparam("now"),
    )
    .correlate(Order)
    .scalar_subquery()
)
_SHORTENED = (
    select(func.min(OrderItem.order_item_id))
    .where(
        OrderItem.order_id == Order.order_id,
        OrderItem.short_until > bindparam("now"),
        OrderItem.item_status.in_(("pending", "harvested", "packed")),
    )
    .correlate(Order)
    .scalar_subquery()
)
# A pre-order whose day has passed: nothing is harvested, and it still waits (DR-407).
_LATE = (
    select(func.min(OrderItem.order_item_id))
    .join(Listing, Listing.listing_id == OrderItem.listing_id)
    .where(
        OrderItem.order_id == Order.order_id,
        OrderItem.item_status == "pending",
        Listing.harvest_date.is_(None),
        Listing.expected_harvest_date < bindparam("today"),
    )
    .correlate(Order)
    .scalar_subquery()
)
_ASKED_OF_HER = (
    _OFFERED.label("offered"),
    _SHORTENED.label("shortened"),
    _LATE.label("late"),
    Delivery.receipt_asked_at,
    Delivery.choice_asked_at,
    Delivery.delivery_status,
)
_PLAIN = (
    Order.order_id,
    Order.order_number,
    Order.order_status,
    Order.payment_method,
    Order.amount_asked,
    Order.subtotal,
    Order.delivery_fee,
    Order.discount_amount,
    Order.estimated_delivery_date,
    Order.delivered_at,
)
_LINE = (*_PLAIN, *_ASKED_OF_HER)
_LINES = (
    select(*_LINE)
    .outerjoin(Delivery, Delivery.order_id == Order.order_id)
    .where(Order.customer_id == bindparam("customer_id"))
)
_OPEN = _LINES.where(Order.order_status.in_(OPEN)).order_by(Order.order_id.desc()).limit(MOST)
# What is over asks nothing: those are many, and none of them is looked into.
_FINISHED = (
    select(*_PLAIN, *(null().label(column.name) for column in _ASKED_OF_HER))
    .where(Order.customer_id == bindparam("customer_id"), Order.order_status.not_in(OPEN))
    .order_by(Order.order_id.desc())
    .limit(bindparam("room"))
)
_BY_TAIL = (
    _LINES.where(Order.order_number.like(bindparam("ending"))).order_by(Order.order_id.desc()).limit(20)
)
_FARM_WARD = (
    select(func.min(Location.ward))
    .select_from(OrderItem)
    .join(Listing, Listing.listing_id == OrderItem.listing_id)
    .join(Farm, Farm.farm_id == Listing.farm_id)
    .join(Location, Location.location_id == Farm.location_id)
    .where(OrderItem.order_id == Order.order_id, OrderItem.item_status.not_in(DEAD_ITEMS))
    .correlate(Order)
    .scalar_subquery()
)
_FARMS = (
    select(func.count(func.distinct(Listing.farm_id)))
    .select_from(OrderItem)
    .join(Listing, Listing.listing_id == OrderItem.listing_id)
    .where(OrderItem.order_id == Order.order_id, OrderItem.item_status.not_in(DEAD_ITEMS))
    .correlate(Order)
    .scalar_subquery()
)
_CHECKPOINT = (
    select(RiderPosition.checkpoint)
    .where(
        RiderPosition.delivery_id == Delivery.delivery_id,
        RiderPosition.rider_id == Delivery.rider_id,
        RiderPosition.checkpoint != "",
        # what he said on an attempt that failed is over
        or_(Delivery.failed_at.is_(None), RiderPosition.at > Delivery.failed_at),
    )
    .order_by(RiderPosition.position_id.desc())
    .limit(1)
    .correlate(Delivery)
    .scalar_subquery()
)
_ONE = (
    select(
        *_LINE,
        Order.way,
        Order.cancel_reason,
        Delivery.code_sealed,
        _rider.first_name,
        _rider.phone_number,
        CollectionPoint.name.label("point"),
        _FARM_WARD.label("ward"),
        _FARMS.label("farms"),
        _CHECKPOINT.label("checkpoint"),
        CancelRequest.request_id,
    )
    .outerjoin(Delivery, Delivery.order_id == Order.order_id)
    .outerjoin(_rider, _rider.user_id == Delivery.rider_id)
    .outerjoin(CollectionPoint, CollectionPoint.collection_point_id == Order.collection_point_id)
    .outerjoin(CancelRequest, CancelRequest.open_for == Order.order_id)
    .where(Order.order_id == bindparam("order_id"), Order.customer_id == bindparam("customer_id"))
)


def mine(tx: Tx, actor: Actor) -> list[Purchase]:
    """Her orders: open ones first, then finished ones, the newest first, MOST of them; two statements."""
    still_open = tx.look(_OPEN, customer_id=actor.user_id, **_when(tx)).all()
    finished = tx.look(_FINISHED, customer_id=actor.user_id, room=MOST - len(still_open)).all()
    return [_line(row) for row in (*still_open, *finished)]


def asking(tx: Tx, actor: Actor) -> list[tuple[int, str]]:
    """Which of her orders wait for an answer of hers, and to what; one statement, and only over open ones."""
    found = tx.look(_OPEN, customer_id=actor.user_id, **_when(tx))
    return [(row.order_id, what) for row in found if (what := _asks(row))]


def by_number(tx: Tx, actor: Actor, *, text: str) -> int:
    """The id of her order that `text` names, whole number or last four, in any spelling (DR-110).

    Raises OrderUnknown, also for a stranger's (DR-211), and OrderAmbiguous (numbers) among open ones.
    """
    number, tail = rules.whole_number(text), rules.spelled(text)
    if number is None and not rules.TAIL.fullmatch(tail):
        raise OrderUnknown(order=tail[:13])
    ending = number or f"TUN______{tail}"
    rows = tx.look(_BY_TAIL, customer_id=actor.user_id, ending=ending, **_when(tx)).all()
    still_open = [row for row in rows if row.order_status in OPEN or row.order_status == "delivered"]
    if len(still_open) > 1:
        raise OrderAmbiguous(numbers=[row.order_number for row in still_open])
    if not rows:
        raise OrderUnknown(order=number or tail)
    return int((still_open or rows)[0].order_id)


def one(tx: Tx, actor: Actor, *, order_id: int) -> PurchaseView:
    """One order of hers, by one narrow look. Raises OrderUnknown, also for a stranger's (DR-211)."""
    row = tx.look(_ONE, order_id=order_id, customer_id=actor.user_id, **_when(tx)).first()
    if row is None:
        raise OrderUnknown(order_id=order_id)
    line = _line(row)
    in_hand = row.delivery_status in IN_HAND and row.first_name is not None
    return PurchaseView(
        order_id=order_id,
        order_number=row.order_number,
        tail=line.tail,
        order_status=row.order_status,
        payment_method=row.payment_method,
        step=_step(row),
        day=line.day,
        asked=line.asked,
        subtotal=row.subtotal,
        delivery_fee=row.delivery_fee,
        discount=row.discount_amount,
        cancel_reason=row.cancel_reason,
        person=row.first_name if in_hand else "",
        phone=row.phone_number if in_hand else "",
        place="" if row.way == "rider" else row.point or row.ward or "",
        has_code=in_hand and row.code_sealed is not None and row.order_status not in DONE,
        cancel_asked=row.request_id is not None,
        asks=line.asks,
        asks_item_id=row.offered if line.asks == "replacement" else row.shortened,
        farms=row.farms,
        farm_ward=row.ward or "",
        late=line.late,
    )


def _line(row: Any) -> Purchase:
    over = row.order_status == "cancelled"
    came_to = whole_shillings(rules.total(row.subtotal, row.delivery_fee, row.discount_amount))
    day = nairobi_date(row.delivered_at) if row.delivered_at else row.estimated_delivery_date
    return Purchase(
        order_id=row.order_id,
        tail=row.order_number[-4:],
        order_status=row.order_status,
        cash=row.payment_method == CASH,
        asked=came_to if over else row.amount_asked,
        day=day,
        asks=_asks(row),
        late=row.late is not None and row.order_status in WITH_FARMER,
    )


def _asks(row: Any) -> str:
    """The most urgent question that is open about an order."""
    if row.receipt_asked_at is not None and row.delivery_status in IN_HAND:
        return "received"
    if row.choice_asked_at is not None and row.delivery_status == "pending":
        return "no_rider" if row.order_status in (*WITH_FARMER, "ready_for_delivery") else ""
    if row.order_status not in WITH_FARMER:
        return ""
    return "replacement" if row.offered is not None else "short" if row.shortened is not None else ""


def _step(row: Any) -> str:
    status, delivery = str(row.order_status), row.delivery_status
    if status in (*DONE, "cancelled", "pending_payment"):
        return status
    if delivery == "failed":
        return "failed"
    if delivery not in IN_HAND:
        return status
    if row.way == "collect":
        return "collect"
    if row.checkpoint == "arrived":
        return "arrived"
    return "assigned" if delivery == "assigned" else "on_the_way"


def _when(tx: Tx) -> dict[str, Any]:
    return {"now": tx.now, "today": nairobi_date(tx.now)}
