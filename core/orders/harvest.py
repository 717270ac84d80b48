"""What a harvest means for those who ordered it before: shared out, late, or never come (DR-407)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select

from core import events
from core.actor import Actor, system
from core.clock import nairobi_date
from core.db import Tx
from core.duties import service as duties
from core.listings.models import Listing
from core.listings.stock import is_growing
from core.money import ZERO
from core.orders import cancelling, ending, locks, many, marking, sharing, shortage
from core.orders.machine import WITH_FARMER
from core.orders.many import Step, Work
from core.orders.models import Order, OrderItem
from core.orders.open_orders import AT_HOME, OPEN

Waiting = list[tuple[Order, OrderItem]]


def harvest_shared(tx: Tx, happened: events.ListingHarvested) -> None:
    """Reaction: the orders share what was harvested, the oldest first, paid ones before unpaid ones.

    The one on the boundary is supplied in part if that is at least `item.min_partial_percent` %, and its
    customer may cancel it for `preorder.objection_hours`; the rest are cancelled and refunded.
    """
    waiting = _waiting(tx, happened.listing_id)
    needs = [item.fulfilled_quantity for _, item in waiting]
    percent = tx.setting("item.min_partial_percent")
    job = system(happened.actor.channel, happened.actor.request_id)
    parts = sharing.shared_out(needs, happened.quantity, least_percent=percent)
    meant: dict[int, tuple[Order, list[Step]]] = {}
    for (order, item), part in zip(waiting, parts, strict=True):
        if part != item.fulfilled_quantity:
            meant.setdefault(order.order_id, (order, []))[1].append((item, part))
    many.carry_out(tx, job, "shared", list(meant.values()), work=WORK, as_role=job.role)


def _shared(tx: Tx, job: Actor, order: Order, steps: Sequence[Step], role: str, _reason: str) -> None:
    """The shares of one order's items; what is out of the farm, or gone, keeps what it has."""
    objection = timedelta(hours=tx.setting("preorder.objection_hours"))
    for item, part in steps:
        if part is None or part >= item.fulfilled_quantity or item.item_status not in AT_HOME:
            continue
        if part == ZERO or order.order_status not in WITH_FARMER or item.item_status == "ready":
            _let_go(tx, job, order, item, "harvest_short")
        else:
            shortage.supply_less(
                tx, job, order, item, part, role=role, objection=objection, reason="harvest_short"
            )
    marking.after(tx, job, order)


def harvest_missed(tx: Tx, happened: events.HarvestMissed) -> None:
    """Reaction: it has not come for `listing.preorder_late_days`; everybody gets her money back."""
    waiting = _waiting(tx, happened.listing_id)
    for order, item in waiting:
        _let_go(tx, happened.actor, order, item, "harvest_late")
    _after(tx, happened.actor, waiting)


def harvest_due(tx: Tx, happened: events.HarvestDue) -> None:
    """Reaction: a day after the expected one the buyers are told, if nothing has come by then."""
    at = tx.now + timedelta(days=1)
    key = f"harvest_overdue:{happened.listing_id}:{nairobi_date(at).isoformat()}"
    duties.want(tx, "harvest_overdue", happened.listing_id, at=at, key=key)


def harvest_postponed(tx: Tx, happened: events.HarvestPostponed) -> None:
    """Reaction: the farmer has said herself that it will be later; the new day is the harvest's next."""
    job = system(happened.actor.channel, happened.actor.request_id)
    meant: dict[int, tuple[Order, list[Step]]] = {}
    for order, item in _waiting(tx, happened.listing_id):
        meant.setdefault(order.order_id, (order, []))[1].append((item, None))
    many.carry_out(tx, job, "later", list(meant.values()), work=WORK, as_role=job.role)


def _later(tx: Tx, job: Actor, order: Order, steps: Sequence[Step], _role: str, _reason: str) -> None:
    """One order comes a day after the day that its listing says now; its customer is told of each item."""
    for item, _ in steps:
        expected = tx.session.get_one(Listing, item.listing_id).expected_harvest_date
        if item.item_status not in AT_HOME or order.order_status not in OPEN or expected is None:
            continue
        order.estimated_delivery_date = max(order.estimated_delivery_date, expected + timedelta(days=1))
        tx.emit(events.HarvestLate(order_item_id=item.order_item_id, actor=job))


WORK: Mapping[str, Work] = {"shared": _shared, "later": _later}


def overdue(tx: Tx, listing_id: int) -> None:
    """The duty harvest_overdue: the promised day has passed; each buyer is told, and may cancel free (I7).

    Emits HarvestLate for each.
    """
    listing = tx.session.get_one(Listing, listing_id)
    expected = listing.expected_harvest_date
    if not is_growing(listing) or expected is None or expected >= nairobi_date(tx.now):
        return
    for _, item in _waiting(tx, listing_id):
        tx.emit(events.HarvestLate(order_item_id=item.order_item_id, actor=system("job")))


def _waiting(tx: Tx, listing_id: int) -> Waiting:
    """The items still to come from a listing with their orders, locked; paid ones first, then by age."""
    query = (
        select(OrderItem.order_id)
        .join(Order, Order.order_id == OrderItem.order_id)
        .where(
            OrderItem.listing_id == listing_id,
            OrderItem.item_status.in_(AT_HOME),
            Order.order_status.in_(OPEN),
        )
    )
    found = [
        (order, item)
        for order in locks.orders(tx, tx.session.scalars(query).all())
        for item in order.items
        if item.listing_id == listing_id and item.item_status in AT_HOME
    ]
    return sorted(found, key=lambda pair: (pair[0].order_status == "pending_payment", pair[0].order_id))


def _let_go(tx: Tx, actor: Actor, order: Order, item: OrderItem, reason: str) -> None:
    """There is nothing for it: a paid item is taken out and paid back; an unpaid order lapses as a whole."""
    job = system(actor.channel, actor.request_id)
    if order.order_status == "pending_payment":
        ending.cancel(tx, job, order, "deadline", reason=reason, cause="payment_timeout", lost=item)
    elif item.item_status in AT_HOME and order.order_status in WITH_FARMER:
        cancelling.take_out(tx, job, order, item, reason=reason, release="short")


def _after(tx: Tx, actor: Actor, waiting: Waiting) -> None:
    for order in {order.order_id: order for order, _ in waiting}.values():
        marking.after(tx, actor, order)
