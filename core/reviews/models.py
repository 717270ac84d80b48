"""Reviews and their running sums (section 14)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class Review(Base):
    """What a customer says of an order item (its product and farmer) or of a delivery (its rider) (DR-1401).

    hidden_at  an admin has hidden it, with a reason: it is not shown and does not count (DR-1402)
    """

    __tablename__ = "reviews"
    __table_args__ = (CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),)

    review_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), index=True)
    order_item_id: Mapped[int | None] = mapped_column(ForeignKey("order_items.order_item_id"), unique=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.delivery_id"), unique=True)
    product_id: Mapped[int | None] = mapped_column(BigId, index=True)
    farmer_id: Mapped[int | None] = mapped_column(BigId, index=True)
    rider_id: Mapped[int | None] = mapped_column(BigId, index=True)
    stars: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(300), default="")
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_by: Mapped[int | None] = mapped_column(BigId)
    hidden_reason: Mapped[str] = mapped_column(String(160), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RatingSum(Base):
    """The stars and number of all visible reviews of a product, farmer or rider ("farmer:12").

    A list of twenty listings shows twenty ratings: they are read from here, not added up each time.
    """

    __tablename__ = "rating_sums"

    sum_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    about: Mapped[str] = mapped_column(String(24), unique=True)
    stars: Mapped[int] = mapped_column(Integer)
    reviews: Mapped[int] = mapped_column(Integer)
