"""Numbers in what people write to each other: hidden however they are written (DR-1603).

A phone number may be in digits with anything between them, in letters that look like digits, or in words of
any of the three languages; a till or paybill is shorter, and money sent there is money we never saw. Hiding
errs on the safe side: a hidden figure costs a question, a shown one costs somebody her protection.
"""

import re
import unicodedata
from functools import cache

from core.reference import rows
from core.traffic.masks import HIDDEN, mask_links, mask_phones
from core.words import plain

# So many digits in one run are a number to call or to pay; prices and amounts have fewer.
MANY = 5
_PIECE = re.compile(r"[^\W\d_]+|\d+")
# What is a figure for another reason: an order's number, a day, a time, thousands parted by commas.
_ELSE = re.compile(
    r"(?:TUN)?\d{6}(?=[A-Z0-9]{4}\b)(?=[0-9]*[A-Z])[A-Z0-9]{4}\b"
    r"|(?<![\d/.-])\d{1,2}[/.-]\d{1,2}(?:[/.-](?:20)?\d\d)?(?![\d/.-])"
    r"|(?<![\d:])\d{1,2}[:.]\d\d ?(?:- ?\d{1,2}[:.]\d\d)?(?![\d:])"
    r"|(?<![\d,])\d{1,3}(?:,\d{3})+(?![\d,])",
    re.IGNORECASE,
)
# Behind these words, and few others between, any figure of three digits or more is where money is to go.
_PAY_TO = re.compile(
    r"(?P<word>\b(?:till|paybill|pay bill|pochi|buy goods|lipa na|lipa namba|account|akaunti|acc|a/c)\b"
    r"(?:\W+(?:no|number|namba|nambari|yangu|ni|is|my|ya|the|biashara|la|mpesa|m-pesa)\b)*\W{0,3})"
    r"(?P<number>\d[\d ./-]{1,20}\d)",
    re.IGNORECASE,
)
# A whole number of a phone dressed up as times, days, thousands or with letters for noughts: 07:22 00:01 11.
_DRESSED = re.compile(r"(?<!\w)\+?[0-9O](?:[\s:.,/-]{0,3}[0-9OIl]){9,11}(?!\w)", re.IGNORECASE)
_DRESSED_LETTERS = str.maketrans("oil", "011")
_PHONE = re.compile(r"(?:0|254)[17][0-9]{8}")
_YEAR = re.compile(r"[/.-]20[0-9]{2}(?![0-9])")
_LOOKALIKE = frozenset("oil")
_JOINING = frozenset(("na", "and", "then", "kisha"))
_TIMES = {"double": 1, "triple": 2}
_ZEROS = frozenset(("oh", "nought", "nil", "ziro", "zeros"))


def hidden(text: str) -> str:
    """`text` as the other party gets it who may not have the writer's number: phones as `07******78`, other
    numbers and addresses of the web as `***`."""
    plainly = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)
    return _in_any_writing(hidden_tills(mask_links(_DRESSED.sub(_undressed, mask_phones(plainly)))))


def _undressed(match: re.Match[str]) -> str:
    """`***` for a phone number, however its figures are parted; a day with its year and hour stays."""
    figures = re.sub(r"[^0-9]", "", match[0].lower().translate(_DRESSED_LETTERS))
    return HIDDEN if _PHONE.fullmatch(figures) and not _YEAR.search(match[0]) else match[0]


def hidden_tills(text: str) -> str:
    """`text` without the numbers that money could go to: those that two have who may call each other."""
    return _PAY_TO.sub(lambda match: f"{match['word']}{HIDDEN}", text)


def _in_any_writing(text: str) -> str:
    """Every run of digits and words of digits that is long enough becomes `***`."""
    kept = [match.span() for match in _ELSE.finditer(text)]
    runs: list[tuple[int, int]] = []
    start = end = digits = 0
    worded = False

    def close() -> None:
        if digits >= MANY:
            runs.append((start, end))

    for match in _PIECE.finditer(text):
        word = plain(match[0])
        other = any(begin < match.end() and match.start() < stop for begin, stop in kept)
        count = 0 if other else _digits(word, joined=digits > 0 and text[end : match.start()] == "")
        near = match.start() - end <= 3
        if digits and near and worded and word in _JOINING:
            end = match.end()
            continue
        if count and digits and near:
            digits, end, worded = digits + count, match.end(), not word.isdigit()
            continue
        close()
        start, end, digits, worded = match.start(), match.end(), count, not word.isdigit()
    close()
    for begin, stop in reversed(runs):
        text = text[:begin] + HIDDEN + text[stop:]
    return text


def _digits(word: str, *, joined: bool) -> int:
    """How many digits `word` stands for; 0 where it is none.

    joined  it sticks to a figure: there an O is a nought and an I a one
    """
    if word.isdigit():
        return len(word)
    if joined and word and set(word) <= _LOOKALIKE:
        return len(word)
    return _spoken().get(word, 0)


@cache
def _spoken() -> dict[str, int]:
    """Words for figures below a hundred, and how many digits each is; who dictates a number says these."""
    found = dict.fromkeys(_ZEROS, 1) | _TIMES
    for row in rows("number_words.csv"):
        word, value = plain(row["word"]), row["value"]
        if " " not in word and value.isdigit() and int(value) < 100:
            found[word] = len(value)
    return found
