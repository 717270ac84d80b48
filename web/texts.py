"""The words of a message for an admin's eyes: secrets are dots, phones masked (DR-1205, DR-1904)."""

from collections.abc import Mapping
from typing import Any

from core.traffic.masks import mask_phones
from locales.messages import MESSAGES
from locales.voice import Voice

DOTS = "••••"
ENTRY_SLOTS = ("amount_of", "product", "unit", "place", "order")


def text_of(voice: Voice, language: str, code: str, values: Mapping[str, Any]) -> str:
    """Message `code` as its reader got it, dots where a secret stood; its bare name if it has no text."""
    message = MESSAGES.get(code)
    if message is None:
        return f"({code})"
    shown = {name: DOTS if _is_secret(name, value) else value for name, value in values.items()}
    try:
        text = voice.show(language, message.text, **shown)
        entries = [_entry(voice, language, e) for e in values.get("lines") or values.get("options") or ()]
    except (KeyError, ValueError, TypeError):  # a row of an older version, whose slots were others
        return f"({code})"
    if message.listing == "before":
        text = f"{', '.join(entries)}. {text}"
    if message.listing == "after":
        text = "\n".join([text, *(f"{at} {entry}" for at, entry in enumerate(entries, 1))])
    return mask_phones(text)


def _entry(voice: Voice, language: str, entry: Mapping[str, Any]) -> str:
    """A line of an order, or a choice of a question."""
    if "label" in entry:
        return str(entry["label"])
    words = " ".join(f"{{{name}}}" for name in ENTRY_SLOTS if name in entry)
    return voice.show(language, words, **entry)


def _is_secret(name: str, value: Any) -> bool:
    return name == "code" or (isinstance(value, dict) and "secret" in value)
