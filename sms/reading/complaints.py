"""A complaint that nobody called one (`the tomatoes you sent were rotten`); a wish for money back."""

from collections.abc import Sequence
from typing import Any

from sms import references
from sms.keywords import Keyword
from sms.lexicon import ORDERED, POLITE
from sms.reading import Reading
from sms.reading.saying import AROUND
from sms.reading.text import Text
from sms.wording import phrases_in, words_in
from sms.words import Token

_FAULTS = words_in(
    "sour stale mouldy rotting smelling imechacha yamechacha rotten bad spoilt spoiled missing",
    "wrong damaged broken crushed expired smelly unripe less short",
    "instead fewer poor dirty zimeoza mbovu mbaya zimeharibika imeharibika pungufu kidogo zimepasuka zilioza",
    "zilikuwa yamepasuka imepasuka yameoza yameharibika imeoza haribika chafu ciathukite ciaboire",
)
_SENT = phrases_in(
    "you sent|you brought|you delivered|you gave|i received|we received|i got|mliniletea|mlileta",
    "uliniletea|mlinitumia|mmeniletea|mmeleta|nimeletewa|niliyopata|nilizopata|nimepokea|nilipokea",
    "my order|oda yangu|the order|were delivered|was delivered|rider brought|mlizoleta|mliyoleta",
    "rider delivered|rider gave|mnaleta|my delivery|mmenitumia|mlizonitumia|was short|were short",
)


def is_fault(text: Text, word: Token) -> bool:
    """Whether a word alone may say what is wrong: a fault, or the goods."""
    return word.text in _FAULTS or bool(text.produce.find([word.text]).slugs)


def read(text: Text) -> Reading | None:
    """A fault of what we brought; asked before it becomes a complaint, since a story may sound like it."""
    words = set(text.words)
    said = " ".join(text.words)
    if not words & _FAULTS or not any(phrase in said for phrase in _SENT) or text.asks:
        return None
    reference, _left = references.take(text.said)
    named = reference and (not reference.isdigit() or (len(reference) > 3 and words & ORDERED))
    slots = {"order": reference} if named else {}
    return Reading("complain", slots | {"comment": " ".join(text.original.split())}, 0.6, "confirm")


def money_back(
    text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool
) -> Reading | None:
    """What is to come back of an order; a fault named with it is a complaint, asked first."""
    reference, left = references.take(rest)
    found = text.doubts(left)
    if not lead or found.negated or found.conditional or found.reported:
        return None
    slots: dict[str, Any] = {"order": reference} if reference else {}
    if all(t.text in AROUND | POLITE | _REFUNDED for t in left):
        return Reading(intent, slots)
    if text.role in (None, "customer") and any(t.text in _FAULTS for t in left):
        return Reading("complain", slots | {"comment": text.free(left)}, 0.6, "confirm")
    return None


_REFUNDED = words_in(
    "for of on order oda my our me it the back now today leo sasa yangu zangu yetu ya wa cha kwa pesa money",
    "ciakwa ciitu rehe ni nataka naomba i want where is tafadhali haraka",
)
