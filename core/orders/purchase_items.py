"""What is in a customer's order, farm by farm, and the farm she may choose instead (DR-815, O16).

As core/deliveries/purchases.py: her own only, by narrow looks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import aliased

from core.actor import Actor
from core.clock import nairobi_date
from core.db import Tx
from core.farms.models import Farm
from core.listings.models import Listing
from core.money import ZERO, round2
from core.orders.models import Claim, Order, OrderItem, Replacement


@dataclass(frozen=True)
class PurchaseItem:
    """A line of an opened order, quantity as it comes now, of `ordered`; `total` KES.

    until  until when she may still take it out, shortened as it is (I5)
    claim_until  until when she may complain of it (O16); None before the delivery, and after that time
    late   its harvest day has passed and nothing was harvested (DR-407)
    asked  another farm is offered for it, and she has not chosen (DR-815)
    claim  open, upheld or refused: what became of her newest complaint; `refund` KES of an upheld one
    """

    order_item_id: int
    product_id: int
    quantity: Decimal
    ordered: Decimal
    unit: str
    kg: Decimal
    total: Decimal
    farm: str
    item_status: str
    accepted: bool
    until: datetime | None
    late: bool
    asked: bool
    claim: str
    refund: Decimal
    claim_until: datetime | None


@dataclass(frozen=True)
class OfferedFarm:
    """The next farm for what one turned down: its price for one unit, KES, and until when she may choose."""

    order_item_id: int
    product_id: int
    quantity: Decimal
    unit: str
    kg: Decimal
    farm: str
    price: Decimal
    old_price: Decimal
    expires_at: datetime


_newest_claim = aliased(Claim)
_ITEMS = (
    select(
        OrderItem.order_item_id,
        OrderItem.product_id,
        OrderItem.fulfilled_quantity,
        OrderItem.quantity,
        OrderItem.unit,
        OrderItem.kg_per_unit,
        OrderItem.total_price,
        OrderItem.item_status,
        OrderItem.accepted_at,
        OrderItem.short_until,
        OrderItem.asked_until,
        Listing.harvest_date,
        Listing.expected_harvest_date,
        Farm.farm_name,
        Order.delivered_at,
        Claim.claim_status,
        Claim.refund,
    )
    .join(Order, Order.order_id == OrderItem.order_id)
    .join(Listing, Listing.listing_id == OrderItem.listing_id)
    .join(Farm, Farm.farm_id == Listing.farm_id)
    .outerjoin(
        Claim,
        and_(
            Claim.order_item_id == OrderItem.order_item_id,
            Claim.claim_id
            == select(func.max(_newest_claim.claim_id))
            .where(_newest_claim.order_item_id == OrderItem.order_item_id)
            .correlate(OrderItem)
            .scalar_subquery(),
        ),
    )
    .where(OrderItem.order_id == bindparam("order_id"), Order.customer_id == bindparam("customer_id"))
    .order_by(OrderItem.order_item_id)
)
_OTHER_FARM = (
    select(
        OrderItem.product_id,
        OrderItem.quantity,
        OrderItem.unit,
        OrderItem.kg_per_unit,
        OrderItem.price_at_purchase,
        Replacement.price,
        Replacement.expires_at,
        Farm.farm_name,
    )
    .join(OrderItem, OrderItem.order_item_id == Replacement.order_item_id)
    .join(Order, Order.order_id == Replacement.order_id)
    .join(Listing, Listing.listing_id == Replacement.listing_id)
    .join(Farm, Farm.farm_id == Listing.farm_id)
    .where(
        Replacement.order_item_id == bindparam("order_item_id"), Order.customer_id == bindparam("customer_id")
    )
)


def items(tx: Tx, actor: Actor, *, order_id: int) -> list[PurchaseItem]:
    """What is in one order of hers, per farm; nothing for a stranger's. One statement."""
    today = nairobi_date(tx.now)
    return [
        PurchaseItem(
            order_item_id=row.order_item_id,
            product_id=row.product_id,
            quantity=row.fulfilled_quantity,
            ordered=row.quantity,
            unit=row.unit,
            kg=round2(row.fulfilled_quantity * row.kg_per_unit),
            total=row.total_price,
            farm=row.farm_name,
            item_status=row.item_status,
            accepted=row.accepted_at is not None,
            until=row.short_until if row.short_until and row.short_until > tx.now else None,
            late=row.item_status == "pending"
            and row.harvest_date is None
            and row.expected_harvest_date is not None
            and row.expected_harvest_date < today,
            asked=row.asked_until is not None and row.asked_until > tx.now,
            claim=row.claim_status or "",
            refund=row.refund or ZERO,
            claim_until=_claim_until(tx, row),
        )
        for row in tx.look(_ITEMS, order_id=order_id, customer_id=actor.user_id)
    ]


def offered_farm(tx: Tx, actor: Actor, *, order_item_id: int) -> OfferedFarm | None:
    """The farm she may choose instead of the one that turned the item down (DR-815), if there is one."""
    row = tx.look(_OTHER_FARM, order_item_id=order_item_id, customer_id=actor.user_id).first()
    if row is None:
        return None
    return OfferedFarm(
        order_item_id=order_item_id,
        product_id=row.product_id,
        quantity=row.quantity,
        unit=row.unit,
        kg=round2(row.quantity * row.kg_per_unit),
        farm=row.farm_name,
        price=row.price,
        old_price=row.price_at_purchase,
        expires_at=row.expires_at,
    )


def _claim_until(tx: Tx, row: Any) -> datetime | None:
    if row.item_status != "delivered" or row.delivered_at is None:
        return None
    spoils = tx.parts.products.entry(row.product_id).perishable
    hours = tx.setting("order.claim_hours_perishable" if spoils else "order.claim_hours_other")
    until: datetime = row.delivered_at + timedelta(hours=hours)
    return until if until >= tx.now else None
