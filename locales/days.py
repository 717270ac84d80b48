"""Days as people write them, on a keypad and in a text: `25`, `25/7`, `25 Jul`, `kesho`, `Friday`."""

from datetime import date, timedelta

from core.words import plain
from locales.slots import MONTHS

LONGEST = 3  # words: day, month, year
TOMORROW = frozenset({"tomorrow", "kesho", "ruciu"})
MONTH_WORDS = {plain(word): number for words in MONTHS.values() for number, word in enumerate(words, 1)}
WEEKDAYS = {
    word: at
    for at, words in enumerate(
        (
            "monday jumatatu njumatatu", "tuesday jumanne njumaine", "wednesday jumatano njumatano",
            "thursday alhamisi aramithi", "friday ijumaa njumaa", "saturday jumamosi njumamothi",
            "sunday jumapili kiumia",
        )
    )
    for word in words.split()
}  # fmt: skip


class DayUnclear(ValueError):
    """What was written names no day."""


class NoSuchDay(ValueError):
    """It names a day that there is not: 31/2."""


def read(said: str, today: date) -> date:
    """The day meant: the next such one, unless its year was written. Raises DayUnclear, NoSuchDay."""
    words = plain(said).split()
    alone = words[0] if len(words) == 1 else ""
    if alone in TOMORROW:
        return today + timedelta(days=1)
    if alone in WEEKDAYS:
        return today + timedelta(days=(WEEKDAYS[alone] - today.weekday() - 1) % 7 + 1)
    day, month, year = (*words, "", "", "")[:3]
    if not day.isdigit() or (year and not year.isdigit()) or len(words) > LONGEST:
        raise DayUnclear
    tries = _tries(int(day), _month(month), _year(year), today)
    if not tries:
        raise NoSuchDay
    return next((one for one in tries if one > today), tries[0])


def _month(said: str) -> int:
    """The number of a month, also of its name in any of the three languages; 0 where none was said."""
    if not said or said.isdigit():
        return int(said or 0)
    number = next((number for word, number in MONTH_WORDS.items() if said.startswith(word)), None)
    if number is None:
        raise DayUnclear
    return number


def _year(said: str) -> int:
    """`2026` and `26`; 0 where none was said."""
    return int(said or 0) + (2000 if len(said) == 2 else 0)


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
