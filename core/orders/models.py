"""Quotes, orders, their items, and every change of their status (sections 7 and 8.1)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, BigId, Hundredths, UtcDateTime
from core.listings.models import Listing
from core.money import whole_shillings
from core.users.models import User


class Quote(Base):
    """An offer to a customer: what, from whom, goods + delivery = total, which day, until when.

    lines        [{"listing_id": 1, "quantity": "5.00", "price": "80.00"}]
    way          rider, collect or run (DR-1210); `choices` are all that work, as planning.Choice has them
    asked_again  the customer had ordered just this a moment ago, and is asked whether she means it (DR-704)
    status       open, accepted, replaced, expired, declined
    """

    __tablename__ = "quotes"

    quote_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.location_id"))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    kg: Mapped[Decimal] = mapped_column(Hundredths)
    km: Mapped[Decimal] = mapped_column(Hundredths)
    subtotal: Mapped[Decimal] = mapped_column(Hundredths)
    delivery_fee: Mapped[Decimal] = mapped_column(Hundredths)
    delivery_fee_waived: Mapped[Decimal] = mapped_column(Hundredths)
    total_amount: Mapped[Decimal] = mapped_column(Hundredths)
    delivery_date: Mapped[date] = mapped_column(Date)
    way: Mapped[str] = mapped_column(String(8), default="rider", server_default="rider")
    collection_point_id: Mapped[int | None] = mapped_column(BigId)
    run_id: Mapped[int | None] = mapped_column(BigId)
    choices: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    asked_again: Mapped[bool] = mapped_column(default=False, server_default="0")
    status: Mapped[str] = mapped_column(String(10), default="open")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Order(Base):
    """A customer's order, possibly from several farmers (section 7).

    drop            the address as it was: {ward_code, county, subcounty, ward, landmark, lat, lon} (DR-302)
    way             rider, collect or run (DR-1210); collected at `collection_point_id`, or (None) at the farm
    payment_method  mpesa, cash_on_delivery or bank_transfer; `payment_method_id` the customer's, if she chose
    amount_asked    whole shillings asked for (DR-103)
    """

    __tablename__ = "orders"
    __table_args__ = (UniqueConstraint("customer_id", "idempotency_key"),)

    order_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_number: Mapped[str] = mapped_column(String(13), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    drop: Mapped[dict[str, Any]] = mapped_column(JSON)
    location_id: Mapped[int | None] = mapped_column(BigId, index=True)
    way: Mapped[str] = mapped_column(String(8), default="rider", server_default="rider")
    collection_point_id: Mapped[int | None] = mapped_column(BigId)
    run_id: Mapped[int | None] = mapped_column(BigId)
    payment_method: Mapped[str] = mapped_column(String(16))
    payment_method_id: Mapped[int | None] = mapped_column(BigId)
    delivery_time_slot: Mapped[str] = mapped_column(String(10), default="any")
    special_instructions: Mapped[str] = mapped_column(String(160), default="")
    subtotal: Mapped[Decimal] = mapped_column(Hundredths)
    delivery_fee: Mapped[Decimal] = mapped_column(Hundredths)
    delivery_fee_waived: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal("0.00"))
    discount_amount: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal("0.00"))
    total_amount: Mapped[Decimal] = mapped_column(Hundredths)
    amount_asked: Mapped[Decimal] = mapped_column(Hundredths)
    kg: Mapped[Decimal] = mapped_column(Hundredths)
    km: Mapped[Decimal] = mapped_column(Hundredths)
    order_status: Mapped[str] = mapped_column(String(20), index=True)
    payment_status: Mapped[str] = mapped_column(String(20), default="pending")
    estimated_delivery_date: Mapped[date] = mapped_column(Date)
    cancel_reason: Mapped[str] = mapped_column(String(32), default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    idempotency_key: Mapped[str] = mapped_column(String(128))
    content_digest: Mapped[str] = mapped_column(String(64))
    quote_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    customer: Mapped[User] = relationship(lazy="raise")
    items: Mapped[list["OrderItem"]] = relationship(
        lazy="raise", back_populates="order", order_by="OrderItem.order_item_id"
    )

    @property
    def came_to(self) -> Decimal:
        """What the order is or was about, in whole shillings: a cancelled one asks for nothing any more."""
        if self.order_status != "cancelled":
            return self.amount_asked
        return whole_shillings(self.subtotal + self.delivery_fee - self.discount_amount)

    @property
    def tail(self) -> str:
        """The last four characters, by which people name an order (DR-110)."""
        return self.order_number[-4:]


class OrderItem(Base):
    """One farmer's line of an order; price, pack weight and commission rate are copies (DR-405, DR-1101).

    total_price       KES of the fulfilled quantity
    counted_quantity  what the rider counted while the difference is not decided (I8)
    short_until       until then the customer may cancel what was shortened (I5, DR-407)
    asked_until       rejected, and until then the customer chooses another farm or her money (DR-815)
    marked_until      until then the rest of a sum is being marked, and this item belongs to it (AskedMark)
    """

    __tablename__ = "order_items"
    __table_args__ = (Index("ix_order_items_farmer_id_item_status", "farmer_id", "item_status"),)

    order_item_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), index=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("product_listings.listing_id"))
    farmer_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    product_id: Mapped[int] = mapped_column(BigId)
    unit: Mapped[str] = mapped_column(String(16))
    kg_per_unit: Mapped[Decimal] = mapped_column(Hundredths)
    quantity: Mapped[Decimal] = mapped_column(Hundredths)
    fulfilled_quantity: Mapped[Decimal] = mapped_column(Hundredths)
    price_at_purchase: Mapped[Decimal] = mapped_column(Hundredths)
    total_price: Mapped[Decimal] = mapped_column(Hundredths)
    commission_percent: Mapped[Decimal] = mapped_column(Hundredths)
    item_status: Mapped[str] = mapped_column(String(10), default="pending")
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    harvested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    packed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    implied: Mapped[str] = mapped_column(String(32), default="")
    counted_quantity: Mapped[Decimal | None] = mapped_column(Hundredths)
    short_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    marked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    order: Mapped[Order] = relationship(lazy="raise", back_populates="items")
    listing: Mapped[Listing] = relationship(lazy="raise")


class OrderEvent(Base):
    """Every change of an order's, item's or delivery's status: from, to, who, why (DR-706)."""

    __tablename__ = "order_events"

    event_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), index=True)
    subject: Mapped[str] = mapped_column(String(24))
    rule: Mapped[str] = mapped_column(String(4))
    from_status: Mapped[str] = mapped_column(String(20))
    to_status: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None] = mapped_column(BigId)
    role: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CancelRequest(Base):
    """A customer asks to cancel what is being prepared; an admin decides (O10).

    request_status  open, granted, refused
    open_for        the order's id while open; unique
    """

    __tablename__ = "cancel_requests"
    __table_args__ = (UniqueConstraint("open_for"),)

    request_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), index=True)
    open_for: Mapped[int | None] = mapped_column(BigId)
    request_status: Mapped[str] = mapped_column(String(8), default="open", index=True)
    reason: Mapped[str] = mapped_column(String(160), default="")
    answer: Mapped[str] = mapped_column(String(160), default="")
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(BigId)


