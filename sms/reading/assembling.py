"""Putting the pieces of a text together: which quantity, unit and price belong to which produce."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sms.reading.produce import NOTHING, Match, Produce


@dataclass
class Item:
    """One thing wanted.

    products  the slugs it may be: one is certain, none unknown, several must be asked
    quantity  None: not said; `bad` says that something was said that cannot be a quantity
    unit      a base unit (kg, crate), or None
    price     per unit; or, without a quantity, for how much money
    torn      two prices were said: which is meant is asked
    spare     a second number that nothing tells apart: of one who sells it may be the price
    thousands the quantity is a `20k` without a unit: thousands of it, or kilos?
    """

    products: tuple[str, ...] = ()
    raw: str = ""
    quantity: Decimal | None = None
    unit: str | None = None
    price: Decimal | None = None
    bad: bool = False
    exact: bool = True
    spare: Decimal | None = None
    torn: bool = False
    thousands: bool = False

    def set_price(self, price: Decimal | None) -> None:
        """Take a price; of two that differ neither is taken ("80 to 90 bob")."""
        self.torn = self.torn or (self.price is not None and self.price != price)
        self.price = None if self.torn else price

    def slots(self) -> dict[str, Any]:
        """The item as a reading's slot."""
        found: dict[str, Any] = {
            "product": self.products[0] if len(self.products) == 1 else None,
            "qty": self.quantity,
            "unit": self.unit,
        }
        if len(self.products) != 1 and self.raw:
            found["raw"] = self.raw
        if len(self.products) > 1:
            found["candidates"] = list(self.products)
        if self.price is not None:
            found["price"] = self.price
        return found


@dataclass
class Wanted:
    """The items of a text, where to and when, and which words nothing explains; `each`: one price for all."""

    items: list[Item] = field(default_factory=list)
    place: str = ""
    when: str = ""
    unexplained: list[str] = field(default_factory=list)
    each: bool = False
    joined: set[int] = field(default_factory=set)  # the parts that an `and` opens

    def copied(self) -> "Wanted":
        """One that may be changed without changing this one."""
        items = [replace(item) for item in self.items]
        return replace(self, items=items, unexplained=[*self.unexplained], joined={*self.joined})

    @property
    def is_plain(self) -> bool:
        """One thing, how much of it, and no word that nothing explains."""
        one = len(self.items) == 1 and len(self.items[0].products) == 1
        return one and self.items[0].quantity is not None and not self.unexplained


@dataclass
class Piece:
    """A piece: number, money, unit, product, join, price (a mark), each, other, unexplained."""

    kind: str
    value: Any
    text: str = ""


def assemble(pieces: Sequence[Piece], wanted: Wanted, produce: Produce) -> None:
    """Fill `wanted.items` from the pieces."""
    segments: list[list[Piece]] = [[]]
    _mark_strangers([p for p in pieces if p.kind != "other"], wanted)
    for piece in pieces:
        if piece.kind == "join":
            segments.append([])
            if piece.value not in (",", ";", "\n", "&"):
                wanted.joined.add(len(segments) - 1)
        elif piece.kind != "other":
            segments[-1].append(piece)
        wanted.each = wanted.each or piece.kind == "each"
    _join(segments, wanted)
    _once(wanted)
    _share(wanted)
    for item in wanted.items:
        if len(item.products) > 1 and item.unit and item.unit != "kg":
            fitting = produce.sold_in(item.products, item.unit)
            item.products = fitting if len(fitting) == 1 else item.products


def _once(wanted: Wanted) -> None:
    """`kuku wawili wa kienyeji`: two names of one thing, one behind the other, and one amount."""
    for before, item in zip(wanted.items[:-1], wanted.items[1:], strict=True):
        bare = item.quantity is None and item.unit is None and item.price is None and not item.bad
        if (
            bare
            and before.quantity is not None
            and len(item.products) == 1
            and item.products == before.products
        ):
            wanted.items.remove(item)
            return
        named = before.quantity is None and before.unit is None and before.price is None and not before.bad
        if (
            named
            and len(item.products) == 1
            and item.products == before.products
            and item.quantity is not None
        ):
            wanted.items.remove(before)  # "mchele pishori 25kg"
            return


