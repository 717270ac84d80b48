"""Writing an order: O1 where money comes first, O2 where it is paid in cash at the door (7.1, DR-410).

Quotes and carts both end here. Whoever calls has locked what is bought, and planned it under those locks.
"""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from core import events, rows
from core.actor import Actor
from core.audit import service as audit
from core.db import Tx
from core.errors import BadInput, DomainError, NotAllowed
from core.listings import commission
from core.listings import service as listings
from core.locations import service as locations
from core.locations.models import Location
from core.money import ZERO, exact, whole_shillings
from core.orders import cash_rules, history, numbers, recent, rules
from core.orders.cash_rules import CASH
from core.orders.errors import AgainQuestion, KeyReused, MethodNotOffered, TooManyUnpaid
from core.orders.machine import ORDER
from core.orders.models import Order, OrderItem
from core.orders.planning import Plan
from core.settings import switches
from core.users import service as users
from core.users.models import User
from core.ways import service as ways
from core.words import tidy

MPESA, BANK = "mpesa", "bank_transfer"
METHODS = (MPESA, CASH, BANK)
INSTRUCTIONS_LENGTH = 160
KEY_LENGTH = 128


@dataclass(frozen=True)
class Terms:
    """How an order is to be paid and brought.

    key           the same key is the same order (DR-704)
    method        mpesa, cash_on_delivery or bank_transfer; `method_id` the customer's own, if it is one
    slot          of `order.slots`; `instructions` up to 160 characters
    again         the customer has said that she means the same once more (DR-704)
    discount      KES, given by an admin (DR-701)
    """

    key: str
    method: str = MPESA
    method_id: int | None = None
    slot: str = "any"
    instructions: str = ""
    again: bool = False
    discount: Decimal = ZERO


def buyer(tx: Tx, actor: Actor, customer_id: int | None = None) -> User:
    """Whose order it will be: the acting customer, or the one an admin orders for (O1).

    Raises NotAllowed, NotVerified, Inactive; NotFound for somebody who is no customer.
    """
    own = customer_id is None or customer_id == actor.user_id
    who = users.may(tx, actor, "create", "orders", own=own, order_for=customer_id)
    if who.user_role == "customer":
        return who
    if customer_id is None:
        raise BadInput(field="customer_id")
    customer = users.get(tx, customer_id)
    return users.acting(tx, users.actor_for(customer, actor.channel, actor.request_id), "customer")


def check(tx: Tx, actor: Actor, terms: Terms) -> None:
    """Refuse what no order can have; raises MethodNotOffered, BadInput (field), NotAllowed."""
    if terms.method not in METHODS:
        raise MethodNotOffered(method=terms.method)
    if not isinstance(terms.key, str) or not 0 < len(terms.key) <= KEY_LENGTH:
        raise BadInput(field="idempotency_key")
    if terms.slot not in rules.slots(tx.setting("order.slots")):
        raise BadInput(field="delivery_time_slot")
    if not isinstance(terms.instructions, str) or len(terms.instructions) > INSTRUCTIONS_LENGTH:
        raise BadInput(field="special_instructions")
    if terms.discount != ZERO and actor.role != "admin":
        raise NotAllowed(role=actor.role, field="discount_amount")
    if not _is_amount(terms.discount):
        raise BadInput(field="discount_amount")


def _is_amount(amount: object) -> bool:
    """Whether it is a sum in KES, to the cent and not below 0.00."""
    try:
        return isinstance(amount, Decimal) and exact(amount) >= ZERO
    except ValueError:
        return False


