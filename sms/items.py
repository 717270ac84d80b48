"""What a text wants: produce, quantities, units, prices, a place and a day, in any order.

A quantity or unit that was not said stays None: nothing is assumed here (DR-105, issue: asked, not assumed).
What the pieces of a text are is found here; sms.reading.assembling puts them together.
"""

from collections.abc import Sequence
from decimal import Decimal

from sms.lexicon import (
    AFTER_A_SUM,
    EACH,
    FILLERS,
    JOIN_SIGNS,
    JOINS,
    KINDS,
    MONEY,
    ORDERED,
    OWNED,
    PLACE_AT,
    PLACE_VERBS,
    PRICE_AT,
    UNITS,
    WHEN,
    WHEN_AROUND,
)
from sms.numerals import number_at
from sms.reading.assembling import Item, Piece, Wanted, assemble
from sms.reading.gazetteer import long_place_names, place_names
from sms.reading.produce import LONGEST_NAME, NOTHING, Match, Produce
from sms.words import Token

__all__ = ["Item", "Wanted", "parse"]
_OF = frozenset(("ya", "za", "wa", "la", "cha", "cia", "of", "worth", "thamani"))
_WORTH = frozenset(("worth", "thamani"))
_ONES = frozenset(("moja", "mmoja", "kimoja", "one", "umwe", "imwe", "rimwe", "kamwe", "kimwe"))
_STORES = frozenset(("stock", "stoki", "basket", "cart", "kikapu", "list", "listing"))
_UP_TO = frozenset(("hadi", "mpaka", "to", "iwe", "becomes"))
_DAYS_AROUND = WHEN_AROUND | WHEN | {"na", "the"}
_NO_NAME = FILLERS | UNITS.keys() | MONEY | WHEN | KINDS | JOINS | ORDERED | OWNED | _STORES
_ALONE = frozenset(("k", "mbao", "blue", "mana", "ana", "iri", "eri", "tenga"))  # also other words


def parse(tokens: Sequence[Token], text: str, produce: Produce) -> Wanted:
    """The items in `tokens`, which stand in the folded `text`."""
    parsing = _Parsing(list(tokens), text, produce)
    parsing.run()
    assemble(parsing.pieces, parsing.wanted, produce)
    return parsing.wanted