def _share(wanted: Wanted) -> None:
    """`tomatoes and onions 2kg each`: the one amount is of every thing."""
    counted = [item for item in wanted.items if item.quantity is not None]
    if not wanted.each or len(counted) != 1 or any(i.bad or i.price is not None for i in wanted.items):
        return
    for item in wanted.items:
        if item.quantity is None and item.unit is None:
            item.quantity, item.unit = counted[0].quantity, counted[0].unit


def _mark_strangers(pieces: Sequence[Piece], wanted: Wanted) -> None:
    """A word we do not know, in the middle of known ones with amounts, is produce that we do not know: its
    neighbours keep their amounts, and it is asked about."""
    kinds = [piece.kind for piece in pieces]
    if kinds.count("product") < 1 or "number" not in kinds:
        return
    amounts_first = kinds.index("number") < kinds.index("product")
    for at, piece in enumerate(pieces):
        if piece.kind != "unexplained":
            continue
        after = kinds[at + 1] if at + 1 < len(kinds) else "join"
        if amounts_first:
            fits = kinds[max(0, at - 2) : at] == ["number", "unit"] and after in ("number", "join")
        else:
            fits = kinds[at + 1 : at + 3] in (["number", "unit"], ["unit", "number"]) and at > 0
            fits = fits and kinds[at - 1] in ("unit", "number", "join") and "number" in kinds[:at]
        if fits:
            piece.kind, piece.value = "product", NOTHING
            kinds[at] = "product"
            wanted.unexplained.remove(piece.text)


def _join(segments: Iterable[list[Piece]], wanted: Wanted) -> None:
    waiting: Item | None = None  # a quantity said before its produce
    for number, segment in enumerate(segments):
        joined = number in wanted.joined
        names = [at for at, piece in enumerate(segment) if piece.kind == "product"]
        strange = [piece.text for piece in segment if piece.kind == "unexplained"]
        if not names:
            amount = Item()
            _fill(amount, segment)
            if not (amount.quantity or amount.unit or amount.bad or amount.price):
                if joined and len(strange) == len(segment) == 1 and wanted.items:  # "na mkate"
                    wanted.items.append(Item(raw=strange[0], exact=False))
                    wanted.unexplained.remove(strange[0])
                continue
            if (
                0 < len(strange) < 3 and amount.quantity and amount.unit
            ):  # "5kg unga": so much of what we do not know
                amount.raw, amount.exact = " ".join(strange), False
                wanted.items.append(amount)
                for word in strange:
                    wanted.unexplained.remove(word)
                continue
            if (
                joined and len(strange) == 1 and segment[0].kind == "unexplained" and wanted.items
            ):  # "na mkate 2"
                amount.raw, amount.exact = strange[0], False
                wanted.items.append(amount)
                wanted.unexplained.remove(strange[0])
                continue
            last = wanted.items[-1] if wanted.items else None
            if last and (sum_ := _of_one(segment, last)) is not None:
                last.spare = sum_
                continue
            if last and last.quantity is not None and last.price is None and _is_price(segment):
                last.price = next(piece.value for piece in segment if piece.kind == "number")
                continue
            if last and _takes(last, amount, each=wanted.each):
                _fill(last, segment)
            elif waiting is None:
                waiting = amount
            else:
                wanted.items.append(waiting)
                waiting = amount
            continue
        for part in _parts(segment, names):
            product = next(piece for piece in part if piece.kind == "product")
            item = waiting or Item()
            waiting = None
            match: Match = product.value or NOTHING
            item.products, item.raw, item.exact = match.slugs, product.text, match.exact
            _fill(item, part)
            wanted.items.append(item)
    if waiting is not None:
        wanted.items.append(waiting)


