"""What people see of orders: a farmer's items and sums, an order's history, what waits for an admin."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from core.actor import Actor
from core.db import Tx
from core.listings.rules import farmer_gets
from core.money import ZERO, round2
from core.orders import numbers, rules
from core.orders.cash_rules import CASH
from core.orders.errors import OrderUnknown
from core.orders.machine import DONE, WITH_FARMER
from core.orders.models import CancelRequest, Claim, Order, OrderEvent, OrderItem, PickupShort
from core.users import service as users
from core.users.models import User

# A page of anything; lists are never whole tables.
PAGE = 100
_before = aliased(Order)


@dataclass(frozen=True)
class WaitingItem:
    """An item that a farmer has to prepare; `you_get` KES after commission, `due` the delivery day.

    Of the customer she sees the first name, the ward and the instructions, no more (DR-801). `cash` says
    whether it is paid at the door, `paid_before` how many orders this customer has taken already (DR-908).
    """

    order_item_id: int
    order_id: int
    order_number: str
    tail: str
    product_id: int
    quantity: Decimal
    unit: str
    kg: Decimal
    item_status: str
    accepted: bool
    due: date
    customer_first_name: str
    you_get: Decimal
    ward: str = ""
    instructions: str = ""
    cash: bool = False
    paid_before: int = 0


@dataclass(frozen=True)
class WaitingSum:
    """All a farmer's waiting items of one product and pack for one day: "Thu: Tomatoes 43kg, 9 orders"."""

    day: date
    product_id: int
    unit: str
    quantity: Decimal
    kg: Decimal
    orders: int
    you_get: Decimal


@dataclass(frozen=True)
class HistoryRow:
    """One change of a status (DR-706); `subject` is order:5, item:7 or delivery:3."""

    at: datetime
    subject: str
    rule: str
    from_status: str
    to_status: str
    role: str
    channel: str
    reason: str


_WAITING = (
    select(
        OrderItem.order_item_id,
        OrderItem.order_id,
        Order.order_number,
        OrderItem.product_id,
        OrderItem.fulfilled_quantity,
        OrderItem.unit,
        OrderItem.kg_per_unit,
        OrderItem.item_status,
        OrderItem.accepted_at,
        Order.estimated_delivery_date,
        Order.drop,
        Order.special_instructions,
        Order.payment_method,
        User.first_name,
        OrderItem.price_at_purchase,
        OrderItem.commission_percent,
        select(func.count())
        .where(
            Order.payment_method == CASH,
            _before.customer_id == Order.customer_id,
            _before.order_status.in_(DONE),
        )
        .scalar_subquery()
        .label("paid_before"),
    )
    .join(Order, Order.order_id == OrderItem.order_id)
    .join(User, User.user_id == Order.customer_id)
    .where(
        OrderItem.farmer_id == bindparam("farmer_id"),
        OrderItem.item_status.in_(("pending", "harvested", "packed")),
        Order.order_status.in_(WITH_FARMER),
    )
    .order_by(Order.estimated_delivery_date, OrderItem.order_item_id)
    .limit(PAGE)
)


def waiting_for_farmer(tx: Tx, actor: Actor) -> list[WaitingItem]:
    """The farmer's paid items that are not ready yet, most urgent first; one statement (DR-801)."""
    rows = tx.look(_WAITING, farmer_id=actor.user_id)
    return [
        WaitingItem(
            order_item_id=row.order_item_id,
            order_id=row.order_id,
            order_number=row.order_number,
            tail=row.order_number[-4:],
            product_id=row.product_id,
            quantity=row.fulfilled_quantity,
            unit=row.unit,
            kg=round2(row.fulfilled_quantity * row.kg_per_unit),
            item_status=row.item_status,
            accepted=row.accepted_at is not None,
            due=row.estimated_delivery_date,
            customer_first_name=row.first_name,
            you_get=_you_get(row),
            ward=row.drop.get("ward", ""),
            instructions=row.special_instructions,
            cash=row.payment_method == CASH,
            paid_before=row.paid_before if row.payment_method == CASH else 0,
        )
        for row in rows
    ]


