"""Numbers in digits and words: `2.5`, `4,200`, `1/2`, `kumi na tano`, `elfu mbili mia tano`, `3k`.

English, Swahili, sheng and Kikuyu, as in data/number_words.csv.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from core.reference import rows
from core.words import plain
from sms.lexicon import AGREEING, NUMERALS
from sms.words import Token

LARGEST = Decimal(10) ** 8  # a quantity has ten digits, two of them decimals (DR-105)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?")
_DECIMAL = re.compile(r"\d+(?:\.\d{1,2})?")
_FRACTION = re.compile(r"(\d)/(\d)")
_AND = ("na", "and", "a")


@dataclass(frozen=True)
class Number:
    """A number as read: its value (None when it is none that can be meant), how many tokens it took."""

    value: Decimal | None
    tokens: int
    languages: frozenset[str]


def digits(text: str) -> Decimal | None:
    """A number in digits: `2.5`, `4,200`, `1/2`; None for what cannot be meant (`5,5`, `5.555`, 0)."""
    fraction = _FRACTION.fullmatch(text)
    try:
        if fraction:
            value = Decimal(fraction[1]) / Decimal(fraction[2])
        elif _DECIMAL.fullmatch(text) or _THOUSANDS.fullmatch(text):
            value = Decimal(text.replace(",", ""))
        else:
            return None
    except (InvalidOperation, ZeroDivisionError):
        return None
    good = 0 < value < LARGEST and value == value.quantize(Decimal("0.01"))
    return value if good else None


@cache
def number_words() -> dict[str, tuple[Decimal, frozenset[str]]]:
    """Phrase -> value and the languages it is said in (data/number_words.csv)."""
    found: dict[str, tuple[Decimal, frozenset[str]]] = {}

    def add(phrase: str, value: Decimal, language: str) -> None:
        known = found.get(phrase, (value, frozenset()))
        found[phrase] = (known[0], known[1] | {language})

    for row in rows("number_words.csv"):
        if plain(row["word"]) != "dozen":  # a unit first
            add(plain(row["word"]), Decimal(row["value"]), row["lang"])
    for table in (AGREEING, NUMERALS):
        for language, numerals in table.items():
            for value, forms in numerals.items():
                for form in forms.split():
                    add(form.replace("_", " "), Decimal(str(value)), language)
    return found


@cache
def _openings() -> frozenset[str]:
    """The words that a number may begin with: most words of a text are none of them."""
    return frozenset(phrase.split()[0] for phrase in number_words())


def number_at(words: Sequence[Token], start: int) -> Number | None:
    """The number that begins at `start`, in digits or words: `5`, `2 na nusu`, `mia mbili hamsini`."""
    found = _sum_at(words, start, Decimal(10) ** 12)
    if found is None or found.value is None or 0 < found.value < LARGEST:
        return found
    return Number(None, found.tokens, found.languages)


def _sum_at(words: Sequence[Token], start: int, below: Decimal) -> Number | None:
    """A sum whose first part is less than `below`: thousands, then hundreds, then the rest."""
    first = _simple(words, start)
    if first is None or first.value is None:
        return first
    value, used, languages = first.value, first.tokens, first.languages
    if value >= below:
        return None
    while (step := _multiplied(words, start + used, value, languages)) is not None and step.value:
        value, used, languages = step.value, used + step.tokens, languages | step.languages
    while (step := _added(words, start, used, value, languages)) is not None and step.value:
        value, used, languages = step.value, used + step.tokens, languages | step.languages
    return Number(value, used, languages)


def _simple(words: Sequence[Token], start: int) -> Number | None:
    if start >= len(words):
        return None
    if words[start].kind == "number":
        return Number(digits(words[start].text), 1, frozenset())
    if words[start].text not in _openings():
        return None
    for length in (3, 2, 1):
        part = words[start : start + length]
        if len(part) == length and all(token.kind == "word" for token in part):
            known = number_words().get(" ".join(token.text for token in part))
            if known:
                return Number(known[0], length, known[1])
    return None


def _multiplied(
    words: Sequence[Token], at: int, value: Decimal, languages: frozenset[str]
) -> Number | None:  # fmt: skip
    """`two` + `hundred`, `mia` + `mbili`, `elfu` + `2`, `3` + `k`."""
    after = _simple(words, at)
    if after is None or after.value is None:
        return None
    in_digits = words[at].kind == "number"
    if not in_digits and value < 100 and after.value >= 100 and after.languages & {"en", "sheng"}:
        return Number(value * after.value, after.tokens, after.languages)
    if not in_digits and value < 1000 and after.value == 1000 and after.languages & languages & {"en"}:
        return Number(value * after.value, after.tokens, after.languages)
    several = value >= 100 and value in (100, 200, 1000, 100000) and languages & {"sw", "ki", "sheng"}
    counted = after.value < 100 and after.value == after.value.to_integral()
    if value == 200 or not several or not counted or (value == 100 and after.value >= 10):
        return None  # "igana 30": a hundred, at thirty
    return Number(value * after.value, after.tokens, after.languages)


def _added(
    words: Sequence[Token], start: int, used: int, value: Decimal, languages: frozenset[str]
) -> Number | None:  # fmt: skip
    """`kumi` + `na mbili`, `twenty` + `five`, `2` + `na nusu`, `elfu mbili` + `mia tano`."""
    at, skip = start + used, 0
    while at + skip < len(words) and skip < 2 and words[at + skip].text in _AND:
        skip += 1
    part = _simple(words, at + skip)
    if part is None or part.value is None:
        return None
    whole = value == value.to_integral()
    if part.value < 1 and whole and (skip or words[at].kind == "number"):
        return Number(value + part.value, skip + part.tokens, part.languages)
    if words[at + skip].kind == "number" or words[start].kind == "number" or not whole:
        return None
    room = _room(value)
    if not room or not (part.languages & languages or languages == {"sheng"}):
        return None
    spoken = skip == 0 or words[at].text != "a"
    rest = _sum_at(words, at + skip, room)
    if not spoken or rest is None or rest.value is None or rest.value >= room or rest.value < 1:
        return None
    if skip == 0 and room <= 10 and "en" not in languages and value < 20:
        return None  # "kumi mbili" is no twelve
    return Number(value + rest.value, skip + rest.tokens, rest.languages)


def _room(value: Decimal) -> Decimal:
    """What may still be added to a round number: less than 10 to 20, less than 100 to 200, and so on."""
    for size in (100000, 1000, 100, 10):
        if value >= size and value % size == 0:
            return Decimal(size)
    return Decimal(0)
