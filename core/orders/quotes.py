"""Quotes: what a basket costs at the door today, and turning a quote into an order (DR-1210, DR-1510)."""

from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from core import events
from core.actor import Actor
from core.db import Tx
from core.errors import DomainError
from core.farms.models import Farm
from core.listings.locks import lock_listings
from core.listings.models import Listing
from core.locations import service as locations
from core.locations.errors import NotServed
from core.locations.models import Location
from core.money import round2, whole_shillings
from core.orders import bringing, locks, paying, placing, planning, recent
from core.orders.bringing import Choice
from core.orders.errors import (
    NoRiderThere,
    NothingForSale,
    OutOfReach,
    QuoteChanged,
    QuoteGone,
    QuoteUnknown,
)
from core.orders.models import Order, Quote
from core.orders.placing import MPESA, Terms
from core.orders.planning import ANY, Line, Plan, Wanted
from core.settings import switches
from core.users import service as users

__all__ = ["Choice", "Line", "QuoteLine", "QuoteView", "Wanted", "accept", "choose", "quote", "quote_view"]


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
    """A quote with everything a channel shows; amounts in KES, `asked` in whole shillings (DR-103).

    way      rider, collect or run; `place` is where the buyer collects
    choices  every way that works, this one among them (DR-1210)
    days     the days she may choose among (DR-705); `day` is one of them while the quote is fresh
    asked_again  she ordered the same a moment ago, and must be asked whether she means it (DR-704)
    """

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
    way: str
    place: str
    choices: tuple[Choice, ...]
    asked_again: bool
    days: tuple[date, ...]


def quote(
    tx: Tx,
    actor: Actor,
    *,
    lines: list[Line],
    location_id: int,
    customer_id: int | None = None,
    wanted: Wanted = ANY,
    only: Set[int] | None = None,
) -> Quote:
    """Offer the cheapest way that works to have `lines` at one of the customer's places, and the others.

    wanted  a way that was chosen, one of the quote's `choices` (DR-1210), and a day (DR-705)
    only    from these listings alone: the farm that she has chosen

    The customer's earlier open quotes are replaced; an admin may quote for a customer. Raises NothingForSale,
    UnitUnclear, QuantityTooSmall, NotEnoughStock or ShortLines, NotServed, OutOfReach, NoRiderThere, WayGone,
    DayGone, BelowMinimum, AboveMaximum, BadInput; NotFound for a foreign place; OrdersPaused, WardPaused.
    Where nothing can be had, DemandUnserved is emitted: a caller that catches the refusal inside keeps it.
    """
    customer = placing.buyer(tx, actor, customer_id)
    location = locations.owned(tx, users.actor_for(customer, actor.channel), location_id)
    switches.refuse_if_paused(tx, "orders", ward_code=location.ward_code)
    try:
        plan = planning.cheapest(
            tx, customer_id=customer.user_id, lines=lines, drop=location, only=only, wanted=wanted
        )
    except (NothingForSale, NotServed, OutOfReach, NoRiderThere):
        for product_id in {line.product_id for line in lines}:
            tx.emit(events.DemandUnserved(product_id, location.ward_code, customer.user_id))
        raise
    return _write(tx, customer.user_id, location_id, plan)


def choose(tx: Tx, actor: Actor, *, quote_id: int, choice: Choice) -> Quote:
    """The same goods by another way: a new quote that takes the open one's place (DR-1210).

    Raises QuoteUnknown, QuoteGone, WayGone, and what `quote` raises.
    """
    offered = _offered(tx, actor, quote_id)
    placing.buyer(tx, actor, offered.customer_id)
    if offered.status != "open" or offered.expires_at <= tx.now:
        raise QuoteGone(quote_id=quote_id, status=offered.status)
    found = _listings(tx, offered)
    location = tx.session.get_one(Location, offered.location_id)
    switches.refuse_if_paused(tx, "orders", ward_code=location.ward_code)
    plan = planning.cheapest(
        tx,
        customer_id=offered.customer_id,
        lines=_lines(offered, found),
        drop=location,
        only=found.keys(),
        wanted=Wanted(choice.way, choice.collection_point_id, choice.run_id),
    )
    return _write(tx, offered.customer_id, offered.location_id, plan)


def _write(tx: Tx, customer_id: int, location_id: int, plan: Plan) -> Quote:
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
        way=plan.way,
        collection_point_id=plan.collection_point_id,
        run_id=plan.run_id,
        choices=[choice.as_json() for choice in plan.choices],
        asked_again=recent.ordered_lately(tx, customer_id, plan.picks),
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
    choices = tuple(Choice.from_json(kept) for kept in row.choices or ())
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
        way=row.way,
        place=_place(row, choices),
        choices=choices,
        asked_again=row.asked_again,
        days=bringing.days(tx, list(found.values()), way=row.way, day=row.delivery_date),
    )


