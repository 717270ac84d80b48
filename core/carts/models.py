"""A customer's cart and its lines (section 6)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, BigId, Hundredths, UtcDateTime


class Cart(Base):
    """The one cart of a customer; it reserves nothing (DR-601, DR-602)."""

    __tablename__ = "carts"

    cart_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    items: Mapped[list["CartItem"]] = relationship(
        lazy="raise", order_by="CartItem.cart_item_id", cascade="all, delete-orphan"
    )


class CartItem(Base):
    """So much of one listing; `price` KES per unit is the one that the customer has agreed to."""

    __tablename__ = "cart_items"
    __table_args__ = (UniqueConstraint("cart_id", "listing_id"),)

    cart_item_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.cart_id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("product_listings.listing_id"))
    quantity: Mapped[Decimal] = mapped_column(Hundredths)
    price: Mapped[Decimal] = mapped_column(Hundredths)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
