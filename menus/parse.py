"""From what people type to values; what cannot be read gets one sentence that says how to write it.

Every parser raises `Again`. Numbers are never guessed: a comma is a decimal comma only before one or two
digits, and a third decimal is refused (DR-101, DR-105).
"""

import re
from decimal import Decimal
from string import capwords

from core.words import plain, tidy
from locales.mark import _
from menus.talk import Again, Talk

DIVISIBLE = frozenset({"kg", "g", "litre", "tonne"})
MOST = Decimal(99999)
DEAREST = Decimal(1_000_000)
NAME_LONGEST = 30
LANDMARK_LONGEST = 80

DIGITS_ONLY = _("Digits only, for example 50.")
ABOVE_ZERO = _("It must be more than 0.")
TWO_DECIMALS = _("Two decimals at most, for example 5.5.")
NO_THOUSANDS = _("Write it without a comma, for example 1500.")
WHOLE_ONLY = _("Whole numbers only, for example 3.")
TOO_MUCH = _("That is too much: {maximum} at most.")
TOO_MANY = _("That is too much: {qty} at most.")
NAME_IN_LETTERS = _("Write the name in letters.")
MORE_WORDS = _("Write it in words, for example: near the church.")
FOUR_DIGITS = _("The code has 4 digits.")

_AROUND = re.compile(r"^(?:kshs?|kes|sh)\.?|(?:kgs?|kilos?|sh|/=|/-|\.-)$")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?")
_POINT = re.compile(r"[0-9]+\.[0-9]{3,}")
_COMMA = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?|[0-9]+,[0-9]{3,}")


def number(answer: str) -> Decimal:
    """A number above zero, two decimals at most: `50`, `5.5`, `5,5`, `50kg`, `KSh 80`."""
    text = _AROUND.sub("", answer.lower().replace(" ", "")).strip()
    if text.startswith(("-", "\u2212")) and _PLAIN.fullmatch(text[1:]):
        raise Again(ABOVE_ZERO)
    if _POINT.fullmatch(text):
        raise Again(TWO_DECIMALS)
    if _COMMA.fullmatch(text):
        raise Again(NO_THOUSANDS)
    if not _PLAIN.fullmatch(text):
        raise Again(DIGITS_ONLY)
    value = Decimal(text.replace(",", "."))
    if value == 0:
        raise Again(ABOVE_ZERO)
    return value


def quantity(talk: Talk, answer: str) -> str:
    """How many of slot `unit`; packs, pieces and dozens are whole (DR-105). As text, "5.5"."""
    value = number(answer)
    if value > MOST:
        raise Again(TOO_MANY, qty=MOST)
    if value != value.to_integral() and talk.slots["unit"] not in DIVISIBLE:
        raise Again(WHOLE_ONLY)
    return str(value)


def price(talk: Talk, answer: str) -> str:
    """Shillings for one unit, within DR-404's hard bounds. As text, "80"."""
    value = number(answer)
    if value > DEAREST:
        raise Again(TOO_MUCH, maximum=DEAREST)
    if value < 1:
        raise Again(ABOVE_ZERO)
    return str(value)


def first_name(talk: Talk, answer: str) -> str:
    """A first name: letters, also with an apostrophe, hyphen or space."""
    name = tidy(answer, NAME_LONGEST)
    if not name or not all(c.isalpha() or c in "'’- ." for c in name) or not plain(name):
        raise Again(NAME_IN_LETTERS)
    if name not in (name.lower(), name.upper()):
        return name
    return "-".join(capwords(part) for part in name.split("-"))


def in_words(answer: str, longest: int, again: str, *, letters: int = 2) -> str:
    """Somebody's own words as they are kept; `again` is said where there are fewer than so many letters."""
    words = tidy(answer, longest)
    if sum(c.isalpha() for c in words) < letters:
        raise Again(again)
    return words


def landmark(talk: Talk, answer: str) -> str:
    """Words by which a rider finds a door (DR-303)."""
    return in_words(answer, LANDMARK_LONGEST, MORE_WORDS, letters=3)


def plate(talk: Talk, answer: str) -> str:
    """A number plate as typed; core says what a plate looks like."""
    return tidy(answer, 12).upper()


def code(talk: Talk, answer: str) -> str:
    """A delivery code; it goes on for this hop only and into no slot (DR-1205)."""
    digits = answer.replace(" ", "")
    if not re.fullmatch(r"[0-9]{4}", digits):
        raise Again(FOUR_DIGITS)
    return digits
