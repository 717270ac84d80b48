"""A complaint that nobody called one: `the tomatoes you sent were rotten`."""

from sms import references
from sms.reading import Reading
from sms.reading.text import Text
from sms.wording import phrases_in, words_in

_FAULTS = words_in(
    "rotten bad spoilt spoiled missing wrong damaged broken crushed expired smelly unripe less short",
    "fewer poor dirty zimeoza mbovu mbaya zimeharibika imeharibika pungufu kidogo zimepasuka zilioza",
    "zilikuwa yamepasuka imepasuka yameoza yameharibika imeoza haribika chafu ciathukite ciaboire",
)
_SENT = phrases_in(
    "you sent|you brought|you delivered|you gave|i received|we received|i got|mliniletea|mlileta",
    "uliniletea|mlinitumia|mmeniletea|mmeleta|nimeletewa|niliyopata|nilizopata|nimepokea|nilipokea",
    "my order|oda yangu|the order|were delivered|was delivered|rider brought|mlizoleta|mliyoleta",
    "mnaleta|my delivery|mmenitumia|mlizonitumia|was short|were short",
)


def read(text: Text) -> Reading | None:
    """A fault of what we brought; asked before it becomes a complaint, since a story may sound like it."""
    words = set(text.words)
    said = " ".join(text.words)
    if not words & _FAULTS or not any(phrase in said for phrase in _SENT) or text.asks:
        return None
    reference, _left = references.take(text.said)
    slots = {"order": reference} if reference and not reference.isdigit() else {}
    return Reading("complain", slots | {"comment": " ".join(text.original.split())}, 0.6, "confirm")
