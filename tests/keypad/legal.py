"""What every body must be (contract, 1.3 and 1.4), and which keys a screen prints."""

import re
from collections.abc import Sequence

from locales.gsm import is_basic, septets
from locales.voice import Voice
from menus.flow import BACK_KEY, HOME_KEY, MORE_KEY, Ask, Pick, Screen, Shown
from menus.words import CHOOSE_ONE

LIMIT = 160
_KEY = re.compile(r"^(\d{1,2}) (?=\S)")
ENGINES_OWN = (BACK_KEY, HOME_KEY, MORE_KEY, "50", "99")  # 50 goes on with what was cut off


def faults_of(body: str) -> list[str]:
    """What the network or the phone would stumble over; nothing for a legal body."""
    found = []
    if not body.startswith(("CON ", "END ")):
        found.append("begins with neither CON nor END")
    if septets(body) > LIMIT:
        found.append(f"{septets(body)} septets")
    if not is_basic(body):
        found.append("holds what is not in the basic GSM table")
    if "{" in body or "}" in body:
        found.append("shows a slot's name")
    if not body[4:].strip():
        found.append("says nothing")
    return found


def printed(body: str, screen: Screen | None) -> list[str]:
    """The keys that stand on the screen, in their order; no line of a notice is taken for one."""
    if not body.startswith("CON ") or not isinstance(screen, Shown):
        return []
    own = {option.key for option in screen.options}
    to_read = isinstance(screen, Pick) and screen.then is None
    numbered = isinstance(screen, Pick) and screen.then is not None
    keys = []
    for line in body.split("\n")[1:]:
        match = _KEY.match(line)
        if match and (
            match[1] in own
            or (match[1] in ENGINES_OWN and not (to_read and match[1] == "50"))
            or (numbered and match[1] not in ENGINES_OWN and not match[1].startswith("0"))
        ):
            keys.append(match[1])
    return list(dict.fromkeys(keys))


def choose_one(voice: Voice) -> Sequence[str]:
    """How each language says that a key is none of the list."""
    return [voice.say(language, CHOOSE_ONE) for language in ("en", "sw", "kikuyu")]


def is_question(screen: Screen | None) -> bool:
    """Whether words or numbers are asked, and not one of some keys."""
    return isinstance(screen, Ask)
