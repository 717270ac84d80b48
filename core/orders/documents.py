"""An order as the platform document shows it: everything its JSON example holds, and how it is brought."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from core import pages
from core.actor import Actor
from core.db import Tx
from core.farms.models import Farm
from core.listings.models import Listing
from core.money import round2
from core.orders import numbers
from core.orders.errors import OrderUnknown
from core.orders.models import Order, OrderItem
from core.users import service as users


@dataclass(frozen=True)
class CustomerView:
    """Whose order it is; a farmer sees the first name only (DR-801)."""

    user_id: int
    first_name: str
    last_name: str


@dataclass(frozen=True)
class ItemListingView:
    """What was bought, from whom."""

    listing_id: int
    product_id: int
    product_name: str
    farmer_name: str
    farm_name: str


@dataclass(frozen=True)
class ItemView:
    """One line; quantities in `unit`, prices in KES, `kg` what the ordered quantity weighs (DR-105)."""

    order_item_id: int
    listing: ItemListingView
    quantity: Decimal
    fulfilled_quantity: Decimal
    unit: str
    kg: Decimal
    price_at_purchase: Decimal
    total_price: Decimal
    item_status: str


@dataclass(frozen=True)
class OrderView:
    """An order; amounts in KES, `amount_asked` in whole shillings.

    way       rider, collect or run (DR-1210), with `collection_point_id` and `run_id` where they apply
    ward      where it is brought, with `landmark`, which a farmer does not see (DR-801)
    """

    order_id: int
    order_number: str
    customer: CustomerView
    subtotal: Decimal
    total_amount: Decimal
    amount_asked: Decimal
    delivery_fee: Decimal
    delivery_fee_waived: Decimal
    discount_amount: Decimal
    order_status: str
    payment_status: str
    payment_method: str
    estimated_delivery_date: date
    delivery_time_slot: str
    special_instructions: str
    way: str
    collection_point_id: int | None
    run_id: int | None
    ward: str
    landmark: str
    cancel_reason: str
    items: tuple[ItemView, ...]
    created_at: datetime


def order_view(tx: Tx, actor: Actor, *, order_id: int) -> OrderView:
    """One order that the actor may read (2.1): a farmer sees her own items of it.

    Raises NotAllowed; OrderUnknown, also for a stranger's order (DR-211).
    """
    farmer_id = _reader(tx, actor)
    order = tx.session.scalar(_whole().where(Order.order_id == order_id, numbers.visible(tx, actor)))
    if order is None:
        raise OrderUnknown(order_id=order_id)
    return _view(order, farmer_id)


def order_views(tx: Tx, actor: Actor, *, page: int = 1) -> list[OrderView]:
    """The orders that the actor may read, the newest first, `api.page_size` a page.

    Raises NotAllowed, BadPage.
    """
    farmer_id = _reader(tx, actor)
    wanted = tx.session.scalars(pages.cut(tx, _newest(tx, actor, farmer_id), page)).all()
    orders = _whole().where(Order.order_id.in_(wanted)).order_by(Order.order_id.desc())
    return [_view(order, farmer_id) for order in tx.session.scalars(orders)]


def _newest(tx: Tx, actor: Actor, farmer_id: int | None) -> Select[int]:
    """The ids of the actor's orders, the newest first; a farmer's come from her items, which are few."""
    if farmer_id is not None:
        mine = select(OrderItem.order_id).where(OrderItem.farmer_id == farmer_id).distinct()
        return mine.order_by(OrderItem.order_id.desc())
    return select(Order.order_id).where(numbers.visible(tx, actor)).order_by(Order.order_id.desc())


def _reader(tx: Tx, actor: Actor) -> int | None:
    """The farmer whose items alone are shown, or None for all."""
    user = users.may(tx, actor, "read", "orders", own=True, verified=False)
    return user.user_id if user.user_role == "farmer" else None


def _whole() -> Select[Order]:
    listing = selectinload(Order.items).joinedload(OrderItem.listing)
    farm = listing.joinedload(Listing.farm)
    return select(Order).options(
        joinedload(Order.customer), listing.joinedload(Listing.product), farm.joinedload(Farm.farmer)
    )


def _view(order: Order, farmer_id: int | None) -> OrderView:
    customer, drop = order.customer, order.drop
    return OrderView(
        order_id=order.order_id,
        order_number=order.order_number,
        customer=CustomerView(
            user_id=customer.user_id,
            first_name=customer.first_name,
            last_name="" if farmer_id else customer.last_name,
        ),
        subtotal=order.subtotal,
        total_amount=order.total_amount,
        amount_asked=order.amount_asked,
        delivery_fee=order.delivery_fee,
        delivery_fee_waived=order.delivery_fee_waived,
        discount_amount=order.discount_amount,
        order_status=order.order_status,
        payment_status=order.payment_status,
        payment_method=order.payment_method,
        estimated_delivery_date=order.estimated_delivery_date,
        delivery_time_slot=order.delivery_time_slot,
        special_instructions=order.special_instructions,
        way=order.way,
        collection_point_id=order.collection_point_id,
        run_id=order.run_id,
        ward=drop["ward"],
        landmark="" if farmer_id else drop["landmark"],
        cancel_reason=order.cancel_reason,
        items=tuple(_item(item) for item in order.items if farmer_id in (None, item.farmer_id)),
        created_at=order.created_at,
    )


def _item(item: OrderItem) -> ItemView:
    listing = item.listing
    farmer = listing.farm.farmer
    return ItemView(
        order_item_id=item.order_item_id,
        listing=ItemListingView(
            listing_id=listing.listing_id,
            product_id=listing.product_id,
            product_name=listing.product.product_name,
            farmer_name=f"{farmer.first_name} {farmer.last_name}".strip(),
            farm_name=listing.farm.farm_name,
        ),
        quantity=item.quantity,
        fulfilled_quantity=item.fulfilled_quantity,
        unit=item.unit,
        kg=round2(item.quantity * item.kg_per_unit),
        price_at_purchase=item.price_at_purchase,
        total_price=item.total_price,
        item_status=item.item_status,
    )