def _of_one(segment: Sequence[Piece], last: Item) -> Decimal | None:
    """`maziwa lita 20, lita 60`, `kabichi 300, imwe 30`: what one of what was counted costs."""
    kinds = [piece.kind for piece in segment]
    if last.quantity is None or last.price is not None or last.spare is not None or last.bad:
        return None
    if kinds[:1] == ["unit"] and segment[0].value == last.unit:
        kinds, segment = kinds[1:], segment[1:]
        if kinds == ["number"]:
            return segment[0].value if (segment[0].value or 0) >= LEAST_PRICE else None
    one = kinds == ["number", "number"] and segment[0].value == 1 and segment[0].text.isalpha()
    return segment[1].value if one else None


LEAST_PRICE = 5


def _is_price(segment: Sequence[Piece]) -> bool:
    """`20 crates of tomatoes, 4000 each`."""
    kinds = [piece.kind for piece in segment]
    return kinds in (["number", "each"], ["each", "number"])


def _takes(last: Item, amount: Item, *, each: bool) -> bool:
    """Whether what stands behind a comma belongs to the thing before: `tomatoes, 5kg`, `5kg, @80`."""
    if last.bad:
        return False
    if each and last.price is not None and last.quantity is None and amount.price is None:
        return amount.quantity is not None and amount.unit is not None  # "15 bob each, 500 pieces"
    if amount.quantity is None and amount.price is not None and amount.unit in (None, last.unit):
        return last.price is None
    return last.quantity is None and last.price is None


def _parts(segment: list[Piece], names: list[int]) -> list[list[Piece]]:
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


def _fill(item: Item, pieces: list[Piece]) -> None:
    priced = False
    for at, piece in enumerate(pieces):
        following = pieces[at + 1].kind if at + 1 < len(pieces) else ""
        # "kilo 100 o kilo 70": so many first; "3k per crate 10 crates": the price first
        sum_behind = bool(item.unit) and at + 2 < len(pieces) and pieces[at + 2].kind == "number"
        per_unit = following == "each" and pieces[at + 1].value is not None and not sum_behind
        if piece.kind == "price":
            priced = True
        elif piece.kind == "each":
            priced = following == "number" and item.price is None
            item.torn = item.torn or bool(piece.value and item.unit and item.unit != piece.value)
            item.unit = item.unit or piece.value
        elif piece.kind == "money":
            item.set_price(piece.value)
            priced = False
        elif piece.kind == "number" and (
            priced or per_unit or (following == "each" and item.quantity is not None)
        ):
            item.set_price(piece.value)
            priced = False
            item.bad = item.bad or piece.value is None
        elif piece.kind == "unit":
            item.unit = item.unit or piece.value
        elif piece.kind == "number":
            _count(item, piece, pieces, at)
    if item.torn:  # "2 tonnes @ 15 per kg": a price of another unit
        item.price = None


def _united(pieces: Sequence[Piece]) -> bool:
    return any(piece.kind == "unit" for piece in pieces)


def _count(item: Item, piece: Piece, pieces: list[Piece], at: int) -> None:
    if piece.value is None:
        item.bad, item.quantity = True, None
    elif item.quantity is None and not item.bad:
        item.quantity = piece.value
        item.thousands = piece.text.endswith("k") and piece.text[:1].isdigit() and not _united(pieces)
    elif item.unit is not None and item.unit != "kg" and pieces[at + 1 : at + 2] == [Piece("unit", "kg")]:
        return  # "1 bag 90kg" names the pack's size
    elif item.unit is not None and item.spare is None and not item.bad and pieces[at + 1 : at + 2] == []:
        item.spare = piece.value
    else:  # two numbers and nothing to tell them apart ("2 50 kg")
        item.bad, item.quantity = True, None
