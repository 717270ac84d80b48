"""A text as words: folded, split, glued pieces parted (`5kg`, `halfkilo`), numbers and units recognised.

Nothing here knows products, places or commands.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from core.reference import rows
from core.words import plain
from sms.lexicon import AGREEING, UNITS

LARGEST = Decimal(10) ** 8  # a quantity has ten digits, two of them decimals (DR-105)

_TOKEN = re.compile(
    r"(?P<minus>(?<![\w])-(?=\d))?(?P<glued>\d+(?:[.,/]\d+)*[a-z]+(?![a-z0-9]))"
    r"|(?P<mixed>\d*[a-z]+\d[a-z0-9]*)"
    r"|(?P<number>(?:(?<![\w])-)?\d+(?:[.,/]\d+)*)"
    r"|(?P<word>[a-z]+)"
    r"|(?P<sign>[@?,;+&#*/\n-])"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?")
_DECIMAL = re.compile(r"\d+(?:\.\d{1,2})?")
_FRACTION = re.compile(r"(\d)/(\d)")
_GLUED = re.compile(r"(-?\d+(?:[.,/]\d+)*)([a-z]+)")
_GLUED_BACK = re.compile(r"([a-z]+)(\d+)")


@dataclass(frozen=True)
class Token:
    """A piece of a text: a word, a number, a reference (`a3b7`) or a sign.

    start, end  where it stood in the folded text
    """

    text: str
    kind: str  # word, number, mixed, sign
    start: int
    end: int


@dataclass(frozen=True)
class Number:
    """A number as read: its value (None when it is none that can be meant), how many tokens it took."""

    value: Decimal | None
    tokens: int
    languages: frozenset[str]


def folded(text: str) -> str:
    """`text` in lower case, without accents and emoji, of the same length or shorter; `½` is ` 1/2`."""
    text = text.replace("½", " 1/2").replace("¼", " 1/4").replace("¾", " 3/4").replace("’", "'")
    lines = (plain_line(line) for line in text.splitlines())
    return "\n".join(lines)


def plain_line(line: str) -> str:
    """One line, folded but with the signs that carry meaning kept."""
    return "".join(c if c in _KEPT else (plain(c) or " ") for c in line.replace("'", ""))


_KEPT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789@?,;.+&#*/-' ")


def tokens(text: str) -> list[Token]:
    """The tokens of a folded text."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        piece, start, end = match[0], match.start(), match.end()
        if kind == "glued":
            found += _parted(piece, start, end)
        elif kind == "mixed" and (back := _GLUED_BACK.fullmatch(piece)) and back[1] in UNITS:
            found += [Token(back[1], "word", start, start), Token(back[2], "number", start, end)]
        elif kind == "word" and (half := _half(piece)):
            found += [Token(half[0], "word", start, start), Token(half[1], "word", start, end)]
        else:
            found.append(Token(piece, kind, start, end))
    return found


def _parted(piece: str, start: int, end: int) -> list[Token]:
    """`5kg` as 5 and kg, `5kgtomatoes` as three; `33ab` (an order's tail) stays whole."""
    match = _GLUED.fullmatch(piece)
    assert match is not None, "the pattern of glued pieces"
    number, letters = match.groups()
    if letters in UNITS or letters == "k":
        return [Token(number, "number", start, start), Token(letters, "word", start, end)]
    for unit in sorted(UNITS, key=len, reverse=True):
        if len(unit) > 1 and letters.startswith(unit) and len(letters) > len(unit) + 2:
            return [
                Token(number, "number", start, start),
                Token(unit, "word", start, start),
                Token(letters[len(unit) :], "word", start, end),
            ]
    if len(letters) > 3:
        return [Token(number, "number", start, start), Token(letters, "word", start, end)]
    return [Token(piece, "mixed", start, end)]


def _half(word: str) -> tuple[str, str] | None:
    for prefix in ("half", "nusu", "robo"):
        if word.startswith(prefix) and word[len(prefix) :] in UNITS:
            return prefix, word[len(prefix) :]
    return None


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
    for row in rows("number_words.csv"):
        phrase = plain(row["word"])
        if phrase == "dozen":  # a unit first
            continue
        languages = found[phrase][1] if phrase in found else frozenset()
        found[phrase] = (Decimal(row["value"]), languages | {row["lang"]})
    for language, numerals in AGREEING.items():
        for value, forms in numerals.items():
            for form in forms.split():
                known = found.get(form, (Decimal(value), frozenset()))
                found[form] = (known[0], known[1] | {language})
    return found


def number_at(words: list[Token], start: int) -> Number | None:
    """The number that begins at `start`, in digits or words: `5`, `2 na nusu`, `mia mbili`."""
    first = _simple(words, start)
    if first is None:
        return None
    value, used, languages = first.value, first.tokens, first.languages
    while value is not None:
        following = start + used
        step = _multiplied(words, following, value, languages) or _added(words, following, value, languages)
        if step is None:
            break
        value, used, languages = step.value, used + step.tokens, languages | step.languages
    if value is not None and not 0 < value < LARGEST:
        value = None
    return Number(value, used, languages)


def _simple(words: list[Token], start: int) -> Number | None:
    if start >= len(words):
        return None
    if words[start].kind == "number":
        return Number(digits(words[start].text), 1, frozenset())
    for length in (3, 2, 1):
        part = words[start : start + length]
        if len(part) == length and all(token.kind == "word" for token in part):
            known = number_words().get(" ".join(token.text for token in part))
            if known:
                return Number(known[0], length, known[1])
    return None


def _multiplied(words: list[Token], at: int, value: Decimal, languages: frozenset[str]) -> Number | None:
    """`two` + `hundred`, `mia` + `mbili`, `3` + `k`."""
    after = _simple(words, at)
    if after is None or after.value is None or words[at].kind == "number":
        return None
    if value < 100 and after.value >= 100 and after.languages & {"en", "sheng"}:
        return Number(value * after.value, after.tokens, after.languages)
    if value >= 100 and after.value < 100 and languages & {"sw", "ki"} and after.languages & languages:
        return Number(value * after.value, after.tokens, after.languages)
    return None


def _added(words: list[Token], at: int, value: Decimal, languages: frozenset[str]) -> Number | None:
    """`kumi` + `na mbili`, `twenty` + `five`, `2` + `na nusu`, `one` + `and a half`."""
    skip = 0
    while at + skip < len(words) and words[at + skip].text in ("na", "and", "a"):
        skip += 1
    after = _simple(words, at + skip)
    if after is None or after.value is None:
        return None
    if after.value < 1 and (skip or words[at].kind == "number") and value == value.to_integral():
        return Number(value + after.value, skip + after.tokens, after.languages)
    ones = after.value < 10 and after.value == after.value.to_integral() and words[at + skip].kind == "word"
    tens = value >= 10 and value % 10 == 0 and bool(languages & after.languages)
    joined = (skip == 1 and words[at].text == "na") or (skip == 0 and "en" in languages and value < 100)
    if ones and tens and joined:
        return Number(value + after.value, skip + after.tokens, after.languages)
    return None
