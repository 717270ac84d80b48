"""One text on the table: its words, who sent it, and what was asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sms.items import Wanted, parse
from sms.keywords import keywords
from sms.lexicon import GREETINGS, KIN, NAMING, OWNED, POLITE, UNITS
from sms.reading.produce import Produce
from sms.reading.signs import Doubts, doubts
from sms.wording import words_in
from sms.words import Token

_LONGEST_GREETING = 4
_GREETINGS = frozenset(GREETINGS)
# A request put as a question: "can I get 3kg?", "mnaweza kuniletea".
REQUESTS = words_in(
    "can could may naweza naeza mnaweza unaweza nikipata please nipate nipatie tafadhali pls kindly",
)


@dataclass(frozen=True)
class Text:
    """A text, folded and split.

    original  as it was written
    tokens    with signs; `said` without
    awaiting  the kind of answer an open question waits for, or None
    role      customer, farmer, rider, agent, or None
    """

    original: str
    flat: str
    tokens: Sequence[Token]
    produce: Produce
    awaiting: str | None
    role: str | None

    @cached_property
    def said(self) -> list[Token]:
        """The words, numbers and references, without what stands around them out of politeness."""
        words = [token for token in self.tokens if token.kind != "sign"]
        if " ".join(token.text for token in words) in keywords().by_phrase:
            return words
        return self._bare([token for at, token in enumerate(words) if not _is_numero(words, at)])

    @cached_property
    def words(self) -> list[str]:
        """`said` as plain words."""
        return [token.text for token in self.said]

    @property
    def asks(self) -> bool:
        """Whether there is a question mark."""
        return "?" in self.flat

    def doubts(self, rest: Sequence[Token]) -> Doubts:
        """The doubts that these words raise."""
        return doubts([token.text for token in rest])

    def wanted(self, rest: Sequence[Token]) -> Wanted:
        """The items among these words, with the signs between them."""
        if not rest:
            return Wanted()
        spoken = tuple(token.start for token in rest)
        if spoken not in self._parsed:
            inside = frozenset(rest)
            first = rest[0].start - 2
            kept = [t for t in self.tokens if t in inside or (t.kind == "sign" and t.start > first)]
            self._parsed[spoken] = parse(kept, self.flat, self.produce)
        return self._parsed[spoken].copied()

    @cached_property
    def _parsed(self) -> dict[tuple[int, ...], Wanted]:
        """What was found among words, by where they stand: several commands look at the same ones."""
        return {}

    def written(self, part: str) -> str:
        """A part of the folded text in the sender's own letters."""
        found = self.original.lower().rfind(part)
        return self.original[found : found + len(part)] if found >= 0 and part else part

    def free(self, rest: Sequence[Token]) -> str:
        """These words as they were written, signs and all; "" for none."""
        if not rest:
            return ""
        said = self.flat[rest[0].start :]
        return unthanked(" ".join(self.written(said.strip()).split()))

    def _is_phrase(self, said: Sequence[Token]) -> bool:
        """Whether the words are a command of their own: `iko sawa` ends in no politeness."""
        return " ".join(token.text for token in said) in keywords().by_phrase

    def _bare(self, said: list[Token]) -> list[Token]:
        """Without greetings before and politeness behind; whole if nothing else is there."""
        start, end = 0, len(said)
        while start < end and not self._is_phrase(said[start:]) and (length := _greets(said, start)):
            start += length
        while (
            end > start
            and not self._is_phrase(said[start:end])
            and said[end - 1].text in POLITE
            and said[end - 1].text not in ("na", "ni", "my", "u")
            and not (end > 1 and said[end - 1].text in KIN and said[end - 2].text in OWNED)
        ):
            end -= 1
        for length in (4, 3, 2):
            if self._is_phrase(said[start:end]):
                break
            if end - length > start and " ".join(t.text for t in said[end - length : end]) in _GREETINGS:
                end -= length
        return said[start:end] or said


_THANKS = re.compile(
    r"(?:[ ,.!;:-]*\b(?:please|pls|plz|thanks|thank you|thank u|asante(?: sana)?|tafadhali)\b)+[ .!]*$",
    re.I,
)


def unthanked(said: str) -> str:
    """Words of her own without the thanks, signs and smileys behind them."""
    bare = re.sub(r"[^\w)\"'?*]+$", "", said)
    return (_THANKS.sub("", bare) or bare or said).strip(" ,:;.!-")


def _is_numero(said: Sequence[Token], at: int) -> bool:
    """`no.` before an order's number says number, not no."""
    if said[at].text != "no" or at + 1 >= len(said) or (at + 2 < len(said) and said[at + 2].text in UNITS):
        return False
    number = said[at + 1]
    named = at > 0 and said[at - 1].text in NAMING
    return number.kind == "mixed" or (number.kind == "number" and (named or len(number.text) > 2))


def _greets(said: Sequence[Token], start: int) -> int:
    """How many words from `start` only greet."""
    for length in range(_LONGEST_GREETING, 0, -1):
        phrase = " ".join(t.text for t in said[start : start + length])
        if len(said) >= start + length and phrase in _GREETINGS:
            return length
    return 0


def only_greets(said: Sequence[Token]) -> bool:
    """Whether the words are a greeting and nothing else."""
    start = 0
    while start < len(said):
        length = _greets(said, start) or (1 if said[start].text in POLITE else 0)
        if not length:
            return False
        start += length
    return True
