"""Arithmetic and bounds of reviews (DR-1402, DR-1403). Plain Python, no session."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from core.reviews.errors import StarsOutOfBounds, TextTooLong

LEAST, MOST = 1, 5
LONGEST_TEXT = 300
# From here on a rating says that all is well (O15).
CONTENT = 3
TENTH = Decimal("0.1")


def check_stars(stars: object) -> int:
    """`stars` if it is a whole number from 1 to 5; raises StarsOutOfBounds."""
    if not isinstance(stars, int) or isinstance(stars, bool) or not LEAST <= stars <= MOST:
        raise StarsOutOfBounds(stars=str(stars)[:4])
    return stars


def check_text(text: object) -> str:
    """`text` if it has at most 300 characters; raises TextTooLong."""
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise TextTooLong(limit=LONGEST_TEXT)
    return text


def rating(stars: int, reviews: int) -> Decimal | None:
    """The mean of `reviews` reviews that give `stars` stars together: one decimal, half-up; None of none."""
    return (Decimal(stars) / reviews).quantize(TENTH, ROUND_HALF_UP) if reviews else None


def is_within(since: datetime, now: datetime, days: int) -> bool:
    """Whether `now` is at most `days` days after `since`."""
    return now <= since + timedelta(days=days)
