"""What may be said of produce besides what, how much and for how much: its days, least order, grade (DR-402).

Used where she sells and where she changes what is for sale.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.clock import nairobi_date
from core.words import plain
from locales.mark import _
from locales.slots import MONTHS
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
LONGEST = 3  # words: day, month, year
TOMORROW = frozenset({"tomorrow", "kesho", "ruciu"})
MONTH_WORDS = {plain(word): number for words in MONTHS.values() for number, word in enumerate(words, 1)}


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
    said = _read(plain(answer), today)
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


def _read(said: str, today: date) -> date:
    if said in TOMORROW:
        return today + timedelta(days=1)
    day, month, year = (*said.split(), "", "", "")[:3]
    if not day.isdigit() or (year and not year.isdigit()) or len(said.split()) > LONGEST:
        raise Again(DAY_SO)
    tries = _tries(int(day), _month(month), int(year or 0), today)
    if not tries:
        raise Again(NO_SUCH_DAY)
    return next((one for one in tries if one > today), tries[0])


def _month(said: str) -> int:
    """The number of a month, also of its name in any of the three languages; 0 where none was said."""
    if not said or said.isdigit():
        return int(said or 0)
    number = next((number for word, number in MONTH_WORDS.items() if said.startswith(word)), None)
    if number is None:
        raise Again(DAY_SO)
    return number


def _tries(day: int, month: int, year: int, today: date) -> list[date]:
    """The days that may be meant, the nearest first: of this month and the next two, or of this year and the
    next."""
    if month:
        months = [(year, month)] if year else [(today.year, month), (today.year + 1, month)]
    else:
        ahead = (today.month - 1 + more for more in range(3))
        months = [(today.year + of // 12, of % 12 + 1) for of in ahead]
    found = []
    for in_year, in_month in months:
        try:
            found.append(date(in_year, in_month, day))
        except (ValueError, OverflowError):  # no 31st in it, or no such month
            continue
    return found
