"""The gettext catalogues, read once at start-up: locales/<language>/<domain>.po.

A text's English is its key, so English itself needs entries only where wording differs from the key. The
stored language "kikuyu" is Babel's and gettext's "ki".
"""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

HERE = Path(__file__).parent
LANGUAGES = ("en", "sw", "kikuyu")
FOLDERS = {"en": "en", "sw": "sw", "kikuyu": "ki"}
DOMAINS = ("menus", "sms", "errors", "slots")


@cache
def catalogue(language: str) -> dict[str, str]:
    """English text -> text in `language`, for every domain; untranslated and fuzzy entries are left out."""
    texts: dict[str, str] = {}
    for domain in DOMAINS:
        path = HERE / FOLDERS[language] / f"{domain}.po"
        if not path.exists():
            continue
        with path.open("rb") as file:
            for message in read_po(file, locale=FOLDERS[language]):
                if message.id and message.string and not message.fuzzy:
                    texts[str(message.id)] = str(message.string)
    return texts


def translate(language: str, text: str) -> str:
    """`text` in `language`; English where a translation is missing (the locale check refuses that)."""
    return catalogue(language).get(text, text)
