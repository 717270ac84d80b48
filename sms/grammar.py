"""What may follow the word that opens a command, by intent: the table, and the readings of its simple rows.

A command is read only where everything beside its word is explained: an order's number, a product,
an amount, politeness. What explains itself in no way makes the text a sentence, and a sentence does nothing.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sms import references, riding
from sms.keywords import Keyword, keywords
from sms.lexicon import DUTY, KIN, ORDERED, OWNED, POLITE, QUESTION_STARTS, WHEN
from sms.numerals import number_at
from sms.reading import (
    Reading,
    agreeing,
    complaints,
    keypad,
    numbers,
    paying,
    places,
    prices,
    saying,
    selling_for,
)
from sms.reading import selling as items
from sms.reading.gazetteer import place_names
from sms.reading.saying import AROUND
from sms.reading.signs import is_planned
from sms.reading.text import Text
from sms.wording import words_in
from sms.words import Token

Grammar = Callable[[Text, str, Keyword, Sequence[Token], bool], Reading | None]

# Questions do nothing; these only tell.
_TELLS = words_in(
    "weather terms help my_orders farmer_orders farmer_statement farmer_balance rider_route",
    "rider_cash more rider_vehicle cart",
)


def _whole(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """Nothing but politeness: a stop word counts only as the whole message (data/README.md). A farmer who
    stops an order by its number means that she cannot supply it."""
    reference, left = references.take(rest)
    if intent == "stop" and text.role == "farmer" and reference and all(t.text in AROUND for t in left):
        return Reading("cancel", {"order": reference})
    if text.asks:
        return None
    words = {t.text for t in rest if t.text not in POLITE}
    if intent == "start" and words <= {
        "me",
        "mimi",
        "us",
        "sisi",
        "my",
        "number",
        "please",
        "namba",
        "yangu",
    }:
        words = set()
    told = intent == "stop" and bool(words & _MESSAGES) and words <= _MESSAGES | _SENDING
    if told:  # data/README.md: a stop word counts only as the whole message
        return Reading(intent, {}, 0.7, "confirm")
    return Reading(intent) if not words else None


# What a stop may be of, and still be one: "usitume tena msg", "stop sending me messages".
_MESSAGES = words_in(
    "message messages msg msgs sms smss text texts texting ujumbe jumbe meseji kunitumia kunitext spam",
    "notifications alerts adverts ads promotions ndumiriri",
)
_SENDING = words_in(
    "sending me to tena your yenu wenu zenu hizi hii kutuma the these any more again now from us"
)


def _nothing(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """Nothing that says more: `weather today`, `my balance please`."""
    if text.doubts(rest).negated or (text.asks and intent not in _TELLS):
        return None
    if intent in ("rider_on", "rider_off"):
        fits = all(t.text in POLITE | DUTY | _OF[intent] for t in rest)
        fits = fits and not (
            keyword.length == 1 and {t.text for t in text.tokens} & {"sawa", "poa", "fiti"}
        )  # "siko sawa"
        return Reading(intent) if fits and (text.role in (None, "rider") or not rest) else None
    known = AROUND | DUTY | _OF[intent] | (place_names() | WHEN if intent == "weather" else frozenset())
    return Reading(intent) if all(t.text in known for t in rest) else None


_OF: dict[str, frozenset[str]] = {
    intent: frozenset(words.split())
    for intent, words in {
        "weather": "today tomorrow kesho leo rain mvua shambani farm forecast this week wiki hii ya gani",
        "terms": "conditions use masharti vigezo and",
        "my_orders": "list show all open",
        "more": "options results list show next",
        "cart": "cart basket my everything kikapu all the me now today leo yangu changu nini ndani iko",
        "clear": "cart basket my everything kikapu all",
        "farmer_orders": "today leo new list show kesho tomorrow mpya za my all",
        "farmer_statement": "my this month week mwezi wiki mpesa account ya huu hii",
        "farmer_balance": "my account yangu is what how much money pesa ngapi earnings mapato akaunti",
        "rider_on": "back am im ready online available for jobs tayari niko nimerudi from",
        "rider_off": "ya going home for today leo kwenda nyumbani tired nimechoka break taking lunch a off",
        "rider_route": "my todays today leo next show what is where",
        "rider_cash": "my held how much balance ngapi niko nayo ninayo",
        "same_off": "please",
        "start": "again alerts me messages tena",
        "stop": "",
    }.items()
}


def _order(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """An order's number, or none."""
    found = text.doubts(rest)
    if not lead and text.words[0] in _ASKS_WHETHER:  # "is it ready"
        return None
    reference, left = references.take(rest)
    if intent == "cancel" and text.role == "farmer" and reference and any(t.text not in AROUND for t in left):
        return saying.free(text, "farmer_reject", keyword, rest, lead)  # what follows is the reason
    if intent == "cancel" and lead and found.negated and not text.asks and _is_reasoned(text, keyword, rest):
        return Reading(intent, {"order": reference}, 0.6, "confirm")
    if found.negated or found.conditional or found.reported:
        return None
    slots: dict[str, Any] = {"order": reference} if reference else {}
    if reference and len(numbers(left)):
        return None
    polite_request = intent in ("cancel", "collect") and text.words[0] in (
        "can",
        "could",
        "may",
        "naweza",
        "naeza",
    )
    if text.asks and not polite_request:
        return None
    if all(t.text in AROUND for t in left):
        unsure = text.asks or polite_request or (intent != "code_again" and riding.is_to_come(left))
        return Reading(intent, slots, 0.7 if unsure else 0.95, "confirm" if unsure else None)
    wanted = text.wanted(left)
    named = [item for item in wanted.items if item.products]
    acts = intent in ("farmer_harvested", "farmer_packed", "farmer_ready", "farmer_accept", "cancel")
    if (
        acts
        and len(named) == len(wanted.items) == 1
        and not wanted.unexplained
        and len(named[0].products) == 1
    ):
        if named[0].price is not None or found.past:
            return None
        return Reading(
            intent, slots | {"product": named[0].products[0]}, 0.8, "confirm" if named[0].quantity else None
        )
    tail = reference and (not reference.isdigit() or (len(reference) > 3 and _stands_first(rest)))
    if tail and lead and not found.past and not text.asks and _is_reason(left):
        return Reading(intent, slots, 0.6, "confirm")  # "cancel A3B7, we have closed today"
    return None


