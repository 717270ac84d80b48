"""Categories, products, their names, and what a pack weighs (DR-401, DR-112)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, Hundredths, UtcDateTime


class Category(Base):
    """A node of the category tree."""

    __tablename__ = "categories"

    category_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    category_name: Mapped[str] = mapped_column(String(60), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.category_id"))


class Product(Base):
    """Something that grows; `slug` is the id of data/products.csv (tomatoes).

    created_by  who added it, None for what came with the data: only she, and admins, may change it (2.1)
    """

    __tablename__ = "products"

    product_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    product_name: Mapped[str] = mapped_column(String(60))
    name_sw: Mapped[str] = mapped_column(String(60))
    name_ki: Mapped[str] = mapped_column(String(60), default="")
    spellings: Mapped[str] = mapped_column(String(400), default="")
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.category_id"))
    unit_of_measure: Mapped[str] = mapped_column(String(16))
    is_perishable: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[int | None] = mapped_column(BigId)


class Pack(Base):
    """kg in one unit of a product; None: not to be sold in that unit until an admin says (DR-112).

    status  definition, published, rule_of_thumb, unknown as in the data; confirmed once an admin has said
    source  where the weight is from
    """

    __tablename__ = "packs"
    __table_args__ = (UniqueConstraint("product_id", "unit"),)

    pack_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.product_id"))
    unit: Mapped[str] = mapped_column(String(16))
    kg: Mapped[Decimal | None] = mapped_column(Hundredths)
    status: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(120))


class ProductSuggestion(Base):
    """What somebody missed in the list, by the name they typed; an admin adds it, or says no (DR-401).

    plain_name         the name for comparing; a person suggests it once
    suggestion_status  open, added or refused; `product_id` what it became
    """

    __tablename__ = "product_suggestions"
    __table_args__ = (
        UniqueConstraint("user_id", "plain_name"),
        Index("ix_product_suggestions_status", "suggestion_status", "suggestion_id"),
    )

    suggestion_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    name: Mapped[str] = mapped_column(String(60))
    plain_name: Mapped[str] = mapped_column(String(60), index=True)
    language: Mapped[str] = mapped_column(String(8))
    suggestion_status: Mapped[str] = mapped_column(String(8), default="open")
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.product_id"))
    decided_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
