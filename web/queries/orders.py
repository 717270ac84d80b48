"""Orders as a list, and one order with its goods, its money, its delivery and everything that happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core.db import Tx
from core.deliveries.models import Delivery, DeliveryOffer
from core.farms.models import Farm
from core.ledger.models import JournalEntry
from core.listings.models import Listing
from core.orders.models import Order, OrderItem
from core.payments.models import PaymentTransaction
from core.users.models import User
from web.queries.paging import PAGE, Page, page_of
from web.queries.story import Moment, story


@dataclass(frozen=True)
class Filters:
    """What to show; empty means everything. `order_ids` None: any order."""

    status: str = ""
    customer_msisdn: str = ""
    order_ids: tuple[int, ...] | None = None


@dataclass(frozen=True)
class WholeOrder:
    """One order, complete."""

    order: Order
    attempts: Sequence[PaymentTransaction]
    entries: Sequence[JournalEntry]
    ledger_sum: Decimal
    delivery: Delivery | None
    offers: Sequence[tuple[DeliveryOffer, User]]
    story: Sequence[Moment]


def page(tx: Tx, filters: Filters, *, before: int | None = None, size: int = PAGE) -> Page[Order]:
    """The newest orders that fit, with their customers, or those before the order `before`."""
    asked = select(Order).order_by(Order.order_id.desc()).limit(size + 1)
    if filters.status:
        asked = asked.where(Order.order_status == filters.status)
    if filters.order_ids is not None:
        asked = asked.where(Order.order_id.in_(filters.order_ids))
    if filters.customer_msisdn:
        customer = select(User.user_id).where(User.phone_number == filters.customer_msisdn)
        asked = asked.where(Order.customer_id == customer.scalar_subquery())
    if before is not None:
        asked = asked.where(Order.order_id < before)
    rows = tx.session.scalars(asked.options(joinedload(Order.customer))).all()
    return page_of(rows, size, lambda order: order.order_id)


def whole(tx: Tx, order_id: int) -> WholeOrder | None:
    """Everything about one order; None if there is no such order."""
    goods = selectinload(Order.items).joinedload(OrderItem.listing).joinedload(Listing.farm)
    order = tx.session.scalar(
        select(Order)
        .where(Order.order_id == order_id)
        .options(joinedload(Order.customer), goods.joinedload(Farm.farmer))
    )
    if order is None:
        return None
    session = tx.session
    attempts = session.scalars(
        select(PaymentTransaction)
        .where(PaymentTransaction.order_id == order_id)
        .order_by(PaymentTransaction.transaction_id)
    ).all()
    entries = session.scalars(
        select(JournalEntry)
        .where(JournalEntry.order_id == order_id)
        .options(selectinload(JournalEntry.lines))
        .order_by(JournalEntry.entry_id)
    ).all()
    delivery = session.scalar(
        select(Delivery).where(Delivery.order_id == order_id).options(joinedload(Delivery.rider))
    )
    return WholeOrder(
        order=order,
        attempts=attempts,
        entries=entries,
        ledger_sum=sum((line.amount for entry in entries for line in entry.lines), Decimal("0.00")),
        delivery=delivery,
        offers=_offers(tx, delivery),
        story=story(tx, order_id, entries),
    )


def _offers(tx: Tx, delivery: Delivery | None) -> list[tuple[DeliveryOffer, User]]:
    if delivery is None:
        return []
    asked = (
        select(DeliveryOffer, User)
        .join(User, User.user_id == DeliveryOffer.rider_id)
        .where(DeliveryOffer.delivery_id == delivery.delivery_id)
        .order_by(DeliveryOffer.offer_id)
    )
    return [(offer, rider) for offer, rider in tx.session.execute(asked)]
