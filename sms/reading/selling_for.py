"""`LIST FOR 2 tomatoes 40kg 80`: a field agent names the farm first, by its number or by name (DR-221)."""

from collections.abc import Sequence
from dataclasses import replace

from sms.lexicon import NAMING, OWNED, UNITS
from sms.reading import Reading, numbers
from sms.reading import selling as items
from sms.reading.text import Text
from sms.words import Token

_LONGEST_NAME = 4


def farm_first(text: Text, rest: Sequence[Token]) -> Reading | None:
    """The farm, and then as a farmer's own words; without a farm it is asked which."""
    left = [token for token in rest if token.text not in NAMING | {"farm", "shamba", "mugunda"}]
    if left and left[0].text in OWNED:  # "sell for my mother": of her own farm
        return None
    used = _farm(text, left)
    found = items.listing(text, left[used:])
    if found is None:
        return None
    # Amount, then price, is how this command is written: nothing to doubt in two plain numbers.
    plain = found.ask == "confirm" and len(found.items) == 1 and len(numbers(left[used:])) == 2
    named = {"farm": " ".join(token.text for token in left[:used])} if used else {}
    return replace(found, intent="agent_list", slots=named | found.slots, ask=None if plain else found.ask)


def _farm(text: Text, left: Sequence[Token]) -> int:
    """How many words name the farm: a number that counts nothing, or what stands before the produce."""
    if left and left[0].kind == "number" and left[0].text.isdigit() and len(left[0].text) < 4:
        counts = len(left) > 1 and left[1].text in UNITS
        return 0 if counts else 1
    at = 0
    while at < min(len(left), _LONGEST_NAME) and left[at].kind == "word":
        if text.produce.exactly(left[at].text) or left[at].text in UNITS:
            return at
        at += 1
    return at if at < len(left) and left[at].kind == "number" else 0
