"""What one who sells says without a command: what she has, and what a thing costs; put back to her."""

from dataclasses import replace

from sms.reading import Reading
from sms.reading.prices import new_price
from sms.reading.selling import listing
from sms.reading.text import Text
from sms.wording import phrases_in

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


def bare_price(text: Text) -> Reading | None:
    """`tomatoes 85 per kg`, of one who sells: her new price, or what she asks elsewhere? Put back to her."""
    wanted = text.wanted(text.said)
    only = wanted.items[0] if len(wanted.items) == 1 else None
    if only is None or only.price is None or only.quantity is not None or wanted.unexplained:
        return None
    found = new_price(text, text.said)
    return replace(found, confidence=0.6, ask=found.ask or "confirm") if found else None
