"""What may be said of produce besides what, how much and for how much: its days, least order, grade (DR-402).

Used where she sells and where she changes what is for sale.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.clock import nairobi_date
from locales import days
from locales.mark import _
from menus import parse
from menus.flow import Item
from menus.talk import Again, Talk

GRADES: Mapping[str, str] = {
    "premium": _("premium"),
    "standard": _("standard"),
    "economy": _("economy"),
}
DAY_SO = _("Write the day, for example 25 or 25/7.")
NO_SUCH_DAY = _("There is no such day. For example 25 or 25/7.")
DAY_TO_COME = _("Write a day from tomorrow to {day} {month}.")
NOT_ABOVE = _("Not more than you offer: {qty}.")


def grade_items(talk: Talk) -> Sequence[Item]:
    """The grades, the best first."""
    return [Item(talk.words(word), grade) for grade, word in GRADES.items()]


def grade_word(talk: Talk, grade: str) -> str:
    """A grade in the phone's words."""
    return talk.words(GRADES[grade])


def day_to_come(talk: Talk, answer: str) -> str:
    """The day on which produce will be ready, as ISO: `25`, `25/7`, `25 Jul`, `kesho`; the next such day.

    Within `listing.preorder_max_days` (L2).
    """
    today = nairobi_date(talk.parts.clock.now())
    last = today + timedelta(days=talk.parts.settings.value("listing.preorder_max_days"))
    try:
        said = days.read(answer, today)
    except days.DayUnclear:
        raise Again(DAY_SO) from None
    except days.NoSuchDay:
        raise Again(NO_SUCH_DAY) from None
    if not today < said <= last:
        raise Again(DAY_TO_COME, day=last, month=last)
    return said.isoformat()


def at_most_offered(slot: str) -> Any:
    """A parser of the least order: counted like slot `unit`, and not above what slot `slot` offers."""

    def least(talk: Talk, answer: str) -> str:
        """The least that is sold at once."""
        asked = parse.quantity(talk, answer)
        offered = Decimal(talk.slots[slot])
        if Decimal(asked) > offered:
            raise Again(NOT_ABOVE, qty=offered)
        return asked

    return least
