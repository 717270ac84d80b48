"""What a text wants: produce, quantities, units, in any order (`5kg tomatoes`, `nyanya kilo 3, sukuma 2`).

A quantity or unit that was not said stays None: nothing is assumed here (DR-105, issue: asked, not assumed).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from sms.lexicon import (
    AFTER_A_SUM,
    FILLERS,
    JOIN_SIGNS,
    JOINS,
    KINDS,
    MONEY,
    NEGATORS,
    PLACE_AT,
    PLACE_VERBS,
    PRICE_AT,
    UNITS,
)
from sms.words import Token, number_at


class Products(Protocol):
    """Whoever finds produce by words (core.catalogue.index)."""

    def read(self, words: str, /) -> Sequence[tuple[Any, float]]:
        """Products that `words` may mean, with a score of 0 to 100, best first."""


@dataclass
class Item:
    """One thing wanted.

    products  the slugs it may be: one is certain, none unknown, several must be asked
    quantity  None: not said; `bad` says that something was said that cannot be a quantity
    unit      a base unit (kg, crate), or None
    """

    products: tuple[str, ...] = ()
    raw: str = ""
    quantity: Decimal | None = None
    unit: str | None = None
    price: Decimal | None = None
    bad: bool = False

    def slots(self) -> dict[str, Any]:
        """The item as a reading's slot."""
        found: dict[str, Any] = {
            "product": self.products[0] if len(self.products) == 1 else None,
            "qty": self.quantity,
            "unit": self.unit,
        }
        if len(self.products) != 1:
            found["raw"] = self.raw
        if len(self.products) > 1:
            found["candidates"] = list(self.products)
        if self.price is not None:
            found["price"] = self.price
        return found


@dataclass
class Wanted:
    """The items of a text, where to, and which words nothing explains."""

    items: list[Item] = field(default_factory=list)
    place: str = ""
    unexplained: list[str] = field(default_factory=list)
    negated: bool = False
    languages: list[str] = field(default_factory=list)


@dataclass
class _Piece:
    kind: str  # number, unit, product, join, price, other
    value: Any
    text: str = ""


def find_product(products: Products, words: Sequence[str]) -> tuple[str, ...]:
    """The slugs that these words may be: several when two are about equally near (ask, never guess)."""
    phrase = " ".join(words)
    scored = list(products.read(phrase))
    if not scored:
        return ()
    best = max(score for _, score in scored)
    letters = len(phrase.replace(" ", ""))
    enough = 100 if letters < 4 or phrase in FILLERS else 90 if len(words) > 1 else 85 if letters < 6 else 80
    if best < enough:
        return ()
    near = 0.5 if best >= 99.5 else 4
    return tuple(dict.fromkeys(entry.slug for entry, score in scored if score >= best - near))


def parse(tokens: Sequence[Token], text: str, products: Products) -> Wanted:
    """The items in `tokens`, which stand in the folded `text`."""
    wanted = Wanted()
    pieces = _pieces(list(tokens), text, products, wanted)
    segments: list[list[_Piece]] = [[]]
    for piece in pieces:
        if piece.kind == "join":
            segments.append([])
        elif piece.kind != "other":
            segments[-1].append(piece)
    _assemble(segments, wanted)
    return wanted


def _pieces(tokens: list[Token], text: str, products: Products, wanted: Wanted) -> list[_Piece]:
    found: list[_Piece] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if found and (place := _place(tokens, at, text, found)) is not None:
            wanted.place = place
            break
        used, piece = _next(tokens, at, products, wanted)
        if piece:
            found.append(piece)
        if token.text in NEGATORS:
            wanted.negated = True
        at += used
    return found


def _place(tokens: list[Token], at: int, text: str, found: list[_Piece]) -> str | None:
    """The rest of the text, where it begins with `deliver to`, `huku`, `near` ... after some produce."""
    word = tokens[at].text
    if not any(piece.kind == "product" for piece in found):
        return None
    start = at
    if word in PLACE_VERBS:
        start += 1
        if start < len(tokens) and tokens[start].text in ("it", "them", "me"):
            start += 1
        if start >= len(tokens) or tokens[start].text not in PLACE_AT:
            return None
    elif word not in PLACE_AT:
        return None
    while start < len(tokens) and tokens[start].text in PLACE_AT:
        start += 1
    rest = tokens[start:]
    if not rest or rest[0].kind != "word" or rest[0].text in FILLERS or rest[0].text in UNITS:
        return None
    if word in PRICE_AT and rest[0].text in MONEY:
        return None
    return text[rest[0].start : rest[-1].end].strip()


