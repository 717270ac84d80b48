"""She asks whether it is there, and orders in the next breath: `wapi nyanya? nipe kilo mbili`."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sms.keywords import keywords
from sms.numerals import number_at
from sms.reading import Reading, numbers
from sms.reading.text import Text
from sms.words import Token


def read(text: Text, alone: Callable[[Text], Reading | None]) -> Reading | None:
    """The order behind a question about the same thing, which it need not name again; None if it is none.

    alone  how the second sentence is read by itself
    """
    mark = next((token for token in text.tokens if token.text == "?"), None)
    if mark is None or text.role in ("farmer", "rider"):
        return None
    asked = [token for token in text.tokens if token.start < mark.start and token.kind != "sign"]
    behind = [token for token in text.tokens if token.start > mark.start]
    if not asked or len(behind) < 2 or numbers(asked) or any(token.text == "?" for token in behind):
        return None
    if _amounts(behind) > 1:  # "nipe trei mbili na nyanya kilo 3": of two things
        return None
    opened = keywords().at([token.text for token in behind], 0)
    if opened is None or "order" not in opened.intents or text.doubts(asked):
        return None
    flat = " " * mark.end + text.flat[mark.end :]
    found = alone(replace(text, flat=flat, tokens=behind, awaiting=None))
    if found is None or found.intent != "order" or len(found.items) != 1 or not found.items[0]["qty"]:
        return None
    named = [thing for thing in text.wanted(asked).items if len(thing.products) == 1]
    if found.items[0]["product"] is not None:
        return found
    if len(named) != 1 or found.items[0].get("raw"):
        return None
    item = found.items[0] | {"product": named[0].products[0]}
    return Reading("order", found.slots | {"items": [item]}, 0.85, None if item["unit"] else "unit")


def _amounts(said: Sequence[Token]) -> int:
    """How many numbers there are, in digits and in words."""
    found = at = 0
    while at < len(said):
        number = number_at(said, at)
        found += number is not None
        at += number.tokens if number else 1
    return found
