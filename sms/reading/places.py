"""`PLACE Kangemi, Total`, `nimehama niko Juja sasa`: where somebody is from now on."""

from collections.abc import Sequence

from sms.keywords import Keyword
from sms.lexicon import ORDERED
from sms.reading import Reading
from sms.reading import selling as items
from sms.reading.text import Text
from sms.wording import words_in
from sms.words import Token

_ANOTHERS = frozenset(("your", "his", "her", "their", "a", "an", "yako", "yake", "yao"))
_NO_PLACE = words_in("of or and that which has was not where it for them this")  # opens no place's name
_ONLY_SAID = words_in("far near good nice bad mbali nearby wrong right mzuri mbaya okay")  # of a place


def change(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """The place behind the word, as it was written."""
    if not lead or text.asks:
        return None
    left = list(rest)
    while left and left[0].text in (
        "is",
        "ni",
        "to",
        "my",
        "yangu",
        "new",
        "ya",
        "at",
        "in",
        "now",
        "sasa",
        "iko",
        "kwa",
        "niko",
        "nipo",
    ):
        left = left[1:]
    if not left:
        return Reading("place_change") if not rest or keyword.length > 1 else None
    wanted = text.wanted(left)
    if any(item.products and item.quantity for item in wanted.items):  # "place order 5kg tomatoes"
        return items.reading("order", text, wanted, doubtful=True)
    if text.doubts(left).negated or left[0].text in ORDERED | _ANOTHERS | _NO_PLACE:  # "place your bets"
        return None
    if all(t.text in _ONLY_SAID for t in left):
        return None  # "place is far"
    place = text.free(left)
    return Reading("place_change", {"place": place.removesuffix(" sasa").removesuffix(" now")})
