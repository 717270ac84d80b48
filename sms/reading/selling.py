"""Readings with items: orders, listings, stock, prices, what is on sale."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sms import references
from sms.items import Item, Wanted
from sms.lexicon import BUT, CATEGORIES, FILLERS, KINDS, ORDERED, POLITE, QUESTION_STARTS
from sms.reading import Reading, qualities
from sms.reading.gazetteer import place_names
from sms.reading.produce import NOTHING
from sms.reading.signs import PAST_OK, Doubts
from sms.reading.text import REQUESTS, Text
from sms.wording import phrases_in, words_in
from sms.words import Token

# Words of a stock update that say what it does.
SOLD_OUT = frozenset(
    phrases_in(
        "sold out|imeisha|zimeisha|yameisha|imekwisha|zimekwisha|vimeisha|finished|out of stock|iko out",
        "niithirite|ciathirite|all sold|nothing left|nimemaliza|nimeuza zote|zimeuzwa|run out of|no more",
        "hakuna tena|zote zimeuzwa|sina tena|niciathira|is over|are over|are finished|is finished",
        "yamekwisha|imeuzwa|have run out|has run out|yote imeuzwa|soldout|zimeisa|i have sold all",
    )
)
ADDED = frozenset(
    phrases_in(
        "add|ongeza|add stock|ongeza stock|ongeza stoki|nimeongeza|ongerera|added|add more|i have added",
        "weka zaidi",
    )
)
_THANKING = words_in("thank thanks asante asanteni shukrani ahsante ngatho thanx thx")
# Words that judge a price, and ask for none.
_JUDGING = words_in(
    "high low love life expensive cheap ghali juu chini nafuu maisha freedom too up down delivery",
    "shipping transport ok sawa success hatia dhambi sin war peace fair unfair hike",
)
_ABOUT_PRICES = words_in(
    "going now current soko sokoni today todays kujua know nijue tell iyo hiyo hizo zile current"
)
# What is wanted, begged for or given, and is no produce.
_NO_GOODS = words_in(
    "talk pesa kazi number namba loan soon meet marry house money job help msaada credit airtime bundles",
    "love peace",
    "work time wakati mkopo deni nyumba land shamba ride lift call rest sleep god mungu info information",
    "list day",
    "accept back off out up one this that habari salamu majibu jibu answer reply receipt refund",
)
_ZERO = frozenset(("0", "zero", "sifuri"))
_SELLING = words_in(
    "farmer shamba shambani mkulima farm my available from i have nina tuko na harvest mavuno fresh",
)


def order(text: Text, rest: Sequence[Token], *, commanded: bool) -> Reading | None:
    """An order, by an ordering word (`commanded`) or by naming produce and amounts alone."""
    wanted = text.wanted(rest)
    if _doubted(text.doubts(rest)) or (commanded and _only_reference(rest)):
        return None
    first = text.words[0]
    request = bool(set(text.words[:3]) & REQUESTS)
    if (first in QUESTION_STARTS and not request) or (
        text.asks and not commanded and not request and not _whole(wanted)
    ):
        return None
    if not wanted.items:
        return _nothing_named("order", wanted, commanded=commanded)
    counted = any(item.quantity or item.price for item in wanted.items)
    if not counted and not commanded and any(t.text in _THANKING for t in text.tokens):
        return None  # "thank you for the tomatoes"
    stray = len(wanted.unexplained)
    known = any(item.products for item in wanted.items) or (commanded and stray < 2)
    if not known and (len(wanted.items) > 1 or stray > 1 or not _says_how_much(wanted.items[0])):
        return None
    whole = _whole(wanted)
    if stray > (6 if commanded and whole else 3 if commanded else 2 if whole else 0):
        return None
    return reading("order", text, wanted, doubtful=stray > 0 or text.asks)


def _says_how_much(item: Item) -> bool:
    """Of what we do not know, clearly so much is wanted: `5kg unga`, `2 matunda`, `5kg`."""
    return item.raw in KINDS or bool(item.unit and item.quantity and " " not in item.raw)


def _only_reference(rest: Sequence[Token]) -> bool:
    """`order A3B7`: nothing but an order's number is no order."""
    reference, left = references.take(rest)
    return reference is not None and not reference.isdigit() and not left


def _doubted(found: Doubts) -> bool:
    return found.negated or found.past or found.conditional or found.reported


