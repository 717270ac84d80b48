"""Categories, products, their names, and what a pack weighs (DR-401, DR-112)."""

from decimal import Decimal

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, Hundredths


class Category(Base):
    """A node of the category tree."""

    __tablename__ = "categories"

    category_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    category_name: Mapped[str] = mapped_column(String(60), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.category_id"))


class Product(Base):
    """Something that grows; `slug` is the id of data/products.csv (tomatoes)."""

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


class Pack(Base):
    """kg in one unit of a product; None: not to be sold in that unit until an admin says (DR-112)."""

    __tablename__ = "packs"
    __table_args__ = (UniqueConstraint("product_id", "unit"),)

    pack_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.product_id"))
    unit: Mapped[str] = mapped_column(String(16))
    kg: Mapped[Decimal | None] = mapped_column(Hundredths)
    status: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(120))
