"""Vehicles, riders' duty, deliveries with their stops, offers, codes and positions (section 12)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, BigId, Hundredths, UtcDateTime
from core.orders.models import Order
from core.users.models import User


class Vehicle(Base):
    """A rider's vehicle; approved by an admin before use, one active per rider (DR-1209).

    vehicle_status   pending, approved, refused, inactive
    active_for       the rider's id while pending or approved; unique
    home_ward        code of the ward of the rider's default place: riders are found by it
    """

    __tablename__ = "vehicles"
    __table_args__ = (
        UniqueConstraint("active_for"),
        Index("ix_vehicles_vehicle_status_home_ward", "vehicle_status", "home_ward"),
    )

    vehicle_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rider_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    active_for: Mapped[int | None] = mapped_column(BigId)
    vehicle_type: Mapped[str] = mapped_column(String(12))
    plate: Mapped[str] = mapped_column(String(12), unique=True)
    capacity_kg: Mapped[Decimal] = mapped_column(Hundredths)
    home_ward: Mapped[int | None] = mapped_column(Integer)
    vehicle_status: Mapped[str] = mapped_column(String(10), default="pending", index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(BigId)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    rider: Mapped[User] = relationship(lazy="raise")


class RiderDuty(Base):
    """Whether a rider is on duty, and how his offers went (DR-1201 to DR-1203)."""

    __tablename__ = "rider_duty"

    rider_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), primary_key=True)
    on_duty: Mapped[bool] = mapped_column(default=False, index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    idle_since: Mapped[datetime] = mapped_column(UtcDateTime)
    timeouts_in_row: Mapped[int] = mapped_column(Integer, default=0)
    drops: Mapped[int] = mapped_column(Integer, default=0)


class Delivery(Base):
    """The one delivery of an order.

    way             rider, collect or run: who hands over (DR-1210)
    rider_id        whoever hands over: a rider; of a collected order the farmer or a point's keeper
    attempts        attempts that failed (D7)
    goods_at        after D7: `rider` or `farm`, where the goods are now; "" otherwise
    code_sealed     the delivery code, encrypted with the field key (DR-1205); None before D2
    code_attempts   wrong codes so far; counted in a transaction of its own (DR-214)
    code_resends    how often the customer had it sent again
    code_shown_at   when USSD showed it, once, because its SMS did not arrive
    choice_asked_at when she was asked what to do without a rider (DR-1212); None after her answer
    receipt_asked_at when the customer was asked instead of for her code (NOCODE); None after her NO
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_rider_id_delivery_status", "rider_id", "delivery_status"),)

    delivery_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), unique=True)
    rider_id: Mapped[int | None] = mapped_column(ForeignKey("users.user_id"), index=True)
    delivery_status: Mapped[str] = mapped_column(String(12), default="pending", index=True)
    km: Mapped[Decimal] = mapped_column(Hundredths)
    kg: Mapped[Decimal] = mapped_column(Hundredths)
    rider_earning: Mapped[Decimal] = mapped_column(Hundredths)
    way: Mapped[str] = mapped_column(String(8), default="rider", server_default="rider")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    failed_reason: Mapped[str] = mapped_column(String(16), default="", server_default="")
    goods_at: Mapped[str] = mapped_column(String(8), default="", server_default="")
    code_sealed: Mapped[str | None] = mapped_column(Text)
    code_attempts: Mapped[int] = mapped_column(Integer, default=0)
    code_locked: Mapped[bool] = mapped_column(default=False)
    code_resends: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    code_shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    choice_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    receipt_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offers_made: Mapped[int] = mapped_column(Integer, default=0)
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    picked_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    order: Mapped[Order] = relationship(lazy="raise")
    rider: Mapped[User | None] = relationship(lazy="raise")


class DeliveryStop(Base):
    """One stop of a delivery: a pickup per farm, then the drop (D1).

    place      farm:7 or drop; unique within the delivery
    position   in which order the rider passes them (DR-1103)
    counted    what he counted here, by order_item_id, where it differs from the order (I8)
    done_at    when it was confirmed
    """

    __tablename__ = "delivery_stops"
    __table_args__ = (UniqueConstraint("delivery_id", "place"),)

    stop_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.delivery_id"))
    kind: Mapped[str] = mapped_column(String(6))
    place: Mapped[str] = mapped_column(String(24))
    farm_id: Mapped[int | None] = mapped_column(BigId)
    position: Mapped[int] = mapped_column(Integer)
    counted: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    done_by: Mapped[int | None] = mapped_column(BigId)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeliveryDrop(Base):
    """A rider who gave a delivery back before pickup: he is not asked again for it (D3)."""

    __tablename__ = "delivery_drops"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.delivery_id"), primary_key=True)
    rider_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RiderPosition(Base):
    """Where a rider was with a delivery: a checkpoint, a point where the channel has one (DR-1208)."""

    __tablename__ = "rider_positions"
    __table_args__ = (Index("ix_rider_positions_delivery_id_at", "delivery_id", "at"),)

    position_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.delivery_id"))
    rider_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    checkpoint: Mapped[str] = mapped_column(String(12), default="")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CodeTry(Base):
    """A message or hop that tried a code on a delivery: a repeat of it is not another try (DR-214).

    once_key  a keyed digest of the message's name and of the code in it
    """

    __tablename__ = "delivery_code_tries"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.delivery_id"), primary_key=True)
    once_key: Mapped[str] = mapped_column(String(128), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeliveryOffer(Base):
    """An offer of a delivery to a rider; one open offer per delivery (DR-1203).

    offer_status   open, accepted, declined, timed_out, withdrawn
    open_delivery  the delivery's id while open; unique
    """

    __tablename__ = "delivery_offers"
    __table_args__ = (UniqueConstraint("open_delivery"),)

    offer_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.delivery_id"), index=True)
    open_delivery: Mapped[int | None] = mapped_column(BigId)
    rider_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    offer_status: Mapped[str] = mapped_column(String(10), default="open")
    earning: Mapped[Decimal] = mapped_column(Hundredths)
    pickup_km: Mapped[Decimal] = mapped_column(Hundredths)
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