def _whole(wanted: Wanted) -> bool:
    return bool(wanted.items) and all(len(i.products) == 1 and i.quantity and i.unit for i in wanted.items)


def _nothing_named(intent: str, wanted: Wanted, *, commanded: bool) -> Reading | None:
    if not commanded or len(wanted.unexplained) > 1 or wanted.place or wanted.when:
        return None
    if set(wanted.unexplained) & _NO_GOODS:
        return None
    if wanted.unexplained:
        return Reading(intent, {"items": [Item(raw=wanted.unexplained[0]).slots()]}, 0.6, "product")
    return Reading(intent, {"items": [], "error": "missing_product"}, 0.6, "product")


def listing(text: Text, rest: Sequence[Token]) -> Reading | None:
    """`SELL maize 20 bags @3500`: never from a question, a no, or an old story."""
    said, rest = qualities.taken(rest)
    found = text.doubts([t for t in rest if t.text not in PAST_OK])
    if _doubted(found) or text.asks:
        return None
    wanted = text.wanted(rest)
    if not wanted.items:
        return _nothing_named("farmer_list", wanted, commanded=True)
    named = [item for item in wanted.items if item.products]
    stray = [word for word in wanted.unexplained if word not in _SELLING]
    if (not named and len(stray) > 1) or len(stray) > 2:
        return None
    guessed = False
    for item in wanted.items:
        if item.spare is not None and item.price is None:
            item.price, guessed = item.spare, True
    offered = reading("farmer_list", text, wanted, doubtful=bool(stray) or guessed)
    return replace(offered, slots=offered.slots | said)


def stock(text: Text, phrase: str, rest: Sequence[Token]) -> Reading | None:
    """`stock onions 120kg`, `nyanya zimeisha`, `add 20kg tomatoes`."""
    found = text.doubts([t for t in rest if t.text not in PAST_OK])
    if _doubted(found) or text.asks:
        return None
    wanted = text.wanted(rest)
    stray = [word for word in wanted.unexplained if word not in _SELLING]
    if len(stray) > 1 or (stray and not wanted.items):
        return None
    if phrase in ADDED and text.role == "customer":
        return order(text, rest, commanded=True)
    if phrase in SOLD_OUT:
        if any(item.quantity for item in wanted.items) or not wanted.items:
            return (
                None
                if wanted.items
                else Reading("farmer_stock_update", {"items": [], "error": "missing_product"}, 0.6, "product")
            )
        items = []
        for item in wanted.items:
            items.append(item.slots() | {"qty": 0})
        ask = "product" if any(len(i.products) != 1 for i in wanted.items) else None
        return Reading("farmer_stock_update", {"items": items}, 0.9 if not ask else 0.7, ask)
    if not wanted.items:
        return _nothing_named("farmer_stock_update", wanted, commanded=True)
    if any(t.text in _ZERO for t in rest) and len(wanted.items) == 1 and len(wanted.items[0].products) == 1:
        return Reading("farmer_stock_update", {"items": [wanted.items[0].slots() | {"qty": 0}]})
    if not any(item.products for item in wanted.items) and stray:
        return None
    done = reading("farmer_stock_update", text, wanted, doubtful=bool(stray))
    return replace(done, slots=done.slots | {"op": "add"}) if phrase in ADDED else done


def less(text: Text, rest: Sequence[Token]) -> Reading | None:
    """`less 1042 20kg`, `1042 nina kilo 20 tu`: fewer than were ordered."""
    reference, left = references.take(rest)
    if not reference and text.role not in ("farmer", "agent") and text.awaiting != "item_available":
        return None  # "only 3kg" may be said to anything
    whole = text.wanted(rest)
    if reference and reference.isdigit() and whole.is_plain and not {t.text for t in rest} & ORDERED:
        return listing(text, rest)  # "niko na kabichi 300 @ 25": so many cabbages, no order 300
    wanted = text.wanted(left)
    found = text.doubts(left)
    if (
        found.past
        or found.conditional
        or found.reported
        or text.asks
        or wanted.unexplained
        or len(wanted.items) != 1
    ):
        return None
    item = wanted.items[0]
    if item.products and not reference and not set(text.words) & (BUT | {"less", "punguza"}):
        offered = listing(text, rest)  # "nina nyanya 50kg": to sell, or all that there is?
        return offered and replace(offered, ask=offered.ask or ("confirm" if item.price is None else None))
    slots: dict[str, Any] = {"order": reference} if reference else {}
    if item.quantity is None or item.price is not None:
        return Reading("farmer_less", slots | {"error": "missing_quantity"}, 0.7, "quantity")
    if item.products:
        slots["items"] = [item.slots()]
    else:
        slots["qty"] = item.quantity
        if item.unit:
            slots["unit"] = item.unit
    ask = "product" if len(item.products) > 1 else None
    if not reference and text.awaiting != "item_available":
        ask = ask or "confirm"  # less of which order?
    return Reading("farmer_less", slots, 0.9, ask)


