"""Quotes: what a basket costs at the door today, and turning a quote into an order (DR-1210, DR-1510)."""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.orm import selectinload

from core import events
from core.actor import Actor
from core.db import Tx
from core.errors import DomainError
from core.farms.models import Farm
from core.listings import service as listings
from core.listings.locks import lock_listings
from core.listings.models import Listing
from core.locations import service as locations
from core.locations.models import Location
from core.money import round2, whole_shillings
from core.orders import history, locks, numbers, planning
from core.orders.errors import (
    KeyReused,
    MethodNotOffered,
    QuoteChanged,
    QuoteGone,
    QuoteUnknown,
    TooManyUnpaid,
)
from core.orders.machine import ORDER
from core.orders.models import Order, OrderItem, Quote
from core.orders.planning import Line, Plan
from core.users import service as users

__all__ = ["Line", "QuoteLine", "QuoteView", "accept", "quote", "quote_view"]

METHODS = ("mpesa",)


@dataclass(frozen=True)
class QuoteLine:
    """One line as people read it; `kg` is the weight of the whole line, `price` KES per `unit`."""

    listing_id: int
    product_id: int
    quantity: Decimal
    unit: str
    kg: Decimal
    price: Decimal
    total: Decimal
    farm: str
    ward: str


@dataclass(frozen=True)
class QuoteView:
    """A quote with everything a channel shows; amounts in KES, `asked` in whole shillings (DR-103)."""

    quote_id: int
    status: str
    lines: tuple[QuoteLine, ...]
    kg: Decimal
    km: Decimal
    subtotal: Decimal
    delivery_fee: Decimal
    delivery_fee_waived: Decimal
    total: Decimal
    asked: Decimal
    day: date
    expires_at: datetime


def quote(tx: Tx, actor: Actor, *, lines: list[Line], location_id: int) -> Quote:
    """Offer the cheapest way, delivery included, to bring `lines` to one of the customer's places.

    The customer's earlier open quotes are replaced. Raises NothingForSale, UnitUnclear, QuantityTooSmall,
    NotEnoughStock, OutOfReach, NoRiderThere, BelowMinimum, AboveMaximum; NotFound for a foreign place.
    """
    customer_id = users.acting(tx, actor, "customer").user_id
    location = locations.owned(tx, actor, location_id)
    plan = planning.cheapest(tx, customer_id=customer_id, lines=lines, drop=location)
    tx.session.execute(
        update(Quote)
        .where(Quote.customer_id == customer_id, Quote.status == "open")
        .values(status="replaced")
    )
    made = Quote(
        customer_id=customer_id,
        location_id=location_id,
        lines=[
            {"listing_id": p.listing.listing_id, "quantity": str(p.quantity), "price": str(p.price)}
            for p in plan.picks
        ],
        kg=plan.kg,
        km=plan.km,
        subtotal=plan.totals.subtotal,
        delivery_fee=plan.totals.fee,
        delivery_fee_waived=plan.totals.waived,
        total_amount=plan.totals.total,
        delivery_date=plan.day,
        expires_at=tx.now + timedelta(minutes=tx.setting("question.quote_minutes")),
        created_at=tx.now,
    )
    tx.session.add(made)
    tx.flush()
    tx.note(f"quote:{made.quote_id}", "new")
    return made


def quote_view(tx: Tx, quote_id: int) -> QuoteView:
    """A quote as it was made, with the farms' names; raises QuoteUnknown."""
    row = tx.session.get(Quote, quote_id)
    if row is None:
        raise QuoteUnknown(quote_id=quote_id)
    found = _listings(tx, row)
    lines = []
    for line in row.lines:
        listing = found[line["listing_id"]]
        quantity, price = Decimal(line["quantity"]), Decimal(line["price"])
        lines.append(
            QuoteLine(
                listing_id=listing.listing_id,
                product_id=listing.product_id,
                quantity=quantity,
                unit=listing.unit,
                kg=round2(quantity * listing.kg_per_unit),
                price=price,
                total=round2(quantity * price),
                farm=listing.farm.farm_name,
                ward=listing.farm.location.ward,
            )
        )
    return QuoteView(
        quote_id=row.quote_id,
        status=row.status,
        lines=tuple(lines),
        kg=row.kg,
        km=row.km,
        subtotal=row.subtotal,
        delivery_fee=row.delivery_fee,
        delivery_fee_waived=row.delivery_fee_waived,
        total=row.total_amount,
        asked=whole_shillings(row.total_amount),
        day=row.delivery_date,
        expires_at=row.expires_at,
    )


