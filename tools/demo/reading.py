"""Reading a phone as its owner does: which screen is this, which key is beside that word.

The catalogues tell how a sentence looks in the phone's language, so a script names sentences, never digits.
"""

import re
import string
from functools import cache

from locales.catalogue import translate
from locales.gsm import fold
from locales.mark import FORMS

OPTION = re.compile(r"^(\d+)\s+(.*)$", re.MULTILINE)
MORE_KEY = "98"


class Wrong(Exception):
    """The story went another way than it must; the message is a sentence for the person at the terminal."""


@cache
def pattern(text: str) -> re.Pattern[str]:
    """What `text` (one form of it) looks like on the wire; each slot is a group of its name."""
    parts, seen = [], set()
    for literal, name, _, _ in string.Formatter().parse(text):
        parts.append(re.escape(fold(literal)))
        if name:
            parts.append(".+?" if name in seen else f"(?P<{name}>.+?)")
            seen.add(name)
    if parts and parts[-1].endswith("+?)"):  # a slot at the end takes the rest of its line
        parts.append(r"(?=\n|$)")
    return re.compile("".join(parts), re.DOTALL)


def find(language: str, text: str, where: str) -> re.Match[str] | None:
    """Whether `where` (a screen, an SMS) says `text` in `language`; the slots' values are its groups."""
    forms = translate(language, text).split(FORMS)
    return next((found for form in forms if (found := pattern(form).search(where))), None)


def options(screen: str) -> dict[str, str]:
    """The numbered lines of a screen: key -> label."""
    return {key: label.strip() for key, label in OPTION.findall(screen)}


def offers(screen: str, words: str) -> bool:
    """Whether a line of the screen says exactly these words."""
    return fold(words) in (fold(label) for label in options(screen).values())


def key_beside(screen: str, words: str) -> str:
    """The key of the line that says exactly these words, or else begins with them, or holds them.

    Raises Wrong; a list's `98 More` is returned where the words may stand on its next page.
    """
    lines = options(screen)
    wanted = fold(words).casefold()
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for key, label in lines.items():
            if fits(fold(label).casefold(), wanted):
                return key
    if MORE_KEY in lines:
        return MORE_KEY
    raise Wrong(f"no line says “{words}” on this screen:\n{screen}")
