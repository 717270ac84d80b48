"""The running sums of stars, and the ratings read from them (DR-1403)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from sqlalchemy import bindparam, select, update

from core import rows
from core.db import Tx
from core.events import RatingSought
from core.reviews import rules
from core.reviews.models import RatingSum, Review

About = Literal["product", "farmer", "rider"]

_SUMS = select(RatingSum.about, RatingSum.stars, RatingSum.reviews).where(
    RatingSum.about.in_(bindparam("about", expanding=True))
)


def count(tx: Tx, review: Review, *, stars: int, reviews: int) -> None:
    """Add `stars` and `reviews` (which may be below zero) to all that a review is about, in one fixed order,
    so that two reviews never wait for each other."""
    for about in sorted(_subjects(review)):
        if not _add(tx, about, stars, reviews):
            row = RatingSum(about=about, stars=stars, reviews=reviews)
            if not rows.add_once(tx, row, RatingSum.about):
                _add(tx, about, stars, reviews)


def ratings(tx: Tx, about: About, ids: Iterable[int]) -> dict[int, Decimal]:
    """The rating of each of `ids` that has one, by id; one statement."""
    keys = {f"{about}:{one}": one for one in set(ids)}
    found = {}
    for row in tx.look(_SUMS, about=sorted(keys)) if keys else ():
        mean = rules.rating(row.stars, row.reviews)
        if mean is not None:
            found[keys[row.about]] = mean
    return found


def farmer_rating(tx: Tx, farmer_id: int) -> Decimal | None:
    """The mean of a farmer's visible reviews, one decimal half-up; None when there is none (DR-1403)."""
    return ratings(tx, "farmer", [farmer_id]).get(farmer_id)


def product_rating(tx: Tx, product_id: int) -> Decimal | None:
    """The same of a product."""
    return ratings(tx, "product", [product_id]).get(product_id)


def rider_rating(tx: Tx, rider_id: int) -> Decimal | None:
    """The same of a rider; his score falls by it (DR-1202)."""
    return ratings(tx, "rider", [rider_id]).get(rider_id)


def rating_sought(tx: Tx, sought: RatingSought) -> None:
    """Reaction: an earlier area shows a farmer's rating, or chooses among riders."""
    about: dict[str, About] = {"product": "product", "farmer": "farmer", "rider": "rider"}
    sought.ratings.update(ratings(tx, about[sought.about], sought.ids))


def _subjects(review: Review) -> list[str]:
    ids = {"product": review.product_id, "farmer": review.farmer_id, "rider": review.rider_id}
    return [f"{about}:{one}" for about, one in ids.items() if one is not None]


def _add(tx: Tx, about: str, stars: int, reviews: int) -> bool:
    done = tx.session.connection().execute(
        update(RatingSum)
        .where(RatingSum.about == about)
        .values(stars=RatingSum.stars + stars, reviews=RatingSum.reviews + reviews)
    )
    return done.rowcount == 1
