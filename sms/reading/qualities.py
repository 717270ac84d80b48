"""What a seller says of her produce besides what, how much and for how much: grade, organic, ready when."""

from collections.abc import Mapping, Sequence
from typing import Any

from locales.days import MONTH_WORDS, TOMORROW, WEEKDAYS
from sms.wording import words_in
from sms.words import Token

_GRADE = words_in("grade gredi gradi daraja")
_GRADES: Mapping[str, str] = {
    word: grade
    for grade, words in {
        "premium": "premium 1 one a moja kwanza first imwe",
        "standard": "standard 2 two b mbili pili second igiri",
        "economy": "economy 3 three c tatu third ithatu",
    }.items()
    for word in words.split()
}
_ITSELF = frozenset(("premium", "economy"))
_OF = words_in("ya la no ni")
_ORGANIC = words_in("organic organik kikaboni")
# Words that say from when it can be had; only with a day behind them.
_FROM = words_in("from kuanzia kuanza ready harvest harvesting kuvuna kuvunwa itakuwa tayari tarehe")
_BEFORE_A_DAY = words_in("from on by the tarehe date siku ya kuanzia ready tayari itakuwa will be")
_ORDINAL = frozenset(("st", "nd", "rd", "th"))


def taken(rest: Sequence[Token]) -> tuple[dict[str, Any], list[Token]]:
    """(slots `grade`, `organic`, `when`, the other words): only what is said plainly is taken out."""
    slots: dict[str, Any] = {}
    left: list[Token] = []
    at = 0
    while at < len(rest):
        used = _grade(rest, at, slots) or _organic(rest, at, slots) or _day(rest, at, slots)
        if not used:
            left.append(rest[at])
        at += used or 1
    return slots, left


def _word(rest: Sequence[Token], at: int) -> str:
    return rest[at].text if 0 <= at < len(rest) else ""


def _grade(rest: Sequence[Token], at: int, slots: dict[str, Any]) -> int:
    """`grade 2`, `grade B`, `daraja la pili`, `first grade`, `premium`."""
    word = _word(rest, at)
    if word in _ITSELF:
        slots["grade"] = word
        return 2 if _word(rest, at + 1) in _GRADE else 1
    if word in ("first", "second", "third", "standard") and _word(rest, at + 1) in _GRADE:
        slots["grade"] = _GRADES[word]
        return 2
    if word not in _GRADE:
        return 0
    named = at + 1
    while _word(rest, named) in _OF:
        named += 1
    grade = _GRADES.get(_word(rest, named))
    if grade is None:
        return 0
    slots["grade"] = grade
    return named + 1 - at


def _organic(rest: Sequence[Token], at: int, slots: dict[str, Any]) -> int:
    both = (_word(rest, at), _word(rest, at + 1)) == ("kilimo", "hai")
    if _word(rest, at) not in _ORGANIC and not both:
        return 0
    if _word(rest, at - 1) in ("not", "non", "si", "sio"):
        return 0
    slots["organic"] = True
    return 2 if both else 1


def _day(rest: Sequence[Token], at: int, slots: dict[str, Any]) -> int:
    """`from 12/12`, `kuanzia 12 Dec`, `ready on Friday`, `kuvuna kesho`."""
    if _word(rest, at) not in _FROM or "when" in slots:
        return 0
    start = at + 1
    while _word(rest, start) in _BEFORE_A_DAY:
        start += 1
    first, second = _word(rest, start), _word(rest, start + 1)
    if first in TOMORROW or first in WEEKDAYS:
        slots["when"] = first
        return start + 1 - at
    if _is_dated(first):
        slots["when"] = first
        return start + 1 - at
    if not first.isdigit() or len(first) > 2:
        return 0
    month = start + 2 if second in _ORDINAL else start + 1
    if any(_word(rest, month).startswith(name) for name in MONTH_WORDS):
        slots["when"] = f"{first} {_word(rest, month)}"
        return month + 1 - at
    if second in _ORDINAL or "tarehe" in (_word(rest, at), _word(rest, start - 1)):
        slots["when"] = first
        return (start + 2 if second in _ORDINAL else start + 1) - at
    return 0


def _is_dated(word: str) -> bool:
    """`12/12`, `12/12/2026`."""
    parts = word.split("/")
    return len(parts) in (2, 3) and all(part.isdigit() for part in parts) and int(parts[1]) <= 12
