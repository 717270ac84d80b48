"""Reading reviews: of a product, a farmer, a rider; one's own; all of them for whoever moderates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from core.actor import Actor
from core.db import Tx
from core.errors import NotAllowed
from core.pages import Page, page_of
from core.reviews.models import Review
from core.users import service as users
from core.users.models import User


@dataclass(frozen=True)
class ReviewView:
    """A review as it is shown; of its author only the first name, of what it is about the ids.

    hidden         only the author and admins see a hidden one
    hidden_reason  what an admin wrote
    """

    review_id: int
    author: str
    stars: int
    text: str
    order_id: int
    order_item_id: int | None
    delivery_id: int | None
    product_id: int | None
    farmer_id: int | None
    rider_id: int | None
    hidden: bool
    hidden_reason: str
    created_at: datetime
    updated_at: datetime


def of_product(tx: Tx, actor: Actor, *, product_id: int, page: int = 1) -> Page[ReviewView]:
    """The visible reviews of a product, the newest first; raises BadInput(page), NotAllowed."""
    return _visible(tx, actor, Review.product_id, product_id, page)


def of_farmer(tx: Tx, actor: Actor, *, farmer_id: int, page: int = 1) -> Page[ReviewView]:
    """The same of a farmer."""
    return _visible(tx, actor, Review.farmer_id, farmer_id, page)


def of_rider(tx: Tx, actor: Actor, *, rider_id: int, page: int = 1) -> Page[ReviewView]:
    """The same of a rider."""
    return _visible(tx, actor, Review.rider_id, rider_id, page)


def mine(tx: Tx, actor: Actor, *, page: int = 1) -> Page[ReviewView]:
    """What the actor wrote, the newest first, what was hidden too; raises BadInput(page), NotAllowed."""
    user = users.may(tx, actor, "read", "reviews", own=True, verified=False)
    return page_of(tx, _query().where(Review.author_id == user.user_id), page, _view)


def all_of_them(tx: Tx, actor: Actor, *, page: int = 1) -> Page[ReviewView]:
    """Every review for admins, the newest first, hidden ones too; raises BadInput(page), NotAllowed."""
    user = users.may(tx, actor, "read", "reviews", own=False)
    if user.user_role != "admin":
        raise NotAllowed(role=user.user_role)
    return page_of(tx, _query(), page, _view)


def _visible(
    tx: Tx, actor: Actor, about: InstrumentedAttribute[Any], subject_id: int, page: int
) -> Page[ReviewView]:
    users.may(tx, actor, "read", "reviews", own=False, verified=False)
    return page_of(tx, _query().where(about == subject_id, Review.hidden_at.is_(None)), page, _view)


def _query() -> Select[Review, str]:
    shown = select(Review, User.first_name)
    return shown.join(User, User.user_id == Review.author_id).order_by(Review.review_id.desc())


def _view(row: Any) -> ReviewView:
    review: Review = row.Review
    return ReviewView(
        review_id=review.review_id,
        author=row.first_name,
        stars=review.stars,
        text=review.text,
        order_id=review.order_id,
        order_item_id=review.order_item_id,
        delivery_id=review.delivery_id,
        product_id=review.product_id,
        farmer_id=review.farmer_id,
        rider_id=review.rider_id,
        hidden=review.hidden_at is not None,
        hidden_reason=review.hidden_reason,
        created_at=review.created_at,
        updated_at=review.updated_at,
    )
