"""How a text is read that may answer an open question (DR-1510): the same words, another meaning."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sms import references, riding
from sms.keywords import keywords
from sms.lexicon import BUT, CASH, FILLERS, MONEY, NAMING, NUMBERED, POLITE
from sms.numerals import digits, number_at
from sms.reading import UNKNOWN, YES_NO, Reading
from sms.reading import selling as items
from sms.reading.gazetteer import place_names
from sms.reading.saying import stars
from sms.reading.text import Text, unthanked
from sms.wording import phrases_in, words_in
from sms.words import Token

_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "kwanza": 1,
    "pili": 2,
    "tatu": 3,
    "nne": 4,
    "mbere": 1,
}
_SURE = frozenset(("stop", "help", "start", "language", "mpesa_confirmation"))
_NOT_PLACES = frozenset(("order", "status", "price", "cancel", "rate", "list_products"))
_HAS = frozenset(
    phrases_in(
        "ninayo|ninazo|iko|ziko|zipo|ipo|available|nikonayo|niko nayo|niko nazo|nitaleta|yes i have|i have",
        "nina|nio ndi nayo|ndi nacio|tuko nazo|have|kuna",
        "nazo zipo|ninazo zipo|ipo ya kutosha|iko ya kutosha|ziko zote|zote ziko|ninazo zote|iko yote",
        "ndiyo ninazo",
    )
)
_HAS_NOT = frozenset(
    phrases_in(
        "sina|no stock|out of stock|zimeisha|imeisha|hakuna|sold out|finished|sinazo|sinayo|i dont have",
        "dont have|zimekwisha|imekwisha|zote zimeisha|ndiri nacio|hazipo|haipo|hazikuwepo|ziliisha|iliisha",
        "niithirite|none left|not available|sina kitu|nothing left|haiko|haziko|hazipatikani|all sold",
        "no more",
    )
)


def answer(text: Text, command: Callable[[], Reading | None]) -> Reading | None:
    """The reading of a text that answers the open question; None if it does not."""
    match text.awaiting:
        case "choose_number" | "choose":
            return _choice(text)
        case "shelf":
            return _shelf(text) or _choice(text)
        case "rate":
            return _rated(text)
        case "quote_confirm":
            return _half_yes(text) or _second(text)
        case "yes_no" | "rider_offer" | "price_confirm":
            return _new_price(text) if text.awaiting == "price_confirm" else None
        case "item_available":
            return _available(text)
        case "quantity":
            return _quantity(text)
        case "place":
            return _place(text, command)
        case "text":
            return _free(text, command)
    return None


def refused(text: Text) -> Reading | None:
    """`bei iko juu sitaki`: a reason first, and then the no."""
    if text.awaiting not in YES_NO or not 1 < len(text.words) < 9 or text.asks:
        return None
    last = keywords().at(text.words, len(text.words) - 1)
    if last is None or "confirm_no" not in last.intents or last.phrase in _WEAK_NO:
        return None
    before = text.said[:-1]
    opened = [found for at in range(len(before)) if (found := keywords().at(text.words[:-1], at))]
    told = all(set(found.intents) <= _ONLY_TELLS for found in opened)
    figures = any(t.kind in ("number", "mixed") for t in before)
    return Reading("confirm_no", {}, 0.8) if told and not figures and not text.doubts(before) else None


_WEAK_NO = frozenset(("n", "la", "no", "reject", "kataa", "zii", "usitume", "siwezi"))
_ONLY_TELLS = frozenset(("price", "list_products", "status", "weather", "confirm_no"))


def _left(text: Text, *drop: frozenset[str]) -> list[Token]:
    return [t for t in text.said if not any(t.text in words for words in drop)]


_CHOOSING = words_in("i choose pick nachagua chagua take nimechagua ninachagua want nataka go with give")


def _choice(text: Text) -> Reading | None:
    said = _left(text, POLITE, NUMBERED, _CHOOSING)
    if text.asks or not said:
        return None
    if len(said) == 2 and said[0].text in _ORDINALS and said[1].text == "one":
        said = said[:1]  # the first one
    if len(said) == 1 and said[0].text in _ORDINALS:
        return Reading("choose", {"choice": _ORDINALS[said[0].text]})
    number = number_at(said, 0)
    if number and number.value is not None and number.tokens == len(said) and number.value % 1 == 0:
        return Reading("choose", {"choice": int(number.value)})
    return None


def _second(text: Text) -> Reading | None:
    """`2` to a quote that offers `1 Take it  2 Change`."""
    chosen = _choice(text)
    return chosen if chosen and 2 <= chosen.slots["choice"] <= 9 else None


def _shelf(text: Text) -> Reading | None:
    """`2 5kg`, `2 kilo tano`, `no. 2 - 5kg`: so much of the second thing on the list."""
    said = _left(text, POLITE, NUMBERED, FILLERS)
    if (
        text.asks
        or len(said) < 2
        or said[0].kind != "number"
        or not said[0].text.isdigit()
        or len(said[0].text) > 2
    ):
        return None
    value = digits(said[0].text)
    wanted = text.wanted(said[1:])
    if value is None or len(wanted.items) != 1 or wanted.unexplained or wanted.items[0].price is not None:
        return None
    item = wanted.items[0]
    if item.products or item.bad or not item.quantity:
        return None
    ask = None if item.unit else "unit"
    return Reading("order", {"choice": int(value), "items": [item.slots()]}, 0.9, ask)


def _rated(text: Text) -> Reading | None:
    wanted = text.wanted(text.said)
    opened = keywords().at(text.words, 0)
    if (
        opened
        and "rate" not in opened.intents
        and text.said[0].kind == "word"
        and not number_at(text.said, 0)
    ):
        return None
    first = wanted.items[0] if wanted.items else None
    if first and first.unit and first.quantity:  # "5kg tomatoes" is no five stars
        return None
    if any(token.text in _OF_TIME for token in text.said[1:2]):  # "5 minutes", "5pm"
        return None
    found = stars(text, text.said)
    return (
        replace(found, confidence=0.6, ask="confirm") if found and found.ask is None and text.asks else found
    )


_OF_TIME = words_in(
    "am pm minute minutes min mins hour hours hr hrs day days days dakika saa siku kids watoto"
)


def _half_yes(text: Text) -> Reading | None:
    """`yes but only 3kg`, `3kg`: not a yes; the quote is to be made again with that amount."""
    rest = list(text.said)
    keyword = keywords().at(text.words, 0)
    if keyword and "confirm_yes" in keyword.intents:
        rest = rest[keyword.length :]
    rest = [
        t
        for t in rest
        if t.text not in BUT and t.text not in POLITE and t.text not in ("to", "make", "fanya", "iwe")
    ]
    if text.asks or (len(rest) == len(text.said) == 1):
        return None
    wanted = text.wanted(rest)
    said_yes = keyword is not None and "confirm_yes" in keyword.intents
    lone = len(wanted.items) == 1 and not wanted.items[0].raw and not wanted.items[0].products
    lone = lone or (said_yes and wanted.is_plain)  # "yes but make it 15kg tomatoes"
    if not lone or wanted.unexplained or not wanted.items[0].quantity or text.doubts(rest):
        return None
    if not wanted.items[0].unit:  # "ok 5" may be anything
        return None
    if len(rest) == 1 and rest[0].kind == "number":
        return None
    return Reading("order", {"items": [wanted.items[0].slots()]}, 0.6, "confirm")


def _new_price(text: Text) -> Reading | None:
    """`85`, `sio 800 ni 80` where an odd price was put back to her."""
    right = _CORRECTED.fullmatch(" ".join(text.words))
    if right and not text.asks and (value := digits(right[1])):
        return Reading("farmer_price_change", {"price": value}, 0.7, "confirm")
    said = _left(text, _MADE) or text.said
    wanted = text.wanted(said)
    if (
        len(wanted.items) != 1
        or wanted.unexplained
        or wanted.items[0].products
        or text.words == ["1"]
        or text.asks
    ):
        return None
    item = wanted.items[0]
    if item.price is not None and item.quantity is not None:  # "80 bob 90 bob"
        return None
    value = item.price if item.price is not None else item.quantity if item.unit is None else None
    if value is None and item.unit and item.price is None:
        return UNKNOWN  # "5kg" is no price, and no order where a price was asked
    if value is None or item.bad or (value < 3 and item.price is None):
        return None
    if text.words[0] in _NOT_THAT:
        return UNKNOWN  # "not 80" says what it is not
    return Reading("farmer_price_change", {"price": value}, 0.85)


_MADE = words_in(
    "make it no not weka hapana ni change to correct price is should be the iwe badilisha bei iwe its"
)
_NOT_THAT = frozenset(("not", "sio", "siyo", "si"))
_CORRECTED = re.compile(
    r"(?:(?:sio|siyo|si|not|no|hapana|aca) )+[\d,.]+ (?:ni|its|it is|but|bali|nii) ([\d,.]+)"
)


def _available(text: Text) -> Reading | None:
    said = " ".join(t.text for t in text.said if t.text not in POLITE | {"pole"})
    if text.asks:
        return None
    if said in _HAS:
        return Reading("confirm_yes")
    if said in _HAS_NOT:
        return Reading("confirm_no")
    rest = list(text.said)
    keyword = keywords().at(text.words, 0)
    if keyword and {"confirm_yes", "farmer_less"} & set(keyword.intents):
        rest = rest[keyword.length :]
    rest = [t for t in rest if t.text not in BUT | POLITE | _HAVING]
    if not rest or (len(rest) == 1 and rest[0].text in ("1", "2")):
        return None
    found = items.less(text, rest)
    if found is None or "error" in found.slots:
        return None
    short = any(t.text in BUT | _HAVING for t in text.tokens)
    return Reading("farmer_less", found.slots, found.confidence, found.ask or (None if short else "confirm"))


_HAVING = words_in(
    "hazitoshi haitoshi",
    "pekee peke nina i have niko iko na only just tu ziko imebaki zimebaki got naweza toa can give left ndi",
    "nacio have",
)


def _quantity(text: Text) -> Reading | None:
    """A bare number is an amount of what was asked about."""
    wanted = text.wanted(text.said)
    if (
        len(wanted.items) != 1
        or wanted.unexplained
        or wanted.items[0].products
        or wanted.items[0].raw  # "less A3B7 20kg", "sugar 2kg": of something else
        or text.doubts(text.said)
        or text.asks
    ):
        return None
    item = wanted.items[0]
    if item.bad:
        return Reading("order", {"items": [item.slots()], "error": "bad_quantity"}, 0.7, "quantity")
    return Reading("order", {"items": [item.slots()]}, 0.9) if item.quantity and item.price is None else None


def _place(text: Text, command: Callable[[], Reading | None]) -> Reading | None:
    """A free text is the place, unless it is plainly something else."""
    found = command()
    if found and found.intent == "place_change":
        return Reading("place", found.slots) if found.slots else UNKNOWN
    if found and found.intent in _SURE | {"confirm_no", "confirm_yes"}:
        return found
    opened = keywords().at(text.words, 0)
    if opened and opened.length == len(text.words) and opened.phrase not in place_names():
        return found or UNKNOWN  # "LESS" is nobody's door
    if found and found.items and found.confidence > 0.9:
        whole = all(item["product"] and item["qty"] and item["unit"] for item in found.items)
        if whole:
            return found
    command_still = found and opened and found.intent != "order" and len(text.words) <= 4
    if found and command_still and (found.ask is None or _of_a_thing(found)):
        return found
    wanted = text.wanted(text.said)
    if (
        wanted.items
        and not wanted.unexplained
        and all(len(i.products) == 1 and i.quantity for i in wanted.items)
    ):
        return items.order(text, text.said, commanded=False)
    if all(t.kind in ("number", "phone") or t.text in _NO_DOOR for t in text.said):
        return UNKNOWN
    place = " ".join(text.original.split())
    place = place[match.end() :] if (match := _LOCATED.match(place)) else place
    place = unthanked(place)
    lead = keywords().at(text.words, 0)
    if lead and "place_change" in lead.intents and len(text.words) > lead.length:
        place = text.free(text.said[lead.length :])
    return Reading("place", {"place": place.strip()})


_NO_DOOR = words_in(
    "i dont do not know sijui sielewi nini what why kwani bei ngapi price cost much lini when how wait",
    "subiri ngoja",
)
# What leads to a place's name and is none of it.
_LOCATED = re.compile(
    r"(?:(?:sawa|ok|okay|basi|please|pls|tafadhali|hi|hello|hey|habari(?: yako)?"
    r"|good (?:morning|evening|afternoon)|jambo|sasa|niaje|uhoro)[ ,.!]+)*"
    r"(?:(?:i ?a?m|i'm|am|we are|niko|nipo|tuko|ndi|deliver(?: it)?|leta|ilete|peleka"
    r"|send(?: it)?|nipelekee|niletee) (?:in|at|to|huku|hapa|kwa|ku)? ?|(?:in|at|ni|huku|hapa) )?(?=\w)",
    re.I,
)


def _of_a_thing(found: Reading) -> bool:
    """`stock onions` names a product: no place, though its amount is still to be asked."""
    named = bool(found.slots.get("product")) or any(item["product"] for item in found.items)
    return found.intent.startswith("farmer_") and found.ask != "confirm" and named


# Said alone these are commands, and no words to a rider, a farmer or about goods ("late", "ready" may be).
_NEVER_WORDS = words_in(
    "code_again refund my_orders farmer_orders farmer_balance farmer_statement list_products terms weather",
    "pay same language rider_route rider_cash keypad_payout keypad_pin keypad_data",
)


def _free(text: Text, command: Callable[[], Reading | None]) -> Reading:
    found = command()
    if found and found.intent in _SURE | {"confirm_no"}:
        return found
    if found and found.ask is None and found.intent in _NEVER_WORDS and len(text.words) < 3:
        return found
    return Reading("text", {"text": " ".join(text.original.split())})


def bare_code(text: Text) -> Reading | None:
    """Four digits alone: a rider's delivery code; leading zeros are kept."""
    if text.role == "rider" and (whole := _code_and_cash(text)):
        return whole
    said: Sequence[Token] = [
        t for t in text.said if t.text not in POLITE | {"code", "kodi", "namba", "is", "ni", "pin"}
    ]
    if (
        len(said) != 1
        or said[0].kind != "number"
        or "#" in text.flat
        or text.asks
        or text.role not in (None, "rider")
    ):
        return None
    word = said[0].text
    if len(word) != 4 or not word.isdigit():
        return None
    return Reading("rider_done", {"code": word}, 0.7, None if text.role == "rider" else "confirm")