class _Parsing:
    """The pieces of a text, one after the other."""

    def __init__(self, tokens: list[Token], text: str, produce: Produce) -> None:
        self.tokens = tokens
        self.text = text
        self.produce = produce
        self.pieces: list[Piece] = []
        self.wanted = Wanted()
        self.names = False  # a product or a unit was named already

    def run(self) -> None:
        at = 0
        while at < len(self.tokens):
            at += self._when(at) or self._place(at) or self._piece(at)

    def _word(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    # --- when ------------------------------------------------------------------------------------------

    def _when(self, at: int) -> int:
        """The tokens of `for tomorrow`, `kesho asubuhi`, `on Monday morning` that begin here."""
        end = at
        while self._word(end) in _DAYS_AROUND:
            end += 1
        while end > at and self._word(end - 1) not in WHEN | {"ijayo", "week"}:
            end -= 1
        said = [t for t in self.tokens[at:end] if t.text in WHEN]
        if not said or self._word(at) in ("na", "the"):
            return 0
        start = at
        while self._word(start) in ("for", "on", "by", "ya", "coming", "before", "siku", "the"):
            start += 1
        if not self.wanted.when:
            self.wanted.when = self.text[self.tokens[start].start : self.tokens[end - 1].end].strip()
        self.pieces.append(Piece("other", None))
        return end - at

    # --- where to --------------------------------------------------------------------------------------

    def _place(self, at: int) -> int:
        """The tokens of `deliver to X`, `nipelekee X`, `huku X`, `near X` that begin here."""
        word = self._word(at)
        named = self.names
        start = at
        if word in PLACE_VERBS:
            start += 1
            while self._word(start) in ("it", "them", "me", "us", "my", "order", "hiyo", "tu"):
                start += 1
            if self._word(start) not in PLACE_AT:
                return 0
        elif word in ("niko", "nipo") and named and self._is_name(at + 1):
            start = at + 1
        elif named and (
            (word in place_names() and not self.produce.find([word]).slugs)
            or f"{word} {self._word(at + 1)}" in long_place_names()
        ):
            start = at
        elif (
            word not in PLACE_AT
            or (not named and word not in ("to", "nipelekee", "location"))
            or (not named and (not self.pieces or any(p.kind != "other" for p in self.pieces)))
        ):
            return 0
        while self._word(start) in PLACE_AT:
            start += 1
        if not self._is_name(start) or (word in PRICE_AT and self._word(start) in MONEY | EACH):
            return 0
        end = self._end_of_place(start)
        named_all = self.tokens[start:end]
        if self.wanted.place or end == start or any(t.text in ORDERED for t in named_all):
            return 0
        if end - start == 2 and named_all[1].kind == "number" and len(named_all[1].text) > 2:  # "at KShh 380"
            return 0
        self.wanted.place = self.text[self.tokens[start].start : self.tokens[end - 1].end].strip(" ,.")
        return end - at

    def _is_name(self, at: int) -> bool:
        if at >= len(self.tokens) or self.tokens[at].kind != "word":
            return False
        word = self._word(at)
        if word in _NO_NAME:
            return False
        if f"{word} {self._word(at + 1)}" in long_place_names():  # Kahawa West grows no coffee
            return True
        return not self.produce.exactly(word) and number_at(self.tokens, at) is None

    def _end_of_place(self, start: int) -> int:
        end = start
        while end < len(self.tokens):
            token = self.tokens[end]
            if (
                token.text == "\n"
                or token.text in WHEN
                or token.text in ("tafadhali", "please", "pls", "asap", "at")
            ):
                break
            if token.text in ("by", "on", "for") and self._word(end + 1) in WHEN:
                break
            number = number_at(self.tokens, end)
            after = self._word(end + number.tokens) if number else ""
            if number and (after in UNITS or self.produce.exactly(after)):
                break
            if end > start and token.kind == "word" and self.produce.exactly(token.text):
                break
            if token.text in JOINS and (
                number_at(self.tokens, end + 1) or self.produce.exactly(self._word(end + 1))
            ):
                break
            end += 1
        while end > start and self.tokens[end - 1].kind == "sign":
            end -= 1
        return end

    # --- everything else -------------------------------------------------------------------------------

    def _piece(self, at: int) -> int:
        used, piece = self._next(at)
        self.pieces.append(piece)
        self.names = self.names or piece.kind in ("product", "unit")
        if piece.kind == "unexplained":
            self.wanted.unexplained.append(self._word(at))
        return used

    def _next(self, at: int) -> tuple[int, Piece]:
        token = self.tokens[at]
        if token.kind == "sign":
            if token.text == "/" and self._word(at + 1) in UNITS and self._counted():  # 65/kg
                return 2, Piece("each", UNITS[self._word(at + 1)])
            if token.text in JOIN_SIGNS:
                return 1, Piece("join", token.text)
            return 1, Piece("price" if token.text == "@" else "other", None)
        named, length = self._named(at)
        if length == 1 and token.text in KINDS and self._is_of_one(at + 1):  # "mboga cia sukuma"
            return 1, Piece("other", None)
        if length == 1 and token.text in KINDS:  # in Kikuyu matunda are one fruit, to most people all
            return 1, Piece("product", NOTHING, token.text)
        if named.slugs and (length > 1 or named.exact or token.text not in FILLERS):
            return length, Piece("product", named, self._said(at, length))
        amount = self._amount(at)
        if amount:
            return amount
        if token.text in UNITS:
            return 1, Piece("unit", UNITS[token.text])
        following = self._word(at + 1)
        if token.text in ("a", "an", "one") and following in UNITS:
            return 1, Piece("number", Decimal(1))
        per = token.text == "o" and (following in UNITS or following in _ONES)  # Kikuyu's each
        if (
            token.text in EACH
            or per
            or (token.text in ("kwa", "a") and following in UNITS and self._counted())
        ):
            return self._each(at)
        number = number_at(self.tokens, at + 1) if token.text in _UP_TO else None
        if number and self._word(at + 1 + number.tokens) not in UNITS:
            return 1, Piece("price", None)
        if token.text in MONEY or (token.text in PRICE_AT and self._number_follows(at + 1)):
            return 1, Piece("price", None)
        if token.text in JOINS:
            return 1, Piece("join", token.text)
        if (
            token.text in FILLERS
            or token.text in PLACE_VERBS
            or token.text in WHEN_AROUND | PRICE_AT | _WORTH
        ):
            return 1, Piece("other", token.text if token.text in _OF else None)
        return 1, Piece("unexplained", None, token.text)

    def _is_of_one(self, at: int) -> bool:
        while self._word(at) in _OF:
            at += 1
        return bool(self.produce.exactly(self._word(at)))

    def _counted(self) -> bool:
        """Whether a bare number stands just before: `75 kwa kilo`."""
        return bool(self.pieces) and self.pieces[-1].kind in ("number", "money")

    def _each(self, at: int) -> tuple[int, Piece]:
        """`each`, `kila moja`, `per kg`, `kila kilo`: the sum beside it is a price."""
        used = 1
        unit = None
        if self._word(at + used) in _ONES:
            used += 1
        elif self._word(at + used) in UNITS:
            unit = UNITS[self._word(at + used)]
            used += 1
        return used, Piece("each", unit)

    def _amount(self, at: int) -> tuple[int, Piece] | None:
        token = self.tokens[at]
        number = number_at(self.tokens, at)
        worth = token.text in ("mbao", "blue") and self._word(at - 1) in _OF  # "sukuma za mbao"
        if number is None or (token.text in _ALONE and number.tokens == 1 and not worth):
            return None
        if token.text in ("a", "na"):
            return None
        after = at + number.tokens
        if (
            number.tokens == 1 and token.kind == "word" and self._word(after) == token.text
        ):  # "fungu moja moja"
            self.wanted.each = True
            return 2, Piece("number", number.value, token.text)
        worth = self._word(after) in _WORTH and self._word(after + 1) == "of"  # "200 worth of tomatoes"
        if worth or (self._word(after) in AFTER_A_SUM and number_at(self.tokens, after + 1) is None):
            return number.tokens + 1, Piece("money", number.value)
        coins = number.languages == {"sheng"} and (number.value or 0) >= 50
        if coins and self._word(after) not in UNITS and self._word(at - 1) not in UNITS:
            return number.tokens, Piece("money", number.value)  # soo mbili ya nyanya
        before = self._word(at - 1)
        sums = self.pieces and self.pieces[-1].kind == "other" and before in _OF
        joined = max((n for n, p in enumerate(self.pieces) if p.kind == "join"), default=-1)
        beside = [p for p in self.pieces[joined + 1 :] if p.kind in ("product", "number", "unit")]
        of_it = beside and beside[-1].kind == "product" and not any(p.kind == "number" for p in beside[-2:])
        if sums and of_it and self._word(after) not in UNITS and (number.value or 0) >= 10:
            return number.tokens, Piece("money", number.value)  # nyanya ya 100
        if token.text == "half" and self._word(after) in ("a", "an") and self._word(after + 1) in UNITS:
            return number.tokens + 1, Piece("number", number.value, token.text)
        return number.tokens, Piece("number", number.value, self._said(at, number.tokens))

    def _named(self, at: int) -> tuple[Match, int]:
        """The produce named here, the longest name first."""
        words: list[str] = []
        for token in self.tokens[at : at + LONGEST_NAME]:
            if token.kind != "word":
                break
            words.append(token.text)
        return self.produce.named(tuple(words))

    def _said(self, at: int, length: int) -> str:
        return " ".join(t.text for t in self.tokens[at : at + length])

    def _number_follows(self, at: int) -> bool:
        while self._word(at) in MONEY | {"ni", "only", "just", "tu"}:
            at += 1
        number = number_at(self.tokens, at)
        if number is None or self._word(at) == "a":
            return False
        counted = self._word(at - 1) == "for" and self._word(at + number.tokens) in UNITS
        return not counted  # "how much for 20 bags"
