"""Readings of what is moved: orders, listings, stock, less than was ordered."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sms import references, riding
from sms.items import Item, Wanted
from sms.lexicon import BUT, KINDS, ORDERED, QUESTION_STARTS
from sms.reading import Reading, qualities
from sms.reading.signs import PAST_OK, is_planned
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
    "stock stoki",
)


def order(text: Text, rest: Sequence[Token], *, commanded: bool) -> Reading | None:
    """An order, by an ordering word (`commanded`) or by naming produce and amounts alone."""
    wanted = text.wanted(rest)
    if text.doubts(rest) or (commanded and _only_reference(rest)):
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
    some_day = bool({t.text for t in rest} & _NO_DAY) and not wanted.when  # "next week"
    return reading("order", text, wanted, doubtful=stray > 0 or text.asks or some_day)


_NO_DAY = words_in("week wiki month mwezi later baadaye badae soon")


def _says_how_much(item: Item) -> bool:
    """Of what we do not know, clearly so much is wanted: `5kg unga`, `2 matunda`, `5kg`."""
    return item.raw in KINDS or bool(item.unit and item.quantity and " " not in item.raw)


def _only_reference(rest: Sequence[Token]) -> bool:
    """`order A3B7`: nothing but an order's number is no order."""
    reference, left = references.take(rest)
    return reference is not None and not reference.isdigit() and not left


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
    if rest and rest[0].text in ("me", "us") and rest[0] in text.said[:2]:  # "selll me 5kg tomatoes"
        return order(text, rest, commanded=True)
    said, rest = qualities.taken(rest)
    found = text.doubts([t for t in rest if t.text not in PAST_OK])
    if found or text.asks:
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
    planned = bool(set(text.words) & _PLANS)
    offered = reading("farmer_list", text, wanted, doubtful=bool(stray) or guessed or planned)
    return replace(offered, slots=offered.slots | said)


_PLANS = words_in("will nitauza tutauza planning going")


def stock(text: Text, phrase: str, rest: Sequence[Token]) -> Reading | None:
    """`stock onions 120kg`, `nyanya zimeisha`, `add 20kg tomatoes`."""
    found = text.doubts([t for t in rest if t.text not in PAST_OK])
    if found or text.asks:
        return None
    wanted = text.wanted(rest)
    stray = [word for word in wanted.unexplained if word not in _SELLING]
    if len(stray) > 1 or (stray and not wanted.items):
        return None
    if phrase in ADDED and (text.role == "customer" or set(text.words) & (ORDERED | {"basket", "cart"})):
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
        if ask is None and (riding.is_to_come(rest) or is_planned([t.text for t in rest])):
            ask = "confirm"  # "tomatoes will be finished tomorrow"
        return Reading("farmer_stock_update", {"items": items}, 0.9 if not ask else 0.7, ask)
    if not wanted.items:
        return _nothing_named("farmer_stock_update", wanted, commanded=True)
    if any(t.text in _ZERO for t in rest) and len(wanted.items) == 1 and len(wanted.items[0].products) == 1:
        return Reading("farmer_stock_update", {"items": [wanted.items[0].slots() | {"qty": 0}]})
    if not any(item.products for item in wanted.items) and stray:
        return None
    priced = any(item.price is not None for item in wanted.items)  # "stokc for 2 tomatoes 30kg"
    done = reading("farmer_stock_update", text, wanted, doubtful=bool(stray) or priced)
    return replace(done, slots=done.slots | {"op": "add"}) if {phrase, text.words[0]} & ADDED else done


def less(text: Text, rest: Sequence[Token]) -> Reading | None:
    """`less 1042 20kg`, `1042 nina kilo 20 tu`: fewer than were ordered."""
    reference, left = references.take(rest)
    if not reference and text.role not in ("farmer", "agent") and text.awaiting != "item_available":
        return None  # "only 3kg" may be said to anything
    counted = reference and reference.isdigit() and not {t.text for t in rest} & ORDERED
    if counted and text.wanted(rest).is_plain:
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
    if item.quantity is None or item.price is not None or item.thousands:
        error = "bad_quantity" if item.thousands else "missing_quantity"
        return Reading("farmer_less", slots | {"error": error}, 0.7, "quantity")
    if item.products:
        slots["items"] = [item.slots()]
    else:
        slots["qty"] = item.quantity
        if item.unit:
            slots["unit"] = item.unit
    ask = "product" if len(item.products) > 1 else "confirm" if item.unit == "g" else None
    if not reference and text.awaiting != "item_available":
        ask = ask or "confirm"  # less of which order?
    return Reading("farmer_less", slots, 0.9, ask)


def reading(intent: str, text: Text, wanted: Wanted, *, doubtful: bool) -> Reading:
    """The reading of items, with what is missing in them."""
    for item in wanted.items:
        if not item.products and not item.raw and len(wanted.unexplained) == 1:
            item.raw = wanted.unexplained[0]
        if item.thousands:
            item.bad, item.quantity = True, None
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
        elif item.torn or (item.unit == "g" and intent != "order"):
            ask = ask or "confirm"  # nobody sells 20 grams: two prices, or a slip for kg
        elif item.quantity is None and item.price is not None and intent == "order":
            ask = ask or "confirm"  # so many shillings' worth: the quote says how much that is
        elif item.quantity is None:
            slots["error"], ask = "missing_quantity", ask or "quantity"
        elif item.unit is None:
            ask = ask or "unit"
    if ask is None and doubtful:
        ask = "confirm"
    return Reading(intent, slots, 0.95 if ask is None else 0.8 if ask != "confirm" else 0.7, ask)
