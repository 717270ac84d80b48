"""Markets and what they paid (DR-505, DR-507)."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, Float, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, Hundredths


class Market(Base):
    """A place where prices are taken; without a point of its own it counts as in the middle of its county."""

    __tablename__ = "markets"

    market_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    market: Mapped[str] = mapped_column(String(60), unique=True)
    county_code: Mapped[int] = mapped_column(Integer)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)


class MarketPrice(Base):
    """A price of a product on a market on a day: one retail, one wholesale, never averaged (DR-505, DR-507).

    price                KES for one `unit`, as it was published
    price_per_base_unit  the same for one kg, litre or piece
    """

    __tablename__ = "market_prices"
    __table_args__ = (
        UniqueConstraint("product_id", "market", "price_type", "date"),
        Index("ix_market_prices_product_id_date", "product_id", "date"),
        Index("ix_market_prices_date", "date"),
    )

    price_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(BigId)
    market: Mapped[str] = mapped_column(String(60))
    county_code: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(String(16))
    price_type: Mapped[str] = mapped_column(String(10))
    price: Mapped[Decimal] = mapped_column(Hundredths)
    price_per_base_unit: Mapped[Decimal] = mapped_column(Hundredths)
    base_unit: Mapped[str] = mapped_column(String(8))
    date: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(40), default="WFP")
