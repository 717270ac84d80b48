"""When a price has moved enough to be told (DR-504). Plain Python, no session."""

from dataclasses import dataclass
from decimal import Decimal

from core.insights.rules import change


@dataclass(frozen=True)
class Seen:
    """The average that was last told (or first seen), in KES, and what it was an average of."""

    price: Decimal
    basis: str


def has_moved(last: Seen | None, now: Seen, percent: Decimal | int) -> bool:
    """Whether the average moved by `percent` or more from the last one; never across two kinds of average:
    from published prices to farmers' own nothing has moved."""
    if last is None or last.basis != now.basis or not last.price:
        return False
    return abs(change(last.price, now.price)) >= percent
