"""What one who sells says without a command: what she has, and what a thing costs; put back to her."""

from dataclasses import replace

from sms.reading import Reading
from sms.reading.prices import new_price
from sms.reading.selling import listing
from sms.reading.text import Text
from sms.wording import phrases_in, words_in

_HAVING = phrases_in("i have|we have|nina|tuna|niko na|tuko na|ndi na|turi na")


def had(text: Text) -> Reading | None:
    """`I have 50 bunches of kale at 15` offers, and orders nothing; put back to whoever says it."""
    said = " ".join(text.words)
    opened = next((phrase for phrase in _HAVING if said.startswith(phrase + " ")), None)
    if opened is None:
        return None
    rest = text.said[len(opened.split()) :]
    wanted = text.wanted(rest)
    if wanted.unexplained or not wanted.items:
        return None
    if not all(
        len(item.products) == 1 and item.quantity and (item.unit or item.price) for item in wanted.items
    ):
        return None
    found = listing(text, rest)
    return replace(found, confidence=0.6, ask=found.ask or "confirm") if found else None


def priced(text: Text) -> Reading | None:
    """`tomatoes 200kg @65`, of one who sells: an offer; put back to her, since a price might be a wish."""
    wanted = text.wanted(text.said)
    whole = wanted.items and all(len(i.products) == 1 and i.quantity and i.price for i in wanted.items)
    if not whole or wanted.unexplained:
        return None
    found = listing(text, text.said)
    return replace(found, confidence=0.6, ask=found.ask or "confirm") if found else None


def gone(text: Text) -> Reading | None:
    """`no more tomatoes left`, `sina nyanya tena`: sold out, said around the produce; put back to her."""
    left = [t for t in text.said if t.text not in _GONE]
    if text.asks or not left or len(text.said) - len(left) < 2:
        return None
    wanted = text.wanted(left)
    only = wanted.items[0] if len(wanted.items) == 1 else None
    if only is None or len(only.products) != 1 or only.quantity or only.price or wanted.unexplained:
        return None
    return Reading("farmer_stock_update", {"items": [only.slots() | {"qty": 0}]}, 0.7, "confirm")


_GONE = words_in(
    "no more left all sold out of i am im sina tena hakuna nothing none have dont any zote zilizobaki stock"
    " zimeuzwa finished ended"
)


def bare_price(text: Text) -> Reading | None:
    """`tomatoes 85 per kg`, of one who sells: her new price, or what she asks elsewhere? Put back to her."""
    wanted = text.wanted(text.said)
    only = wanted.items[0] if len(wanted.items) == 1 else None
    if (
        only
        and only.price is None
        and only.unit is None
        and only.quantity
        and {"ni", "now"} & set(text.words)
    ):
        only.price, only.quantity = only.quantity, None  # "nyanya sasa ni 90"
    if only is None or only.price is None or only.quantity is not None or wanted.unexplained:
        return None
    found = new_price(text, text.said)
    return replace(found, confidence=0.6, ask=found.ask or "confirm") if found else None