def reading(intent: str, text: Text, wanted: Wanted, *, doubtful: bool) -> Reading:
    """The reading of items, with what is missing in them."""
    for item in wanted.items:
        if not item.products and not item.raw and len(wanted.unexplained) == 1:
            item.raw = wanted.unexplained[0]
    slots: dict[str, Any] = {"items": [item.slots() for item in wanted.items]}
    if wanted.place:
        slots["place"] = text.written(wanted.place)
    if wanted.when:
        slots["when"] = text.written(wanted.when)
    only = wanted.items[0]
    if len(wanted.items) == 1 and only.price is not None and (intent == "farmer_list" or only.quantity):
        slots["price"] = slots["items"][0].pop("price")
    elif (
        wanted.each and len(wanted.items) > 1 and [i.price is not None for i in wanted.items].count(True) == 1
    ):
        priced = next(item for item in slots["items"] if "price" in item)
        if priced is slots["items"][-1]:
            slots["price"] = priced.pop("price")
    ask = None
    for item in wanted.items:
        if len(item.products) != 1:
            ask = "product"
        elif item.bad:
            slots["error"], ask = "bad_quantity", ask or "quantity"
        elif item.quantity is None and item.price is not None and intent == "order":
            ask = ask or "confirm"  # so many shillings' worth: the quote says how much that is
        elif item.quantity is None:
            slots["error"], ask = "missing_quantity", ask or "quantity"
        elif item.unit is None:
            ask = ask or "unit"
    if ask is None and doubtful:
        ask = "confirm"
    return Reading(intent, slots, 0.95 if ask is None else 0.8 if ask != "confirm" else 0.7, ask)


def price(text: Text, rest: Sequence[Token], *, lead: bool) -> Reading | None:
    """`price tomatoes`, `nyanya bei gani`; with a new price, of one who sells: `price tomatoes 90`."""
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
        changed = _changed_price(text, named[0]) if len(named) == 1 and not asking else None
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
    sure = text.role in ("farmer", "agent") and not _two_sums(text, item)
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
    if _doubted(found) or text.asks:
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
    ask = "product" if len(item.products) > 1 else "confirm" if _two_sums(text, item) else None
    return Reading("farmer_price_change", product | {"price": value}, 0.9, ask, per=item.unit)


_LISTING = words_in(
    "which what are there do got all for sale on kuna mna mko gani products mazao vyakula can i buy",
    "selling today available hapo stuff things show see in za",
)  # fmt: skip


def on_sale(text: Text, rest: Sequence[Token]) -> Reading | None:
    """`LIST`, `LIST nyanya`, `LIST Kangemi`, `which fruits do you have`."""
    found = text.doubts(rest)
    if found.negated or found.past or found.reported:
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


def about_product(text: Text, intent: str, rest: Sequence[Token]) -> Reading | None:
    """`follow tomatoes`, `take down nyanya`: one product, nothing else."""
    if _doubted(text.doubts(rest)) or text.asks:
        return None
    wanted = text.wanted(rest)
    named = [item for item in wanted.items if item.products]
    if len(named) == 1 and not wanted.unexplained and not any(i.quantity or i.price for i in wanted.items):
        return Reading(intent, _named(named), 0.9, "product" if len(named[0].products) > 1 else None)
    if not named and not wanted.items and len(wanted.unexplained) == 1:
        return Reading(intent, {"product": None, "raw": wanted.unexplained[0]}, 0.6, "product")
    if not rest or all(t.text in FILLERS | POLITE for t in rest):
        return Reading(intent, {"product": None, "error": "missing_product"}, 0.7, "product")
    return None


def only_produce(text: Text, words: Sequence[str]) -> tuple[str, ...]:
    """The slugs that these words may mean, if they say nothing else."""
    return text.produce.find(words).slugs if 0 < len(words) <= 3 else NOTHING.slugs