class PickupShort(Base):
    """The rider counted less than the farmer made ready: her YES, or an admin decides (I8).

    missing       in the item's unit
    short_status  asked (the farmer), held (an admin decides), agreed, farmer, platform (whose loss it is)
    """

    __tablename__ = "pickup_shorts"

    short_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), index=True)
    order_item_id: Mapped[int] = mapped_column(ForeignKey("order_items.order_item_id"), index=True)
    farmer_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    counted: Mapped[Decimal] = mapped_column(Hundredths)
    missing: Mapped[Decimal] = mapped_column(Hundredths)
    short_status: Mapped[str] = mapped_column(String(8), default="asked", index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(String(160), default="")


class Replacement(Base):
    """The next farm for an item that was rejected, offered before a refund (DR-815).

    replacement_status  asked, taken, refund, gone (the other farm had sold out)
    """

    __tablename__ = "replacements"
    __table_args__ = (UniqueConstraint("order_item_id"),)

    replacement_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), index=True)
    order_item_id: Mapped[int] = mapped_column(ForeignKey("order_items.order_item_id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("product_listings.listing_id"))
    price: Mapped[Decimal] = mapped_column(Hundredths)
    replacement_status: Mapped[str] = mapped_column(String(8), default="asked")
    new_item_id: Mapped[int | None] = mapped_column(BigId)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Claim(Base):
    """What a customer complains about after the delivery, and what an admin finds (O16).

    claim_status  open, upheld, refused
    open_for      the item's id while open; unique
    fault         farmer, rider or platform, of an upheld claim; `refund` KES
    """

    __tablename__ = "claims"
    __table_args__ = (UniqueConstraint("open_for"),)

    claim_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), index=True)
    order_item_id: Mapped[int] = mapped_column(ForeignKey("order_items.order_item_id"), index=True)
    open_for: Mapped[int | None] = mapped_column(BigId)
    claim_status: Mapped[str] = mapped_column(String(8), default="open", index=True)
    reason: Mapped[str] = mapped_column(String(160))
    refund: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal("0.00"))
    fault: Mapped[str] = mapped_column(String(8), default="")
    answer: Mapped[str] = mapped_column(String(160), default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(BigId)


class AskedMark(Base):
    """What was asked for many orders at once and is carried out in helpings (core.orders.many).

    what      accept, harvest, pack, ready, reject, less, shared (a harvest among its orders),
              later (it comes another day), all_acc or all_rdy (an agent's one word for all of her farms)
    as_role   as what the actor has his hand on the items (core.orders.hands)
    steps     [order, [[item, quantity or None], ...]], in the order in which they are carried out: what is to
              be done, and no other item
    done      so many of the steps have been carried out, the first of them with the act itself
    """

    __tablename__ = "asked_marks"

    mark_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(BigId)
    actor_role: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(8))
    request_id: Mapped[str] = mapped_column(String(160))
    what: Mapped[str] = mapped_column(String(8))
    as_role: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(160), default="")
    steps: Mapped[list[Any]] = mapped_column(JSON)
    done: Mapped[int] = mapped_column(Integer, default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FarmerRecord(Base):
    """How often a farmer turned paid goods down, and how often by silence (I6, DR-815)."""

    __tablename__ = "farmer_records"

    farmer_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), primary_key=True)
    rejected: Mapped[int] = mapped_column(Integer, default=0)
    silent: Mapped[int] = mapped_column(Integer, default=0)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WeeklyBasket(Base):
    """A customer who wants to be asked each week whether she takes the same again.

    weekday  the day on which it is to come, 0 is Monday; she is asked on the afternoon before
    is_on    False once she has ended it
    """

    __tablename__ = "weekly_baskets"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), primary_key=True, autoincrement=False)
    weekday: Mapped[int] = mapped_column(Integer)
    is_on: Mapped[bool] = mapped_column(default=True)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