def accept(tx: Tx, actor: Actor, *, quote_id: int, method: str = "mpesa", idempotency_key: str) -> Order:
    """Place the order of a quote: O1, stock taken, payment started (DR-410, DR-704).

    The same key with the same quote returns the first order. Price, stock, fee and day are looked at again
    under locks; where one differs a new quote is written and QuoteChanged raised, which the caller must catch
    inside its transaction. Raises QuoteUnknown, QuoteGone, KeyReused, MethodNotOffered, TooManyUnpaid, and
    what `quote` raises when the goods are gone. Emits OrderPlaced.
    """
    if method not in METHODS:
        raise MethodNotOffered(method=method)
    offered = locks.quote(tx, quote_id)
    if offered is None or offered.customer_id != actor.user_id:
        raise QuoteUnknown(quote_id=quote_id)
    digest = _content(offered, method)
    if (first := _placed_with(tx, offered.customer_id, idempotency_key)) is not None:
        if first.content_digest != digest:
            raise KeyReused(key=idempotency_key)
        return first
    if offered.status != "open" or offered.expires_at <= tx.now:
        raise QuoteGone(quote_id=quote_id, status=offered.status)
    location = tx.session.get_one(Location, offered.location_id)
    plan = _as_offered(tx, actor, offered, location)
    unpaid = select(func.count()).where(
        Order.customer_id == offered.customer_id, Order.order_status == "pending_payment"
    )
    if (limit := tx.setting("order.max_unpaid")) <= (tx.session.scalar(unpaid) or 0):
        raise TooManyUnpaid(limit=limit)
    notes = len(tx.changed)
    try:
        with tx.session.begin_nested():  # a caller may catch a refusal: then nothing of it may stay
            offered.status = "accepted"
            return _place(tx, actor, offered, plan, location, method, idempotency_key, digest)
    except DomainError:
        del tx.changed[notes:]
        raise


def _as_offered(tx: Tx, actor: Actor, offered: Quote, location: Location) -> Plan:
    """Today's plan for the same listings if it is what was offered, else QuoteChanged with a new quote."""
    found = _listings(tx, offered)
    lock_listings(tx, found)
    asked = [
        Line(found[line["listing_id"]].product_id, Decimal(line["quantity"]), found[line["listing_id"]].unit)
        for line in offered.lines
    ]
    plan = None
    with suppress(DomainError):
        plan = planning.cheapest(
            tx, customer_id=offered.customer_id, lines=asked, drop=location, only=found.keys()
        )
    if plan is not None and _same(plan, offered):
        return plan
    again = quote(tx, actor, lines=asked, location_id=offered.location_id)
    raise QuoteChanged(new_quote_id=again.quote_id)


def _same(plan: Plan, offered: Quote) -> bool:
    prices = {line["listing_id"]: Decimal(line["price"]) for line in offered.lines}
    return (
        all(prices.get(pick.listing.listing_id) == pick.price for pick in plan.picks)
        and plan.totals.total == offered.total_amount
        and plan.day == offered.delivery_date
    )


def _place(
    tx: Tx, actor: Actor, offered: Quote, plan: Plan, location: Location, method: str, key: str, digest: str
) -> Order:
    asked = whole_shillings(plan.totals.total)
    order = Order(
        order_number=numbers.draw(tx),
        customer_id=offered.customer_id,
        drop=_snapshot(tx, location),
        payment_method=method,
        subtotal=plan.totals.subtotal,
        delivery_fee=plan.totals.fee,
        delivery_fee_waived=plan.totals.waived,
        total_amount=plan.totals.total,
        amount_asked=asked,
        kg=plan.kg,
        km=plan.km,
        order_status="pending_payment",
        estimated_delivery_date=plan.day,
        idempotency_key=key,
        content_digest=digest,
        quote_id=offered.quote_id,
        created_at=tx.now,
        updated_at=tx.now,
    )
    percent = tx.setting("commission.percent")
    for pick in sorted(plan.picks, key=lambda pick: pick.listing.listing_id):
        order.items.append(
            OrderItem(
                listing_id=pick.listing.listing_id,
                farmer_id=pick.listing.farmer_id,
                product_id=pick.listing.product_id,
                unit=pick.listing.unit,
                kg_per_unit=pick.listing.kg_per_unit,
                quantity=pick.quantity,
                fulfilled_quantity=pick.quantity,
                price_at_purchase=pick.price,
                total_price=pick.total,
                commission_percent=percent,
                item_status="pending",
            )
        )
    tx.session.add(order)
    tx.flush()
    history.begin(tx, actor, ORDER, "place", order_id=order.order_id, subject=f"order:{order.order_id}")
    for item in order.items:
        listings.take(
            tx,
            actor,
            listing_id=item.listing_id,
            quantity=item.quantity,
            order_item_id=item.order_item_id,
        )
    location.used_at = tx.now
    tx.emit(events.OrderPlaced(order_id=order.order_id, actor=actor))
    return order


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


def _placed_with(tx: Tx, customer_id: int, key: str) -> Order | None:
    query = select(Order).where(Order.customer_id == customer_id, Order.idempotency_key == key)
    return tx.session.scalar(query.options(selectinload(Order.items)))


def _content(offered: Quote, method: str) -> str:
    text = json.dumps([offered.lines, offered.location_id, method], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _listings(tx: Tx, row: Quote) -> dict[int, Listing]:
    query = select(Listing).where(Listing.listing_id.in_([line["listing_id"] for line in row.lines]))
    loaded = query.options(selectinload(Listing.farm).selectinload(Farm.location))
    return {listing.listing_id: listing for listing in tx.session.scalars(loaded)}
