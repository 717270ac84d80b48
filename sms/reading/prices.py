"""Readings about produce that move none: what it costs, a new price, what is on sale, one product named."""

from collections.abc import Sequence
from typing import Any

from sms.items import Item
from sms.lexicon import CATEGORIES, FILLERS, KINDS, POLITE, QUESTION_STARTS
from sms.reading import Reading
from sms.reading.gazetteer import place_names
from sms.reading.signs import is_planned
from sms.reading.text import Text
from sms.wording import words_in
from sms.words import Token

# Words that judge a price, and ask for none.
_JUDGING = words_in(
    "high low love life expensive cheap ghali juu chini nafuu maisha freedom too up down delivery",
    "shipping transport ok sawa success hatia dhambi sin war peace fair unfair hike",
)
_ABOUT_PRICES = words_in(
    "going now current soko sokoni today todays kujua know nijue tell iyo hiyo hizo zile iko ziko siku",
    "do does aje inaenda zinaenda inauzwa zinauzwa mnauza unauza hivi currently please ile",
)


_TELL_ME = words_in("tell niambie nipe nitumie show quote")


def price(text: Text, rest: Sequence[Token], *, lead: bool) -> Reading | None:
    """`price tomatoes`, `nyanya bei gani`; with a new price, of one who sells: `price tomatoes 90`."""
    rest = [t for t in rest if t.text not in _TELL_ME]
    found = text.doubts(rest)
    if found.negated or found.past or found.reported or found.conditional:
        return None
    wanted = text.wanted(rest)
    named = [item for item in wanted.items if item.products]
    stray = [word for word in wanted.unexplained if word not in QUESTION_STARTS | _ABOUT_PRICES]
    place = {"place": text.written(wanted.place)} if wanted.place else {}
    if named and len(stray) == 1 and stray[0] in place_names():
        place, stray = {"place": text.written(stray[0])}, []
    if {t.text for t in rest} & _JUDGING:
        return None
    if len(named) >= 1 and not stray:
        asking = text.asks or text.words[0] in QUESTION_STARTS  # "how much for 20 bags of maize"
        elsewhere = asking or bool(place)  # "price of maize is 3000 in town"
        changed = _changed_price(text, named[0]) if len(named) == 1 and not elsewhere else None
        if changed:
            return changed
    if len(stray) > 1 or (stray and named):
        return (
            Reading("price", _named(named) | place, 0.5, "confirm")
            if named and lead and len(stray) < 3
            else None
        )
    if named:
        return Reading(
            "price",
            _named(named) | place,
            *((0.7, "product") if any(len(i.products) > 1 for i in named) else (0.95, None)),
        )
    if any(item.raw in KINDS for item in wanted.items):
        return Reading("price", {"category": CATEGORIES[wanted.items[0].raw]}, 0.7, "product")
    if (
        len(stray) == 1
        and (lead or len(text.words) < 5)
        and (not wanted.items or wanted.items[0].raw == stray[0])
    ):
        return Reading("price", {"product": None, "raw": stray[0]} | place, 0.7, "product")
    if not stray and not wanted.items and lead:
        return Reading("price", {"product": None, "error": "missing_product"}, 0.8, "product")
    if len(wanted.items) == 1 and wanted.items[0].raw and lead:
        return Reading("price", {"product": None, "raw": wanted.items[0].raw}, 0.7, "product")
    return None


def _named(named: list[Item]) -> dict[str, Any]:
    if len(named) == 1 and len(named[0].products) > 1:
        return {"product": None, "candidates": list(named[0].products), "raw": named[0].raw}
    if len(named) == 1:
        return {"product": named[0].products[0]}
    return {"products": [item.products[0] for item in named]}


def _changed_price(text: Text, item: Item) -> Reading | None:
    """The new price that stands beside the produce, in money or as a bare number."""
    value = item.price if item.price is not None else item.quantity if item.unit is None else item.spare
    if value is None or item.bad or text.role in ("customer", "rider"):
        return None
    if len(item.products) > 1:
        return Reading(
            "farmer_price_change", {"product": None, "raw": item.raw, "price": value}, 0.7, "product"
        )
    sure = text.role in ("farmer", "agent") and not _two_sums(text, item) and not is_planned(text.words)
    return Reading(
        "farmer_price_change",
        {"product": item.products[0], "price": value},
        0.9 if sure else 0.7,
        None if sure else "confirm",
        per=item.unit,
    )


