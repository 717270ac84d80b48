"""The words of a message for an admin's eyes: secrets are dots, phones masked (DR-1205, DR-1904)."""

from collections.abc import Mapping
from typing import Any

from core.traffic.masks import mask_phones
from locales import notice
from locales.voice import Voice

DOTS = "••••"
HIDDEN = {"secret": ""}


def text_of(voice: Voice, language: str, code: str, values: Mapping[str, Any]) -> str:
    """Message `code` in its reader's words, unfolded and uncut; its bare name if it has no text any more.

    values  the row's slots; a secret becomes dots, and so does whatever stands in the slot of a code
    """
    hidden = {name: HIDDEN if name == "code" else value for name, value in values.items()}
    try:
        return mask_phones(notice.words(voice.show, language, code, hidden, secret=lambda _reference: DOTS))
    except notice.NoWords:  # a row of an older version, whose slots were others
        return f"({code})"