def digest(content: Any) -> str:
    """What an order is about, in short, so that another content under the same key is noticed."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def repeated(tx: Tx, customer_id: int, key: str, content_digest: str) -> Order | None:
    """The order that was placed with this key before; raises KeyReused if it was another (DR-704)."""
    query = select(Order).where(Order.customer_id == customer_id, Order.idempotency_key == key)
    first = tx.session.scalar(query.options(selectinload(Order.items)))
    if first is not None and first.content_digest != content_digest:
        raise KeyReused(key=key)
    return first


def place(
    tx: Tx,
    actor: Actor,
    *,
    customer_id: int,
    plan: Plan,
    location: Location,
    terms: Terms,
    content_digest: str,
    quote_id: int | None = None,
) -> Order:
    """Place a planned order: limits, the row with its items, the stock, and then the money or the farms.

    All of it or nothing, also for a caller that catches the refusal (DR-414). Raises TooManyUnpaid,
    AgainQuestion, RunFull, OrdersPaused, WardPaused, what `cash_rules.admit` and `listings.take_all` raise,
    and BadInput for too high a discount.
    Emits OrderPlaced (O1) or OrderConfirmed (O2).
    """
    notes = len(tx.changed)
    try:
        with tx.session.begin_nested():
            switches.refuse_if_paused(tx, "orders", ward_code=location.ward_code)
            _admit(tx, customer_id, plan, terms)
            order = _write(tx, customer_id, plan, location, terms, content_digest, quote_id)
            if plan.run_id is not None:
                ways.put_on(tx, run_id=plan.run_id, day=plan.day, order_id=order.order_id, kg=plan.kg)
            _begin(tx, actor, order)
            return order
    except DomainError:
        del tx.changed[notes:]
        raise


def _admit(tx: Tx, customer_id: int, plan: Plan, terms: Terms) -> None:
    # Her orders come one after the other, else two at once would both be the last that is allowed.
    tx.session.execute(select(User.user_id).where(User.user_id == customer_id).with_for_update())
    if not terms.again and recent.ordered_lately(tx, customer_id, plan.picks):
        raise AgainQuestion(minutes=tx.setting("order.dup_window_minutes"))
    if terms.method == CASH:
        farms = [pick.listing.farm for pick in plan.picks]
        total = plan.totals.total - terms.discount
        cash_rules.admit(tx, customer_id=customer_id, total=total, farms=farms)
        return
    unpaid = select(func.count()).where(
        Order.customer_id == customer_id, Order.order_status == "pending_payment"
    )
    if (limit := tx.setting("order.max_unpaid")) <= (tx.session.scalar(unpaid) or 0):
        raise TooManyUnpaid(limit=limit)


def _write(
    tx: Tx,
    customer_id: int,
    plan: Plan,
    location: Location,
    terms: Terms,
    content_digest: str,
    quote_id: int | None,
) -> Order:
    totals = plan.totals
    if terms.discount > totals.subtotal:
        raise BadInput(field="discount_amount")
    total = rules.total(totals.subtotal, totals.fee, terms.discount)
    order = Order(
        order_number=numbers.draw(tx),
        customer_id=customer_id,
        location_id=location.location_id,
        drop=_snapshot(tx, location),
        way=plan.way,
        collection_point_id=plan.collection_point_id,
        run_id=plan.run_id,
        payment_method=terms.method,
        payment_method_id=terms.method_id,
        delivery_time_slot=terms.slot,
        special_instructions=tidy(terms.instructions, INSTRUCTIONS_LENGTH),
        subtotal=totals.subtotal,
        delivery_fee=totals.fee,
        delivery_fee_waived=totals.waived,
        discount_amount=terms.discount,
        total_amount=total,
        amount_asked=whole_shillings(total),
        kg=plan.kg,
        km=plan.km,
        order_status="confirmed" if terms.method == CASH else "pending_payment",
        estimated_delivery_date=plan.day,
        idempotency_key=terms.key,
        content_digest=content_digest,
        quote_id=quote_id,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(order)
    tx.flush()
    _write_items(tx, order, plan)
    location.used_at = tx.now
    return order


def _write_items(tx: Tx, order: Order, plan: Plan) -> None:
    """The lines of a new order, however many, written and read back in one statement each."""
    picks = sorted(plan.picks, key=lambda pick: pick.listing.listing_id)
    rates = commission.rates(tx, {(pick.listing.farmer_id, pick.listing.product_id) for pick in picks})
    items = [
        OrderItem(
            order_id=order.order_id,
            listing_id=pick.listing.listing_id,
            farmer_id=pick.listing.farmer_id,
            product_id=pick.listing.product_id,
            unit=pick.listing.unit,
            kg_per_unit=pick.listing.kg_per_unit,
            quantity=pick.quantity,
            fulfilled_quantity=pick.quantity,
            price_at_purchase=pick.price,
            total_price=pick.total,
            commission_percent=rates[pick.listing.farmer_id, pick.listing.product_id],
            item_status="pending",
        )
        for pick in picks
    ]
    rows.add_all(tx, items)
    query = select(OrderItem).where(OrderItem.order_id == order.order_id).order_by(OrderItem.order_item_id)
    written = list(tx.session.scalars(query))
    for item in written:
        set_committed_value(item, "order", order)
    set_committed_value(order, "items", written)


def _begin(tx: Tx, actor: Actor, order: Order) -> None:
    """The first row of the order's history, its stock, and whoever has to know."""
    cash = order.payment_method == CASH
    subject = f"order:{order.order_id}"
    history.begin(
        tx, actor, ORDER, "place_cash" if cash else "place", order_id=order.order_id, subject=subject
    )
    if actor.user_id != order.customer_id:
        changes = {"customer_id": order.customer_id, "discount_amount": str(order.discount_amount)}
        audit.record(tx, actor, what="order.placed_for", record=subject, changes=changes)
    listings.take_all(
        tx,
        actor,
        [listings.Taking(item.listing_id, item.quantity, item.order_item_id) for item in order.items],
    )
    if cash:
        tx.emit(events.OrderConfirmed(order_id=order.order_id, actor=actor))
    else:
        tx.emit(events.OrderPlaced(order_id=order.order_id, actor=actor))


def _snapshot(tx: Tx, location: Location) -> dict[str, object]:
    """The address as it is now; the order keeps it (DR-302)."""
    point = locations.point_of(tx, location)
    return {
        "ward_code": location.ward_code,
        "county": location.county,
        "subcounty": location.subcounty,
        "ward": location.ward,
        "landmark": location.landmark,
        "lat": point.lat,
        "lon": point.lon,
    }