def sums(tx: Tx, actor: Actor) -> list[WaitingSum]:
    """The farmer's waiting items summed by day, product and unit; the most urgent first."""
    user = users.may(tx, actor, "read", "order_items", own=True)
    rows = tx.look(_WAITING, farmer_id=user.user_id).all()
    found: dict[tuple[date, int, str], list[Any]] = {}
    for row in rows:
        key = (row.estimated_delivery_date, row.product_id, row.unit)
        found.setdefault(key, []).append(row)
    return [
        WaitingSum(
            day=day,
            product_id=product_id,
            unit=unit,
            quantity=sum((row.fulfilled_quantity for row in lines), ZERO),
            kg=sum((round2(row.fulfilled_quantity * row.kg_per_unit) for row in lines), ZERO),
            orders=len({row.order_id for row in lines}),
            you_get=sum((_you_get(row) for row in lines), ZERO),
        )
        for (day, product_id, unit), lines in found.items()
    ]


def my_orders(tx: Tx, actor: Actor, *, before: int | None = None, limit: int = 20) -> list[Order]:
    """The customer's own orders, the newest first; `before` an order id: the page after that (DR-211)."""
    user = users.may(tx, actor, "read", "orders", own=True)
    query = select(Order).where(Order.customer_id == user.user_id)
    if before is not None:
        query = query.where(Order.order_id < before)
    return list(tx.session.scalars(query.order_by(Order.order_id.desc()).limit(min(limit, PAGE))))


def timeline(tx: Tx, actor: Actor, *, order_id: int) -> list[HistoryRow]:
    """Everything that happened to an order that the actor may read, oldest first (DR-706).

    A farmer sees the order and her own items. Raises OrderUnknown.
    """
    mine = select(Order.order_id).where(Order.order_id == order_id, numbers.visible(tx, actor))
    if tx.session.scalar(mine) is None:
        raise OrderUnknown(order_id=order_id)
    query = select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.event_id)
    hidden: set[str] = set()
    if actor.role == "farmer":
        others = select(OrderItem.order_item_id).where(
            OrderItem.order_id == order_id, OrderItem.farmer_id != actor.user_id
        )
        hidden = {f"item:{item_id}" for item_id in tx.session.scalars(others)}
    return [
        HistoryRow(
            at=row.at,
            subject=row.subject,
            rule=row.rule,
            from_status=row.from_status,
            to_status=row.to_status,
            role=row.role,
            channel=row.channel,
            reason=row.reason,
        )
        for row in tx.session.scalars(query)
        if row.subject not in hidden
    ]


def cancel_requests(tx: Tx, actor: Actor) -> list[CancelRequest]:
    """What customers ask to cancel and nobody has decided, the oldest first; for admins (O10)."""
    _staff(tx, actor)
    query = select(CancelRequest).where(CancelRequest.request_status == "open")
    return list(tx.session.scalars(query.order_by(CancelRequest.request_id).limit(PAGE)))


def open_claims(tx: Tx, actor: Actor) -> list[Claim]:
    """Claims that nobody has decided, the oldest first; for admins (O16)."""
    _staff(tx, actor)
    query = select(Claim).where(Claim.claim_status == "open")
    return list(tx.session.scalars(query.order_by(Claim.claim_id).limit(PAGE)))


def held_shorts(tx: Tx, actor: Actor) -> list[PickupShort]:
    """Short counts at pick-ups that wait for an admin, the oldest first (I8)."""
    _staff(tx, actor)
    query = select(PickupShort).where(PickupShort.short_status == "held")
    return list(tx.session.scalars(query.order_by(PickupShort.short_id).limit(PAGE)))


def asked_shorts(tx: Tx, actor: Actor) -> list[PickupShort]:
    """Short counts that wait for this farmer's YES (I8)."""
    user = users.may(tx, actor, "read", "order_items", own=True)
    query = select(PickupShort).where(
        PickupShort.farmer_id == user.user_id, PickupShort.short_status == "asked"
    )
    return list(tx.session.scalars(query.order_by(PickupShort.short_id).limit(PAGE)))


def _you_get(row: Any) -> Decimal:
    value = rules.line_total(row.fulfilled_quantity, row.price_at_purchase)
    return farmer_gets(value, row.commission_percent)


def _staff(tx: Tx, actor: Actor) -> None:
    users.acting(tx, actor, "admin")
    users.may(tx, actor, "read", "orders", own=False)
