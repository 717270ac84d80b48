"""The alphabet of a phone: counting septets and segments, and folding text into the basic GSM table.

Proper Kikuyu is stored and shown on the web; here, and only here, it is folded for the wire (a single tilde
letter would halve a message). Characters of the extension table cost two septets and are not rendered by
every operator, so they are folded too.
"""

import unicodedata
from dataclasses import dataclass

import smsutil

SEGMENT = 160
FIRST_CONTACT = 110  # the provider may append its opt-out text to a number's first message

_REPLACED = str.maketrans(
    {
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\t": " ", "\r": "\n",
        "‘": "'", "’": "'", "‛": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "×": "x", "½": "1/2", "¼": "1/4",
        "[": "(", "]": ")", "{": "(", "}": ")", "^": "'", "~": "-", "|": "/", "\\": "/", "€": "EUR",
        "\f": "\n", "ç": "c",
    }
)  # fmt: skip

# The library knows the alphabet; asked once, since a hop measures a dozen texts.
_ALPHABET = frozenset(c for c in map(chr, range(0x2200)) if smsutil.is_valid_gsm(c))
_BASIC = _ALPHABET - frozenset(smsutil.GSM_EXT_CHARSET)
_AS_IT_IS = _BASIC - {"\r"}


@dataclass(frozen=True)
class Measure:
    """How a text travels: encoding "GSM-7" or "UCS-2", units (septets or UTF-16 units), segments."""

    encoding: str
    units: int
    segments: int


def measure(text: str) -> Measure:
    """What `text` costs as an SMS; the empty text counts as one segment."""
    parts = max(len(smsutil.split(text).parts), 1)
    if in_alphabet(text):
        return Measure("GSM-7", septets(text), parts)
    return Measure("UCS-2", len(text.encode("utf-16-be")) // 2, parts)


def septets(text: str) -> int:
    """The septets of a text in the GSM alphabet; an extension character counts two."""
    return len(text) + sum(map(text.count, smsutil.GSM_EXT_CHARSET))


def in_alphabet(text: str) -> bool:
    """Whether every character is in GSM 03.38, basic or extension table."""
    return _ALPHABET.issuperset(text)


def is_basic(text: str) -> bool:
    """Whether every character is in the basic GSM table (one septet each)."""
    return _BASIC.issuperset(text)


def outsiders(text: str) -> tuple[str, ...]:
    """The characters of `text` that no GSM table has, each of which makes it UCS-2, with their names."""
    strange = dict.fromkeys(character for character in text if character not in _ALPHABET)
    return tuple(f"{c} (U+{ord(c):04X}, {unicodedata.name(c, 'unnamed')})" for c in strange)


def fold(text: str) -> str:
    """`text` in the basic GSM table: tilde letters lose their tilde, quotes straighten, emoji vanish."""
    if _AS_IT_IS.issuperset(text):
        return text
    replaced = unicodedata.normalize("NFC", text).translate(_REPLACED)
    if is_basic(replaced):
        return replaced
    return "".join(_letter(character) for character in replaced)


def _letter(character: str) -> str:
    if is_basic(character):
        return character
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return plain if plain and is_basic(plain) else ""
