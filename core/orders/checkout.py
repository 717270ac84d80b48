"""The cart becomes an order: `POST /api/orders/` of the platform document (DR-702, DR-414)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.actor import Actor
from core.carts import service as carts
from core.db import Tx
from core.listings.locks import lock_listings
from core.locations import service as locations
from core.locations.models import Location
from core.money import ZERO
from core.orders import paying, placing, planning
from core.orders.errors import PlaceMissing, TotalChanged
from core.orders.models import Order
from core.orders.placing import Terms
from core.orders.planning import ANY, Wanted
from core.users import service as users
from core.users.models import User


@dataclass(frozen=True)
class Shown:
    """What stood on her screen before the yes: the total in KES, the day, how much of each listing by id."""

    total: Decimal
    day: date
    amounts: Mapping[int, Decimal]


def checkout(
    tx: Tx,
    actor: Actor,
    *,
    idempotency_key: str,
    delivery_location: int | None = None,
    payment_method: int | str | None = None,
    delivery_time_slot: str = "any",
    special_instructions: str = "",
    wanted: Wanted = ANY,
    again: bool = False,
    customer_id: int | None = None,
    discount_amount: Decimal = ZERO,
    shown: Shown | None = None,
) -> Order:
    """Order everything in the cart, from as many farmers as it holds, and empty it in the same transaction.

    delivery_location, payment_method  ids of the customer's own, or a kind of payment; else her defaults
    delivery_time_slot                 of `order.slots`; special_instructions up to 160 characters
    wanted                             the way she has chosen (DR-1210)
    again                              she means the same once more (DR-704)
    shown                              what she has said yes to: the total, the day, how much of which listing
    customer_id, discount_amount       an admin orders for a customer, and may give a discount in KES

    The same key with the same wishes returns the first order. Nothing is placed unless all lines can be: the
    cart is kept then. Raises CartEmpty, PricesChanged, PlaceMissing, NotFound (a foreign place or method),
    what `planning.exactly` raises (NotEnoughStock, ShortLines with all that is short), TotalChanged, and what
    `placing.place` raises. Emits OrderPlaced or OrderConfirmed.
    """
    customer = placing.buyer(tx, actor, customer_id)
    method, method_id = paying.method_of(tx, actor, customer, payment_method)
    terms = Terms(
        key=idempotency_key,
        method=method,
        method_id=method_id,
        slot=delivery_time_slot,
        instructions=special_instructions,
        again=again,
        discount=discount_amount,
    )
    placing.check(tx, actor, terms)
    content = _content(delivery_location, payment_method, delivery_time_slot, special_instructions, wanted)
    if (first := placing.repeated(tx, customer.user_id, idempotency_key, content)) is not None:
        return first
    location = _place(tx, actor, customer, delivery_location)
    cart, amounts = carts.to_order(tx, customer.user_id)
    # Whoever pressed twice has waited here for her own first order.
    if (first := placing.repeated(tx, customer.user_id, idempotency_key, content)) is not None:
        return first
    lock_listings(tx, amounts)
    plan = planning.exactly(tx, customer_id=customer.user_id, amounts=amounts, drop=location, wanted=wanted)
    if shown is not None and shown != Shown(plan.totals.total, plan.day, dict(amounts)):
        raise TotalChanged(total=plan.totals.total, day=plan.day)
    order = placing.place(
        tx,
        actor,
        customer_id=customer.user_id,
        plan=plan,
        location=location,
        terms=terms,
        content_digest=content,
    )
    carts.empty(tx, cart)
    return order


def preview(
    tx: Tx,
    actor: Actor,
    *,
    delivery_location: int | None = None,
    wanted: Wanted = ANY,
    customer_id: int | None = None,
) -> planning.Plan:
    """What the cart would cost at the door, by which way and when; nothing is written.

    Raises what `checkout` raises for the goods and the way.
    """
    customer = placing.buyer(tx, actor, customer_id)
    location = _place(tx, actor, customer, delivery_location)
    amounts = carts.amounts(tx, customer.user_id)
    return planning.exactly(tx, customer_id=customer.user_id, amounts=amounts, drop=location, wanted=wanted)


def _place(tx: Tx, actor: Actor, customer: User, location_id: int | None) -> Location:
    """The customer's own place, or her default; raises NotFound, PlaceMissing."""
    if location_id is not None:
        return locations.owned(tx, users.actor_for(customer, actor.channel), location_id)
    found = locations.default_of(tx, customer.user_id)
    if found is None:
        raise PlaceMissing
    return found


def _content(*wishes: Any) -> str:
    return placing.digest([str(wish) for wish in wishes])