def _two_sums(text: Text, item: Item) -> bool:
    """`price tomatoes 80 bob 90 bob`: which one?"""
    both = item.price is not None and item.quantity is not None and item.unit is None
    return both and not set(text.words) & _FROM


_FROM = words_in("from kutoka toka was ilikuwa")


def new_price(text: Text, rest: Sequence[Token]) -> Reading | None:
    """`change price of onions to 70`."""
    found = text.doubts(rest)
    if found or text.asks:
        return None
    wanted = text.wanted(rest)
    if len(wanted.items) != 1 or wanted.unexplained or not wanted.items[0].products:
        return None
    item = wanted.items[0]
    value = item.price if item.price is not None else item.quantity if item.unit is None else item.spare
    product: dict[str, Any] = (
        {"product": item.products[0]} if len(item.products) == 1 else {"product": None, "raw": item.raw}
    )
    if value is None or item.bad:
        return Reading("farmer_price_change", product | {"error": "missing_price"}, 0.7, "quantity")
    unsure = _two_sums(text, item) or is_planned([t.text for t in rest])
    ask = "product" if len(item.products) > 1 else "confirm" if unsure else None
    return Reading("farmer_price_change", product | {"price": value}, 0.9, ask, per=item.unit)


_LISTING = words_in(
    "which what are there do got all for sale on kuna mna mko gani products mazao vyakula can i buy",
    "bidhaa yako zenu selling today available hapo stuff things show see in za soko sokoni market stock",
)  # fmt: skip


_PRICED = words_in("price prices bei ngapi thogora cigana")


def on_sale(text: Text, rest: Sequence[Token]) -> Reading | None:
    """`LIST`, `LIST nyanya`, `LIST Kangemi`, `which fruits do you have`."""
    found = text.doubts(rest)
    if found.negated or found.past or found.reported or set(text.words) & _PRICED:
        return None
    wanted = text.wanted(rest)
    named = [item for item in wanted.items if item.products]
    stray = [word for word in wanted.unexplained if word not in _LISTING]
    kinds = {CATEGORIES[t.text] for t in text.said if t.text in CATEGORIES}
    slots: dict[str, Any] = {}
    if wanted.place:
        slots["place"] = text.written(wanted.place)
    if any(item.quantity for item in wanted.items):
        amount = all(len(item.products) == 1 for item in wanted.items)
        return (
            Reading("list_products", _named(named) | slots, 0.6, "confirm")
            if named and amount and not stray
            else None
        )
    if len(stray) > 1 or (stray and (named or kinds)):
        return None
    if named:
        return Reading(
            "list_products", _named(named) | slots, 0.9, "product" if len(named[0].products) > 1 else None
        )
    if kinds:
        return Reading("list_products", {"category": sorted(kinds)[0]} | slots)
    if stray and stray[0] in place_names():
        return Reading("list_products", {"place": text.written(stray[0])}, 0.8)
    if stray:
        short = len(rest) < 3 and not found.conditional
        return Reading("list_products", {"product": None, "raw": stray[0]}, 0.6, "product") if short else None
    return Reading("list_products", slots)


_ONCE_THERE = words_in(
    "when available arrive arrives ready zikipatikana ikipatikana zikifika ikifika zikiwa zikija there",
    "listing tangazo sale yangu zangu",
)


def about_product(text: Text, intent: str, rest: Sequence[Token]) -> Reading | None:
    """`follow tomatoes`, `take down nyanya`: one product, nothing else."""
    rest = [t for t in rest if t.text not in _ONCE_THERE]
    if text.doubts(rest) or text.asks:
        return None
    wanted = text.wanted(rest)
    named = [item for item in wanted.items if item.products]
    if len(named) == 1 and not wanted.unexplained and not any(i.quantity or i.price for i in wanted.items):
        down = intent == "farmer_take_down" and is_planned([t.text for t in rest])
        ask = "product" if len(named[0].products) > 1 else "confirm" if down else None
        return Reading(intent, _named(named), 0.9, ask)
    if not named and not wanted.items and len(wanted.unexplained) == 1:
        return Reading(intent, {"product": None, "raw": wanted.unexplained[0]}, 0.6, "product")
    if not rest or all(t.text in FILLERS | POLITE for t in rest):
        return Reading(intent, {"product": None, "error": "missing_product"}, 0.7, "product")
    return None