_ASKS_WHETHER = words_in("is are was were did does")


def _is_reasoned(text: Text, keyword: Keyword, rest: Sequence[Token]) -> bool:
    """`cancel order 1042, I am not at home`: the number stands before every doubt; then she says why."""
    at = next((n for n, token in enumerate(rest) if token.kind in ("number", "mixed")), None)
    if at is None or len(rest[at].text) < 4 or any(t.text not in AROUND for t in rest[:at]):
        return False
    why = rest[at + 1 :]
    return bool(why) and not numbers(why) and not text.doubts(why).conditional and _is_reason(why)


def _stands_first(rest: Sequence[Token]) -> bool:
    """The number stands just behind the command, and counts nothing."""
    said = [t for t in rest if t.text not in AROUND]
    return bool(said) and said[0].kind == "number"


def _is_reason(left: Sequence[Token]) -> bool:
    """A few words behind an order's number, none of them another command or figure."""
    words = [t.text for t in left]
    opened = [found for at in range(len(words)) if (found := keywords().at(words, at))]
    return len(words) < 8 and all(set(found.intents) <= _LOOKS for found in opened)


_LOOKS = _TELLS | words_in("list_products price status")


def _complain(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    found = saying.free(text, intent, keyword, rest, lead)
    told = (len(rest) > 1 and rest[0].text not in ("to", "who", "where", "how", "office", "ofisi")) or any(
        complaints.is_fault(text, token) for token in rest
    )
    if found and rest and "order" not in found.slots and not told:
        return replace(found, confidence=0.6, ask="confirm")  # "complain department"
    return found


def _status(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    reference, left = references.take(rest)
    strange = [t for t in left if t.text not in AROUND | _STATUS_WORDS]
    if strange or text.doubts(left).reported or (text.doubts(left).negated and not reference):
        return None
    return Reading("status", {"order": reference} if reference else {})


_STATUS_WORDS = words_in(
    "status of my order what whats is about where wapi iko umefika imefika na vipi how far update",
    "itakuja itafika inakuja saa ngapi lini bado coming arrive arrived when njiani way imetoka imetumwa leo",
    "kesho tomorrow yet sent dispatched inachelewa umetoka ready today the for delivery going on",
    "wapi ikowapi gani hali check track tracking leo ii me tell need",
    "know want",
)


def _riding(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    reasoned = intent in ("rider_failed", "rider_decline")
    found = text.doubts(rest if not reasoned else [])
    if found.negated or found.conditional or found.reported:
        return None
    if not lead and (reasoned or text.words[0] in QUESTION_STARTS):  # "is 1042 done"
        return None
    if {t.text for t in rest} & KIN and {t.text for t in rest} & OWNED:  # "picked my sister"
        return None
    if intent == "rider_done":
        done = riding.done(list(rest), asks=text.asks)
        return done if lead or (done and done.slots.keys() & {"job", "code"}) else None  # "well done"
    done = riding.job(intent, list(rest), asks=text.asks)
    if done and not reasoned and intent != "rider_accept" and riding.is_to_come(rest):
        return Reading(intent, done.slots, 0.6, "confirm")
    if (
        done
        and intent in ("rider_on_the_way", "rider_arrived")
        and "job" not in done.slots
        and text.role != "rider"
    ):
        return Reading(intent, done.slots, 0.6, "confirm")  # friends are on their way too
    if done and "reason" in done.slots:
        _reference, left = references.take(rest)
        done.slots["reason"] = text.free(left)
        if "job" not in done.slots and text.role != "rider":  # "hayuko nyumbani": of whom?
            return Reading(intent, done.slots, 0.6, "confirm")
    return done


def _late(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    of_an_order = text.role != "rider" and any(t.text in ORDERED for t in rest)  # "my order is late"
    return None if of_an_order or text.doubts(rest) else riding.late(list(rest), asks=text.asks)


def _deposit(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    if text.doubts(rest) or text.asks:
        return None
    sums = [number for at in range(len(rest)) if (number := number_at(rest, at)) and number.value]
    strange = [
        t
        for t in rest
        if t.kind != "number" and t.text not in AROUND | {"cash", "pesa", "ksh", "kes", "bob", "sh", "of"}
    ]
    if is_planned([t.text for t in rest]):
        return None
    if not sums:
        return Reading(intent, {"error": "missing_quantity"}, 0.7, "quantity") if not strange else None
    worded = not any(t.kind == "number" for t in rest)
    if (len(sums) > 1 and not worded) or (strange and not worded):
        return None
    return Reading(intent, {"cash": sums[0].value}, 0.9)


def _vehicle(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    if not lead or text.asks or text.doubts(rest) or any(_HAPPENED.fullmatch(t.text) for t in rest):
        return None
    if rest and all(t.text in _OF_A_VEHICLE for t in rest):  # "gari ni ndogo"
        return None
    return Reading(intent, {"text": text.free(rest)} if rest else {})


_OF_A_VEHICLE = AROUND | words_in("small slow fast old new full empty ndogo kubwa mbaya nzuri zamani mpya")
# What befell it: "pikipiki imeharibika" names no vehicle.
_HAPPENED = re.compile(
    r"(?:i|li|u|zi|vi|ya)(?:me|na|ta)[a-z]{3,}|hai[a-z]{3,}|broken|breakdown|broke|stuck|stolen|puncture"
    r"|punctured|inspection|insurance|expired|serviced|due|problem|shida|accident|ajali|repair|garage|mbovu"
)


def _same(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    if text.doubts([t for t in rest if t.text not in ("last", "before")]) or text.asks:
        return None
    wanted = text.wanted(rest)
    allowed = POLITE | words_in(
        "as last time before again tena kama ile jana wiki week monday every kila ya basket order",
    )
    strange = [t for t in rest if t.text not in allowed | WHEN | {"on"}]
    if strange or wanted.items:
        return None
    when = text.wanted(text.said).when
    return Reading("same", {"when": when} if when else {})


def _items(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    match intent:
        case "order":
            found = items.order(text, rest, commanded=True)
            if (
                not lead
                and found
                and not any(i["product"] or i["qty"] or i.get("candidates") for i in found.items)
            ):
                return None
            return found
        case "farmer_list":
            return items.listing(text, rest)
        case "agent_list":
            return selling_for.farm_first(text, rest)
        case "agent_stock" | "agent_add":
            return selling_for.stock(text, intent, keyword.phrase, rest)
        case "farmer_less":
            return items.less(text, rest)
        case "farmer_price_change":
            return prices.new_price(text, rest)
        case "price":
            return prices.price(text, rest, lead=lead)
        case "list_products":
            return prices.on_sale(text, rest)
    return items.stock(text, keyword.phrase, rest)


def _product(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    return prices.about_product(text, intent, rest)


_OF_AN_ORDER = words_in("cancel collect code_again farmer_accept farmer_harvested farmer_packed farmer_ready")
_OF_A_JOB = words_in(
    "rider_accept rider_decline rider_picked rider_on_the_way rider_arrived rider_done rider_failed",
    "rider_back nocode",
)
_OF_ITEMS = words_in(
    "order farmer_list agent_list agent_stock agent_add farmer_stock_update farmer_less farmer_price_change",
    "price list_products",
)
GRAMMARS: dict[str, Grammar] = {
    **dict.fromkeys(("stop", "start"), _whole),
    **dict.fromkeys(_OF.keys() - {"stop", "start"}, _nothing),
    **dict.fromkeys(_OF_AN_ORDER, _order),
    **dict.fromkeys(("message", "farmer_reject"), saying.free),
    **dict.fromkeys(_OF_A_JOB, _riding),
    **dict.fromkeys(("agent_accept", "agent_ready"), selling_for.work),
    **dict.fromkeys(_OF_ITEMS, _items),
    **dict.fromkeys(("follow", "unfollow", "farmer_take_down"), _product),
    **dict.fromkeys(("confirm_yes", "confirm_no"), agreeing.yes_or_no),
    "status": _status, "complain": _complain, "refund": complaints.money_back, "pay": paying.pay,
    "rate": saying.rate, "language": saying.language,
    "help": saying.help, "late": _late,
    **dict.fromkeys(("keypad_payout", "keypad_number", "keypad_data", "keypad_pin"), keypad.only),
    "rider_deposit": _deposit, "rider_vehicle": _vehicle, "place_change": places.change, "same": _same,
}  # fmt: skip


def fitting(
    text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], *, lead: bool
) -> Reading | None:
    """The reading of `intent` if what stands beside its keyword fits, else None.

    lead  the keyword opens the text
    """
    grammar = GRAMMARS.get(intent)
    return grammar(text, intent, keyword, rest, lead) if grammar else None