def _code_and_cash(text: Text) -> Reading | None:
    """`A3B7 4821`, `4821 450`, `311 4821 cash 450`: a rider's hand-over without a word."""
    worded = [t for t in text.said if t.kind == "word" and t.text not in POLITE | MONEY | CASH | {"code"}]
    figures = [t for t in text.said if t.kind in ("number", "mixed")]
    if worded or text.asks or not 2 <= len(figures) <= 3:
        return None
    done = riding.done(text.said, asks=False)
    if done and "code" in done.slots:
        both = sum(len(t.text) == 4 and t.text.isdigit() for t in figures) > 1  # which is the code?
        return replace(done, confidence=0.7, ask="confirm") if both else done
    code, cash = figures[0].text, digits(figures[1].text)
    if len(figures) == 2 and len(code) == 4 and code.isdigit() and cash:
        return Reading("rider_done", {"code": code, "cash": cash}, 0.8)
    return None


def only_reference(text: Text) -> Reading | None:
    """`A3B7`, `TUN250624A3B7`: nothing but the number of an order asks about it."""
    reference, left = references.take(text.said)
    asked = text.asks and text.role != "rider" and reference is not None and len(reference) == 4
    named = asked or "#" in text.flat or not (reference or "0").isdigit()
    if reference and named and all(t.text in NAMING for t in left):
        slots: dict[str, Any] = {"order": reference}
        return Reading("status", slots, 0.8)
    return None
