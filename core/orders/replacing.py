"""The next farm for what one farm cannot supply, before any refund (DR-815)."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from core import events, rows
from core.actor import Actor, system
from core.db import Tx
from core.duties import service as duties
from core.errors import DomainError
from core.listings import service as listings
from core.listings.models import Listing
from core.locations import service as locations
from core.locations.places import Point, km_between
from core.orders import amounts, ending, hands, locks, marking
from core.orders.cash_rules import CASH
from core.orders.errors import OrderUnknown, ReplacementGone, ReplacementUnknown
from core.orders.models import Order, OrderItem, Replacement
from core.orders.rules import line_total


def offer(tx: Tx, actor: Actor, order: Order, item: OrderItem) -> bool:
    """Ask the customer whether she takes the rejected item from the next farm; False if there is none.

    While she is asked the item still costs what it did and the order waits. Emits ReplacementOffered.
    """
    listing = next_farm(tx, order, item)
    if listing is None:
        return False
    expires_at = tx.now + timedelta(hours=tx.setting("item.replacement_hours"))
    asked = Replacement(
        order_id=order.order_id,
        order_item_id=item.order_item_id,
        listing_id=listing.listing_id,
        price=listing.current_price,
        asked_at=tx.now,
        expires_at=expires_at,
    )
    rows.add(tx, asked)
    item.asked_until = expires_at
    duties.want(tx, "replacement_timeout", item.order_item_id, at=expires_at)
    tx.emit(events.ReplacementOffered(replacement_id=asked.replacement_id, actor=actor))
    return True


def next_farm(tx: Tx, order: Order, item: OrderItem) -> Listing | None:
    """The cheapest, then nearest, listing of another farmer that has the quantity, in the same pack, at no
    higher price, and that riders go to (DR-1106)."""
    door = Point(order.drop["lat"], order.drop["lon"])
    reach = float(tx.setting("delivery.max_km") / tx.setting("delivery.road_factor"))
    near = listings.buyable_near(tx, product_id=item.product_id, point=door, km=reach)
    fitting = [
        listing
        for listing in near
        if listing.farmer_id not in (item.farmer_id, order.customer_id)
        and (listing.unit, listing.kg_per_unit) == (item.unit, item.kg_per_unit)
        and listing.min_order_quantity <= item.quantity <= listing.quantity_available
        and listing.current_price <= item.price_at_purchase
        and (listing.farm.takes_cash or order.payment_method != CASH)
    ]
    if not fitting:
        return None

    def rank(listing: Listing) -> tuple[Decimal, float, int]:
        km = km_between(locations.point_of(tx, listing.farm.location), door)
        return listing.current_price, km, listing.listing_id

    return min(fitting, key=rank)


def choose(tx: Tx, actor: Actor, *, order_item_id: int, take: bool) -> OrderItem | None:
    """The customer takes the item from the next farm, or her money (DR-815); returns the new item, if any.

    Choosing again as before changes nothing. When the other farm has sold out meanwhile the money goes back
    and ReplacementGone is raised by the next call; this one returns None. Raises ReplacementUnknown,
    ReplacementGone. Emits ReplacementTaken or DueFell.
    """
    order, item, asked = _locked(tx, order_item_id)
    try:
        hands.on_order(tx, actor, order.order_id)
    except OrderUnknown:
        raise ReplacementUnknown(order_item_id=order_item_id) from None
    if asked.replacement_status == "taken" and take:
        return hands.item_of(order, asked.new_item_id or 0)
    if asked.replacement_status == "refund" and not take:
        return None
    if asked.replacement_status != "asked":
        raise ReplacementGone(order_item_id=order_item_id)
    if not take or tx.now >= asked.expires_at:
        _refund(tx, actor, order, item, asked, "refund")
        return None
    return _take(tx, actor, order, item, asked)


def unanswered(tx: Tx, order_item_id: int) -> None:
    """The duty replacement_timeout: two hours of silence mean a refund."""
    order, item, asked = _locked(tx, order_item_id)
    if asked.replacement_status == "asked":
        _refund(tx, system("job"), order, item, asked, "refund")


def _take(tx: Tx, actor: Actor, order: Order, item: OrderItem, asked: Replacement) -> OrderItem | None:
    listing = listings.lock_listings(tx, [asked.listing_id])[asked.listing_id]
    taken = copy_of(item, listing, price=asked.price)
    try:
        with tx.session.begin_nested():
            tx.session.add(taken)
            tx.flush()
            listings.take(
                tx,
                actor,
                listing_id=listing.listing_id,
                quantity=taken.quantity,
                order_item_id=taken.order_item_id,
            )
    except DomainError:
        _refund(tx, actor, order, item, asked, "gone")
        return None
    asked.replacement_status, asked.new_item_id = "taken", taken.order_item_id
    ending.forget_item(tx, item)
    tx.flush()
    order = locks.order(tx, order.order_id)
    tx.note(f"item:{item.order_item_id}", f"replaced by item:{taken.order_item_id}")
    amounts.lower(tx, actor, order, "replaced", str(item.order_item_id))
    tx.emit(
        events.ReplacementTaken(
            replacement_id=asked.replacement_id,
            order_id=order.order_id,
            order_item_id=taken.order_item_id,
            actor=actor,
        )
    )
    return taken


def copy_of(item: OrderItem, listing: Listing, *, price: Decimal) -> OrderItem:
    """The same goods as a new item of the order, from `listing`, at the same commission (DR-815, O17)."""
    return OrderItem(
        order_id=item.order_id,
        listing_id=listing.listing_id,
        farmer_id=listing.farmer_id,
        product_id=item.product_id,
        unit=item.unit,
        kg_per_unit=item.kg_per_unit,
        quantity=item.quantity,
        fulfilled_quantity=item.quantity,
        price_at_purchase=price,
        total_price=line_total(item.quantity, price),
        commission_percent=item.commission_percent,
    )


def _refund(tx: Tx, actor: Actor, order: Order, item: OrderItem, asked: Replacement, outcome: str) -> None:
    asked.replacement_status = outcome
    ending.forget_item(tx, item)
    amounts.lower(tx, actor, order, "reject", str(item.order_item_id))
    marking.after(tx, actor, order)


def _locked(tx: Tx, order_item_id: int) -> tuple[Order, OrderItem, Replacement]:
    query = select(Replacement).where(Replacement.order_item_id == order_item_id)
    if tx.session.scalar(query) is None:
        raise ReplacementUnknown(order_item_id=order_item_id)
    order = locks.order_of_item(tx, order_item_id)
    asked = tx.session.scalars(query.execution_options(populate_existing=True)).one()
    return order, hands.item_of(order, order_item_id), asked