def _place(row: Quote, choices: Sequence[Choice]) -> str:
    """Where it is collected, or the first farm's ward."""
    key = (row.way, row.collection_point_id, row.run_id)
    chosen = (c.place for c in choices if (c.way, c.collection_point_id, c.run_id) == key)
    return next(chosen, "")


def accept(
    tx: Tx,
    actor: Actor,
    *,
    quote_id: int,
    method: str | int = MPESA,
    idempotency_key: str,
    slot: str = "any",
    instructions: str = "",
    again: bool = False,
) -> Order:
    """Place the order of a quote (O1, O2; DR-410, DR-704); an admin accepts for the customer.

    method  a kind of payment, or the id of one of the customer's own ways to pay

    The same key with the same quote returns the first order. Price, stock, fee and day are looked at again
    under locks; where one differs a new quote is written and QuoteChanged raised, which the caller must catch
    inside its transaction. Raises QuoteUnknown, QuoteGone, KeyReused, MethodNotOffered, BadInput, what
    `quote` raises when the goods are gone, and what `placing.place` raises. Emits OrderPlaced or
    OrderConfirmed.
    """
    offered = _offered(tx, actor, quote_id)
    customer = placing.buyer(tx, actor, offered.customer_id)
    customer_id = customer.user_id
    kind, method_id = paying.method_of(tx, actor, customer, method)
    terms = Terms(
        key=idempotency_key,
        method=kind,
        method_id=method_id,
        slot=slot,
        instructions=instructions,
        again=again,
    )
    placing.check(tx, actor, terms)
    content = placing.digest([offered.lines, offered.location_id, method])
    if (first := placing.repeated(tx, customer_id, idempotency_key, content)) is not None:
        return first
    if offered.status != "open" or offered.expires_at <= tx.now:
        raise QuoteGone(quote_id=quote_id, status=offered.status)
    location = tx.session.get_one(Location, offered.location_id)
    plan = _as_offered(tx, actor, offered, location)
    order = placing.place(
        tx,
        actor,
        customer_id=customer_id,
        plan=plan,
        location=location,
        terms=terms,
        content_digest=content,
        quote_id=quote_id,
    )
    offered.status = "accepted"
    return order


def _offered(tx: Tx, actor: Actor, quote_id: int) -> Quote:
    """The quote, locked, if it is the actor's or an admin asks."""
    offered = locks.quote(tx, quote_id)
    if offered is None or (offered.customer_id != actor.user_id and actor.role != "admin"):
        raise QuoteUnknown(quote_id=quote_id)
    return offered


def _as_offered(tx: Tx, actor: Actor, offered: Quote, location: Location) -> Plan:
    """Today's plan for the same listings if it is what was offered, else QuoteChanged with a new quote."""
    found = _listings(tx, offered)
    lock_listings(tx, found)
    asked = _lines(offered, found)
    plan = None
    with suppress(DomainError):
        plan = planning.cheapest(
            tx,
            customer_id=offered.customer_id,
            lines=asked,
            drop=location,
            only=found.keys(),
            wanted=Wanted(offered.way, offered.collection_point_id, offered.run_id, offered.delivery_date),
        )
    if plan is not None and _same(plan, offered):
        return plan
    again = quote(tx, actor, lines=asked, location_id=offered.location_id, customer_id=offered.customer_id)
    raise QuoteChanged(new_quote_id=again.quote_id)


def _lines(offered: Quote, found: Mapping[int, Listing]) -> list[Line]:
    return [
        Line(found[line["listing_id"]].product_id, Decimal(line["quantity"]), found[line["listing_id"]].unit)
        for line in offered.lines
    ]


def _same(plan: Plan, offered: Quote) -> bool:
    prices = {line["listing_id"]: Decimal(line["price"]) for line in offered.lines}
    return (
        all(prices.get(pick.listing.listing_id) == pick.price for pick in plan.picks)
        and plan.totals.total == offered.total_amount
        and plan.day == offered.delivery_date
        and (plan.way, plan.run_id) == (offered.way, offered.run_id)
    )


def _listings(tx: Tx, row: Quote) -> dict[int, Listing]:
    query = select(Listing).where(Listing.listing_id.in_([line["listing_id"] for line in row.lines]))
    loaded = query.options(selectinload(Listing.farm).selectinload(Farm.location))
    return {listing.listing_id: listing for listing in tx.session.scalars(loaded)}
