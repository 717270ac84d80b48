"""The gettext catalogues, read once at start-up: locales/<language>/<domain>.po.

A text's English is its key, so English itself needs entries only where wording differs from the key. The
stored language "kikuyu" is Babel's and gettext's "ki".
"""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from locales.mark import FORMS

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
                if message.id and not message.fuzzy and (said := joined(message.string)):
                    texts[joined(message.id)] = said
    return texts


def joined(text: object) -> str:
    """A gettext id or string as one text: its forms with FORMS between; "" while one of them is missing."""
    forms = [str(form) for form in text] if isinstance(text, list | tuple) else [str(text or "")]
    return FORMS.join(forms) if all(forms) else ""


def translate(language: str, text: str) -> str:
    """`text` in `language`; English where a translation is missing (the locale check refuses that)."""
    return catalogue(language).get(text, text)
