"""What customers say of a farmer or a rider: the stars in one figure, the newest words (DR-1403)."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from core.reviews import standing
from locales.mark import _
from menus.flow import LONGEST_LINE, Item, choose, flow, fork, pick
from menus.talk import Talk

PRODUCE_LINE = _("{stars} of 5, {product}, {day}")
RIDE_LINE = _("{stars} of 5, {day}")


def start(talk: Talk) -> str:
    """The stars and the newest reviews; two looks."""
    found = standing.of_mine(talk.tx, talk.actor)
    if found.stars is None:
        return "none"
    talk.slots["standing"] = {"stars": str(found.stars), "count": found.reviews}
    talk.slots["said"] = [
        {"stars": one.stars, "product": one.product_id, "day": one.day.isoformat(), "words": one.text}
        for one in found.newest
    ]
    return "list"


def sum_of(talk: Talk) -> dict[str, Any]:
    """The stars in one figure."""
    return dict(talk.slots["standing"])


def lines(talk: Talk) -> Sequence[Item]:
    """One line a review; the words stand behind it."""
    return [
        Item(talk.words(RIDE_LINE if one["product"] is None else PRODUCE_LINE, **one), one)
        for one in talk.slots["said"]
    ]


def words(talk: Talk) -> Sequence[Item]:
    """What the customer wrote, on several lines."""
    return [Item(line) for line in wrap(talk.slots["review"]["words"], LONGEST_LINE, break_on_hyphens=False)]


def review(talk: Talk) -> dict[str, Any]:
    """The picked review."""
    return dict(talk.slots["review"])


RATINGS = flow(
    "ratings",
    fork("start", start, ways={"list": "list", "none": "none"}),
    choose(
        "none",
        _("Nobody has rated you yet. Customers give 1 to 5 stars when their order has come."),
    ),
    pick(
        "list",
        _("Your stars: {stars} of 5. Reviews: {count}"),
        values=sum_of,
        items=lines,
        save="review",
        then="review",
    ),
    pick(
        "review",
        _("{stars} of 5, {day}:"),
        values=review,
        items=words,
        empty=_("{stars} of 5, without words."),
    ),
)
