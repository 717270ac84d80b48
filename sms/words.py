"""A text as words: folded, split, glued pieces parted (`5kg`, `halfkilo`, `nyanya5kg`).

Nothing here knows products, places or commands; whoever does hands in what it knows for parting words.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.words import plain
from sms.lexicon import UNITS

LONGEST_TEXT = 600  # what is read of a text; four segments say all that a command can say
MOST_TOKENS = 90
Parting = Callable[[str], Sequence[str]]  # a word -> the words it is made of, or nothing

_TOKEN = re.compile(
    r"(?P<phone>(?<![\w])(?:\+?254[ -]?|0)[17](?:[ -]?\d){8}(?!\d)|(?<![\w])[17]\d{8}(?!\w))"
    r"|(?P<minus>(?<![\w])-(?=\d))?(?P<glued>\d+(?:[.,/]\d+)*[a-z]+(?![a-z0-9]))"
    r"|(?P<stuck>[a-z]+\d+(?:[.,]\d+)*[a-z]*(?![a-z0-9]))"
    r"|(?P<mixed>\d*[a-z]+\d[a-z0-9]*)"
    r"|(?P<sum>\d+(?:[.,]\d+)*(?= ?/[=-]))"
    r"|(?P<number>(?:(?<![\w])-)?\d+(?:[.,/]\d+)*)"
    r"|(?P<word>[a-z]+)"
    r"|(?P<sign>[@?,;+&#*/\n-])"
)
_GLUED = re.compile(r"(-?\d+(?:[.,/]\d+)*)([a-z]+)")
_STUCK = re.compile(r"([a-z]+)(\d+(?:[.,]\d+)*)([a-z]*)")
_KEPT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789@?,;.+&#*/-=' ")
_BOB = "bob"


@dataclass(frozen=True)
class Token:
    """A piece of a text: a word, a number, a reference (`a3b7`), a phone number or a sign.

    start, end  where it stood in the folded text
    guessed     the text has it misspelt; what it does is asked about
    """

    text: str
    kind: str  # word, number, mixed, phone, sign
    start: int
    end: int
    guessed: bool = False


def folded(text: str) -> str:
    """`text` in lower case, without accents and emoji; `½` is ` 1/2`. What is too long to mean one thing is
    cut off."""
    text = text[: 2 * LONGEST_TEXT].replace("½", " 1/2").replace("¼", " 1/4").replace("¾", " 3/4")
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")[:LONGEST_TEXT]
    text = _LISTED.sub("\n", text) if _is_listed(text) else text
    text = _WALLET.sub("mpesa", text)
    return _SOON.sub(r"to\1", "\n".join(plain_line(line) for line in text.splitlines()))


_WALLET = re.compile(r"\bm[- ]pesa\b", re.I)
_SOON = re.compile(r"\b2(day|moro|morow|morrow|mrw|nite|night)\b")
_LISTED = re.compile(r"(?<!\S)\d{1,2}\s?[.)](?=\s?[^\W\d])")


def _is_listed(text: str) -> bool:
    """Whether things are numbered (`1) tomatoes 2kg 2) onions 1kg`): no amounts, in lines or not."""
    numbers = [int(match[0].rstrip(" .)")) for match in _LISTED.finditer(text)]
    return len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1))


def plain_line(line: str) -> str:
    """One line, folded but with the signs that carry meaning kept."""
    lower = line.replace("'", "").lower()
    if _KEPT.issuperset(lower):
        return lower
    return "".join(c if c in _KEPT else _letter(c) for c in lower)


def _letter(character: str) -> str:
    if unicodedata.category(character) in ("Mn", "Cf"):  # what is laid over a letter, or shows nothing
        return ""
    return plain(character) or " "


def tokens(text: str, parting: Parting = lambda word: ()) -> list[Token]:
    """The tokens of a folded text; `parting` says which known words a glued word is made of."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        piece, start, end = match[0], match.start(), match.end()
        if kind == "glued":
            found += _parted(piece, start, end, parting)
        elif kind == "stuck":
            found += _unstuck(piece, start, end, parting)
        elif kind == "sum":  # 80/=
            found += [Token(piece, "number", start, end), Token(_BOB, "word", end, end)]
        elif kind == "word":
            found += _words(piece, start, end, parting)
        elif kind == "mixed" and len(piece) > _LONGEST_TAIL:
            found += _unmixed(piece, start, end, parting)
        else:
            found.append(Token(piece, kind, start, end))
        if len(found) > MOST_TOKENS:
            break
    return found


