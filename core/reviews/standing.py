"""How somebody stands with her customers: the stars in one figure, and what the newest of them wrote."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Executable, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from core.actor import Actor
from core.clock import nairobi_date
from core.db import Tx
from core.reviews import rules
from core.reviews.models import RatingSum, Review

NEWEST = 20


@dataclass(frozen=True)
class Said:
    """One visible review, without its author: she is a customer, and the phone may be anybody's.

    product_id  None of a rider's
    """

    review_id: int
    stars: int
    text: str
    product_id: int | None
    day: date


@dataclass(frozen=True)
class Standing:
    """`stars` is the mean with one decimal, None while nobody has rated (DR-1403)."""

    stars: Decimal | None
    reviews: int
    newest: tuple[Said, ...]


def _newest(about: InstrumentedAttribute[Any]) -> Executable:
    return (
        select(Review.review_id, Review.stars, Review.text, Review.product_id, Review.created_at)
        .where(about == bindparam("user_id"), Review.hidden_at.is_(None))
        .order_by(Review.review_id.desc())
        .limit(NEWEST)
    )


_SUM = select(RatingSum.stars, RatingSum.reviews).where(RatingSum.about == bindparam("about"))
_NEWEST = {"farmer": _newest(Review.farmer_id), "rider": _newest(Review.rider_id)}


def of_mine(tx: Tx, actor: Actor) -> Standing:
    """What customers say of the acting farmer or rider; two narrow looks. Nobody rates anybody else."""
    if actor.role not in _NEWEST:
        return Standing(None, 0, ())
    total = tx.look(_SUM, about=f"{actor.role}:{actor.user_id}").first()
    rows = tx.look(_NEWEST[actor.role], user_id=actor.user_id)
    said = tuple(
        Said(row.review_id, row.stars, row.text, row.product_id, nairobi_date(row.created_at)) for row in rows
    )
    if total is None:
        return Standing(None, 0, said)
    return Standing(rules.rating(total.stars, total.reviews), total.reviews, said)