def _next(tokens: list[Token], at: int, products: Products, wanted: Wanted) -> tuple[int, _Piece | None]:
    token = tokens[at]
    if token.kind == "sign":
        if token.text in JOIN_SIGNS:
            return 1, _Piece("join", None)
        return 1, _Piece("price", None) if token.text == "@" else None
    for length in (3, 2):
        window = tokens[at : at + length]
        if len(window) == length and all(t.kind == "word" for t in window) and token.text not in UNITS:
            words = [t.text for t in window]
            if words[0] in FILLERS or words[-1] in FILLERS or JOINS & set(words):
                continue
            slugs = find_product(products, words)
            # "nyanya sukuma" is two things, though the pair may look like one.
            if slugs and not (
                find_product(products, words[:1])
                and find_product(products, words[-1:])
                and find_product(products, words[:1]) != slugs
            ):
                return length, _Piece("product", slugs, " ".join(words))  # fmt: skip
    following = tokens[at + 1].text if at + 1 < len(tokens) else ""
    number = number_at(tokens, at)
    if number is not None and not (token.text == "k" or (token.text == "moja" and not following)):
        wanted.languages += number.languages
        after = at + number.tokens
        if after < len(tokens) and tokens[after].text in AFTER_A_SUM:
            return number.tokens + 1, _Piece("money", number.value)
        return number.tokens, _Piece("number", number.value, token.text)
    if token.text in UNITS:
        return 1, _Piece("unit", UNITS[token.text])
    if token.text in ("a", "an") and following in UNITS:
        return 1, _Piece("number", Decimal(1))
    if token.text in MONEY or (token.text in PRICE_AT and _number_follows(tokens, at + 1)):
        return 1, _Piece("price", None)
    if token.text in JOINS:
        return 1, _Piece("join", None)
    if token.text in KINDS:
        return 1, _Piece("product", (), token.text)
    if token.kind == "word":
        slugs = find_product(products, [token.text])
        if slugs:
            return 1, _Piece("product", slugs, token.text)
    if token.text not in FILLERS and token.text not in PLACE_VERBS:
        wanted.unexplained.append(token.text)
    return 1, _Piece("other", None)


def _number_follows(tokens: list[Token], at: int) -> bool:
    while at < len(tokens) and tokens[at].text in MONEY:
        at += 1
    return at < len(tokens) and tokens[at].kind == "number"


def _assemble(segments: Iterable[list[_Piece]], wanted: Wanted) -> None:
    waiting: Item | None = None  # a quantity said before its produce
    for segment in segments:
        names = [at for at, piece in enumerate(segment) if piece.kind == "product"]
        if not names:
            amount = Item()
            _fill(amount, segment)
            if not (amount.quantity or amount.unit or amount.bad or amount.price):
                continue
            last = wanted.items[-1] if wanted.items else None
            if last and last.quantity is None and not last.bad and last.price is None:
                _fill(last, segment)
            else:
                waiting = amount
            continue
        for part in _parts(segment, names):
            product = next(piece for piece in part if piece.kind == "product")
            item = waiting or Item()
            waiting = None
            item.products, item.raw = product.value, product.text
            _fill(item, part)
            wanted.items.append(item)
    if waiting is not None:
        wanted.items.append(waiting)


def _parts(segment: list[_Piece], names: list[int]) -> list[list[_Piece]]:
    """One part for each product: quantities stand before their produce, or all after it."""
    if len(names) == 1:
        return [segment]
    if any(piece.kind in ("number", "unit") for piece in segment[: names[0]]):
        ends = [*(at + 1 for at in names[:-1]), len(segment)]
        starts = [0, *ends[:-1]]
    else:
        starts = [0, *names[1:]]
        ends = [*names[1:], len(segment)]
    return [segment[start:end] for start, end in zip(starts, ends, strict=True)]


def _fill(item: Item, pieces: list[_Piece]) -> None:
    priced = False
    for at, piece in enumerate(pieces):
        if piece.kind == "price":
            priced = True
        elif piece.kind == "money" or (piece.kind == "number" and priced):
            item.price, priced = piece.value, False
        elif piece.kind == "unit" and item.unit is None:
            item.unit = piece.value
        elif piece.kind == "number":
            _count(item, piece, pieces, at)


def _count(item: Item, piece: _Piece, pieces: list[_Piece], at: int) -> None:
    if piece.value is None:
        item.bad, item.quantity = True, None
    elif item.quantity is None and not item.bad:
        item.quantity = piece.value
    elif item.unit in (None, "kg") or pieces[at + 1 : at + 2] != [_Piece("unit", "kg")]:
        # Two numbers and nothing to tell them apart ("2 50 kg"); but "1 bag 90kg" names the pack's size.
        item.bad, item.quantity = True, None
