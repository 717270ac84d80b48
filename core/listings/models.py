"""Listings and the movements that make up their stock (DR-402, DR-411)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.models import Product
from core.db import Base, BigId, Hundredths, UtcDateTime
from core.farms.models import Farm


class Listing(Base):
    """Produce for sale. `quantity_available` is the free quantity and always the sum of its movements.

    kg_per_unit   kg in one unit: the catalogue's, or the farmer's own word (`kg_is_hers`, DR-112)
    price_per_kg  current_price / kg_per_unit, kept by whoever sets either; what near produce is sorted by
    cell          the square of 0.1 degrees the farm lies in (listings.near); with ward and county a copy of
                  the farm's place, so that a search walks one index
    agent_id      the field agent who listed it for the farmer (DR-221)
    off_reason    why it is inactive (DR-815, L6): farmer, admin, off, stale, perishable, silence, unharvested
    touched_at    when the farmer last had a hand on it
    """

    __tablename__ = "product_listings"
    __table_args__ = (
        CheckConstraint("quantity_available >= 0", name="free_stock"),
        CheckConstraint("current_price > 0", name="price"),
        Index("ix_product_listings_product_id_listing_status", "product_id", "listing_status"),
        Index(
            "ix_product_listings_near",
            *("product_id", "listing_status", "cell", "price_per_kg", "listing_id"),
        ),
        Index("ix_product_listings_listing_status_county_code", "listing_status", "county_code"),
        Index("ix_product_listings_listing_status_ward_code", "listing_status", "ward_code"),
        Index("ix_product_listings_county_product", "listing_status", "county_code", "product_id"),
        Index("ix_product_listings_ward_product", "listing_status", "ward_code", "product_id"),
        Index("ix_product_listings_listing_status_quality_grade", "listing_status", "quality_grade"),
        Index("ix_product_listings_organic", "listing_status", "is_organic_certified"),
        Index("ix_product_listings_listing_status_touched_at", "listing_status", "touched_at"),
        Index("ix_product_listings_listing_status_harvest_date", "listing_status", "harvest_date"),
    )

    listing_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    farm_id: Mapped[int] = mapped_column(ForeignKey("farms.farm_id"), index=True)
    farmer_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.product_id"))
    unit: Mapped[str] = mapped_column(String(16))
    kg_per_unit: Mapped[Decimal] = mapped_column(Hundredths)
    kg_is_hers: Mapped[bool] = mapped_column(default=False, server_default="0")
    current_price: Mapped[Decimal] = mapped_column(Hundredths)
    price_per_kg: Mapped[Decimal] = mapped_column(Hundredths, server_default="0")
    quantity_available: Mapped[Decimal] = mapped_column(Hundredths)
    min_order_quantity: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal("1.00"))
    harvest_date: Mapped[date | None] = mapped_column(Date)
    expected_harvest_date: Mapped[date | None] = mapped_column(Date)
    quality_grade: Mapped[str] = mapped_column(String(8), default="standard")
    is_organic_certified: Mapped[bool] = mapped_column(default=False)
    listing_status: Mapped[str] = mapped_column(String(10))
    off_reason: Mapped[str] = mapped_column(String(12), default="", server_default="")
    notes: Mapped[str] = mapped_column(String(160), default="")
    photo_url: Mapped[str] = mapped_column(String(255), default="", server_default="")
    county_code: Mapped[int] = mapped_column(Integer, server_default="0")
    ward_code: Mapped[int] = mapped_column(Integer, server_default="0")
    cell: Mapped[int] = mapped_column(Integer, server_default="0")
    agent_id: Mapped[int | None] = mapped_column(BigId)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    product: Mapped[Product] = relationship(lazy="raise")
    farm: Mapped[Farm] = relationship(lazy="raise")


class StockMovement(Base):
    """A change of a listing's free stock; one release per order item and reason (DR-411, DR-412)."""

    __tablename__ = "stock_movements"
    __table_args__ = (UniqueConstraint("order_item_id", "reason"),)

    movement_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("product_listings.listing_id"), index=True)
    delta: Mapped[Decimal] = mapped_column(Hundredths)
    reason: Mapped[str] = mapped_column(String(12))
    order_item_id: Mapped[int | None] = mapped_column(BigId)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