def _words(piece: str, start: int, end: int, parting: Parting) -> list[Token]:
    parts = _half(piece) or parting(piece)
    if not parts:
        return [Token(piece, "word", start, end)]
    found, at = [], start
    for part in parts:
        found.append(Token(part, "word", at, at + len(part)))
        at += len(part)
    return found


def _parted(piece: str, start: int, end: int, parting: Parting) -> list[Token]:
    """`5kg` as 5 and kg, `5kgtomatoes` as three; `33ab` (an order's tail) stays whole."""
    match = _GLUED.fullmatch(piece)
    assert match is not None, "the pattern of glued pieces"
    number, letters = match.groups()
    middle = start + len(number)
    head = Token(number, "number", start, middle)
    if letters in UNITS or letters in _BEHIND_NUMBERS or letters in _COINS:
        return [head, Token(letters, "word", middle, end)]
    for unit in sorted(UNITS, key=len, reverse=True):
        if len(unit) > 1 and letters.startswith(unit) and len(letters) > len(unit) + 2:
            rest = _words(letters[len(unit) :], middle + len(unit), end, parting)
            return [head, Token(unit, "word", middle, middle + len(unit)), *rest]
    if len(letters) > 3 or parting(letters):
        return [head, *_words(letters, middle, end, parting)]
    return [Token(piece, "mixed", start, end)]


_BEHIND_NUMBERS = frozenset(("k", "x", "st", "nd", "rd", "th", "am", "pm", "min", "mins", "hr", "hrs"))


def _unmixed(piece: str, start: int, end: int, parting: Parting) -> list[Token]:
    """`nyanya3kgkitunguu2kg` as six, if it knows all of them; else whole, as `a3b7`."""
    found: list[Token] = []
    for match in _RUN.finditer(piece):
        at, to = start + match.start(), start + match.end()
        letters = match[0].isalpha()
        found += _words(match[0], at, to, parting) if letters else _parted(match[0], at, to, parting)
        if found[-1].kind == "mixed" or (letters and not parting(match[0])):
            return [Token(piece, "mixed", start, end)]
    return found


_LONGEST_TAIL = 13  # a whole order's number
_RUN = re.compile(r"[a-z]+(?=\d)|\d+(?:[.,/]\d+)*[a-z]+")


def _unstuck(piece: str, start: int, end: int, parting: Parting) -> list[Token]:
    """`nyanya5kg` as three, `ksh80` as two; `tun250624a3b7`, `ab12` and whatever it does not know stay."""
    match = _STUCK.fullmatch(piece)
    assert match is not None, "the pattern of stuck pieces"
    letters, number, after = match.groups()
    if len(piece) == 4 and len(letters) == 1 and after not in UNITS and (after or letters != "x"):
        return [Token(piece, "mixed", start, end)]  # `G4DB` is the tail of an order's number
    known = letters in UNITS or letters in _COINS or letters == "x" or parting(letters)
    if not known or (len(piece) == 4 and letters not in UNITS and letters not in _COINS and letters != "x"):
        return [Token(piece, "mixed", start, end)]
    middle = start + len(letters)
    head = [] if letters == "x" else _words(letters, start, middle, parting)
    behind = (
        _parted(number + after, middle, end, parting) if after else [Token(number, "number", middle, end)]
    )
    return [*head, *behind]


_COINS = frozenset(("ksh", "kes", "sh", "shs", "kshs", _BOB, "kwa", "at"))


def _half(word: str) -> tuple[str, str] | None:
    for prefix in ("half", "nusu", "robo", "quarter"):
        if word.startswith(prefix) and word[len(prefix) :] in UNITS:
            return prefix, word[len(prefix) :]
    return None
