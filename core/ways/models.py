"""Places where goods are collected, and the trips that bring them there (DR-1210)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, Hundredths, UtcDateTime


class CollectionPoint(Base):
    """A place where a buyer fetches what she ordered.

    keeper_id   who hands the goods over; that person's number confirms with the buyer's code
    from_wards  codes of the wards whose farmers bring their goods here themselves; runs bring the rest
    """

    __tablename__ = "collection_points"

    collection_point_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    ward_code: Mapped[int] = mapped_column(Integer, index=True)
    landmark: Mapped[str] = mapped_column(String(120), default="")
    keeper_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    from_wards: Mapped[list[int]] = mapped_column(JSON)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Run(Base):
    """A weekly trip from the farms of its start wards to its collection points.

    weekday       0 Monday to 6 Sunday; `departs` is the time in Nairobi, as 06:00
    cutoff_hours  so long before it departs no more orders are taken along
    capacity_kg   what one trip holds; `fee_per_kg` KES
    """

    __tablename__ = "runs"

    run_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    start_wards: Mapped[list[int]] = mapped_column(JSON)
    weekday: Mapped[int] = mapped_column(Integer)
    departs: Mapped[str] = mapped_column(String(5))
    cutoff_hours: Mapped[int] = mapped_column(Integer)
    capacity_kg: Mapped[Decimal] = mapped_column(Hundredths)
    fee_per_kg: Mapped[Decimal] = mapped_column(Hundredths)
    driver_id: Mapped[int | None] = mapped_column(ForeignKey("users.user_id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RunStop(Base):
    """A collection point on a run's way, in the order in which it comes there (DR-1211)."""

    __tablename__ = "run_stops"
    __table_args__ = (UniqueConstraint("run_id", "collection_point_id"),)

    run_stop_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.run_id"))
    collection_point_id: Mapped[int] = mapped_column(ForeignKey("collection_points.collection_point_id"))
    position: Mapped[int] = mapped_column(Integer)


class RunDay(Base):
    """One trip of a run; `kg_taken` is the sum of its loads and never above the run's capacity."""

    __tablename__ = "run_days"
    __table_args__ = (UniqueConstraint("run_id", "day"),)

    run_day_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.run_id"))
    day: Mapped[date] = mapped_column(Date)
    kg_taken: Mapped[Decimal] = mapped_column(Hundredths)


class RunLoad(Base):
    """What one order takes of a trip's capacity; gone when the order is cancelled."""

    __tablename__ = "run_loads"

    run_load_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_day_id: Mapped[int] = mapped_column(ForeignKey("run_days.run_day_id"), index=True)
    order_id: Mapped[int] = mapped_column(BigId, unique=True)
    kg: Mapped[Decimal] = mapped_column(Hundredths)
