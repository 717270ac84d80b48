"""`LIST FOR 2 tomatoes 40kg 80`: a field agent names the farm first, by its number or by name (DR-221)."""

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import OSA

from sms.keywords import Keyword
from sms.lexicon import NAMING, OWNED, POLITE, UNITS
from sms.numerals import number_at
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
    if left and left[0].text[:1] == "s" and OSA.distance(left[0].text, "sale") == 1:  # "list for slae"
        return items.listing(text, left[1:])
    used = _farm(text, left)
    found = items.listing(text, left[used:])
    if found is None:
        return None
    # Amount, then price, is how this command is written: nothing to doubt in two plain numbers.
    plain = found.ask == "confirm" and len(found.items) == 1 and len(numbers(left[used:])) == 2
    slots = _named(left[:used]) | found.slots
    return replace(found, intent="agent_list", slots=slots, ask=None if plain else found.ask)


def stock(text: Text, intent: str, phrase: str, rest: Sequence[Token]) -> Reading | None:
    """`STOCK FOR 2 tomatoes 40kg`, `SOLD OUT FOR 2 tomatoes`: the farm, and what there is now."""
    left = [token for token in rest if token.text not in NAMING | {"farm", "shamba", "mugunda"}]
    used = _farm(text, left)
    said = phrase.rsplit(" ", 1)[0]
    found = items.stock(text, said if said in items.SOLD_OUT else "", left[used:])
    if found is None:
        return None
    if not used and text.role != "agent":  # "matigari ma waru": of her own
        return replace(found, intent="farmer_stock_update")
    return replace(found, intent=intent, slots=_named(left[:used]) | found.slots)


def work(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """`READY FOR 2`, `ACCEPT FOR ALL`: one farm by its number, or all of them; nothing else."""
    left = [t for t in rest if t.text not in NAMING | POLITE | {"farm", "farms", "shamba", "mashamba", "my"}]
    if not lead or text.asks or len(left) != 1 or text.role == "rider":
        return None
    if left[0].text in _ALL:
        return Reading(intent, {"all": True})
    number = left[0].text
    return Reading(intent, {"farm": number}) if number.isdigit() and len(number) < 3 else None


_ALL = frozenset(("all", "everybody", "zote", "wote", "yote", "othe", "ciothe"))


def _named(left: Sequence[Token]) -> dict[str, str]:
    """The farm's slot: its number in digits (`mbili` is 2), or its name as it was texted."""
    if not left:
        return {}
    number = number_at(left, 0)
    counted = number is not None and number.tokens == len(left) and number.value is not None
    return {"farm": f"{number.value:f}" if counted and number else " ".join(token.text for token in left)}


def _farm(text: Text, left: Sequence[Token]) -> int:
    """How many words name the farm: a number that counts nothing, or what stands before the produce."""
    number = number_at(left, 0)
    if number is not None and number.value is not None and number.value % 1 == 0 and number.value < 1000:
        counts = len(left) > number.tokens and left[number.tokens].text in UNITS
        return 0 if counts else number.tokens
    at = 0
    while at < min(len(left), _LONGEST_NAME) and left[at].kind == "word":
        if text.produce.exactly(left[at].text) or left[at].text in UNITS:
            return at
        at += 1
    return at if at < len(left) and left[at].kind == "number" else 0
