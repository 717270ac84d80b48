"""Two commands in one text (`picked 1042 and on the way`, `cancel A3B7 and pay K9ME`): neither may be lost.

Nothing is done on such a text, and whoever wrote it is told which one to send first.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sms import references
from sms.keywords import keywords
from sms.lexicon import JOINS, NAMING
from sms.reading import Reading
from sms.reading.text import Text
from sms.words import Token

MOST_WORDS = 16
# What only tells may stand beside anything; these do something.
_TELLING = frozenset(("unknown", "help", "status", "price", "list_products", "weather", "terms", "more"))


def read(text: Text, command: Callable[[Text], Reading | None], *, own_words: bool = False) -> Reading | None:
    """`unknown` with the first of two commands, of which at least one does something; None if it is not that.

    command    how one of them is read alone
    own_words  the whole is a reason or a comment: only what names an order of its own is another command
    """
    said = text.said
    if not 2 < len(said) <= MOST_WORDS or text.asks:
        return None
    for at in range(1, len(said)):
        opens = keywords().at(text.words, at) is not None
        left = said[:at]
        while left and left[-1].text in JOINS:
            left = left[:-1]
        joined = bool(left) and (len(left) < at or _signed(text, said[at - 1], said[at]))
        if not left or not (opens or joined):
            continue
        first = _sure(command, text, left)
        if first is None:
            continue
        if joined and _only_an_order(said[at:]) and named(first):
            return _first(first) if first.intent not in _TELLING else None
        second = _sure(command, text, said[at:])
        if second is None or not (named(first) or named(second)) or _one(first, second):
            continue
        if own_words and not named(second):
            continue
        if not {first.intent, second.intent} <= _TELLING:
            return _first(first)
    return None


def named(reading: Reading) -> bool:
    """Whether it names an order, a job or a code: a plain command, and no story."""
    return bool(reading.slots.keys() & {"order", "job", "code"})


def _one(first: Reading, second: Reading) -> bool:
    """Two halves of one: `agree` and `accept A3B7`; a list of goods."""
    same = first.intent == second.intent
    return same and (not named(first) or not named(second) or first.slots == second.slots)


def _first(first: Reading) -> Reading:
    return Reading("unknown", {}, 0.6, first=first)


def _sure(command: Callable[[Text], Reading | None], text: Text, said: Sequence[Token]) -> Reading | None:
    """What these words alone do, if they are plain about it."""
    start, end = said[0].start, said[-1].end
    tokens = [token for token in text.tokens if start <= token.start and token.end <= end]
    found = command(replace(text, flat=" " * start + text.flat[start:end], tokens=tokens, awaiting=None))
    return found if found is not None and found.ask is None and found.confidence > 0.7 else None


def _only_an_order(said: Sequence[Token]) -> bool:
    reference, left = references.take(said)
    return reference is not None and not reference.isdigit() and all(t.text in NAMING for t in left)


def _signed(text: Text, before: Token, after: Token) -> bool:
    return any(t.kind == "sign" and before.end <= t.start < after.start for t in text.tokens)
