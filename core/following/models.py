"""Followed products and waiting demand (DR-506, DR-1212)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, Hundredths, UtcDateTime


class Follow(Base):
    """A person who wants to hear of a product near a ward (DR-506).

    alerted_price  KES for one kg (or what the product is sold in): last alerted, or the first average seen
    alerted_basis  what that was the average of (DR-501): like is compared with like
    looked_on      the day, in Nairobi, on which the price was last looked at for her (DR-504)
    told_on        the day on which she was last told that there is some
    """

    __tablename__ = "follows"
    __table_args__ = (
        UniqueConstraint("user_id", "product_id"),
        Index("ix_follows_product_id_ward_code", "product_id", "ward_code"),
        Index("ix_follows_product_id_looked_on", "product_id", "looked_on"),
    )

    follow_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    product_id: Mapped[int] = mapped_column(BigId)
    ward_code: Mapped[int] = mapped_column(Integer)
    alerted_price: Mapped[Decimal | None] = mapped_column(Hundredths)
    alerted_basis: Mapped[str] = mapped_column(String(8), default="")
    looked_on: Mapped[date | None] = mapped_column(Date)
    told_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WaitingDemand(Base):
    """Somebody wanted a product where we do not go; once a person, product, ward, day (DR-1212)."""

    __tablename__ = "waiting_demand"
    __table_args__ = (
        Index("ix_waiting_demand_day_ward_code_product_id", "day", "ward_code", "product_id"),
        Index("ix_waiting_demand_product_id_ward_code_day", "product_id", "ward_code", "day"),
    )

    demand_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    product_id: Mapped[int] = mapped_column(BigId)
    ward_code: Mapped[int] = mapped_column(Integer)
    day: Mapped[date] = mapped_column(Date)
    once_key: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
