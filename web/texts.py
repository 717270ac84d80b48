"""The words of a message for an admin's eyes: secrets are dots, phones masked (DR-1205, DR-1904)."""

from collections.abc import Mapping
from typing import Any

from core.traffic.masks import mask_phones
from locales.messages import MESSAGES
from locales.voice import Voice

DOTS = "••••"


def text_of(voice: Voice, language: str, code: str, values: Mapping[str, Any]) -> str:
    """Message `code` as its reader got it, dots where a secret stood; its bare name if it has no text."""
    message = MESSAGES.get(code)
    if message is None:
        return f"({code})"
    shown = {name: DOTS if _is_secret(name, value) else value for name, value in values.items()}
    try:
        return mask_phones(voice.show(language, message.text, **shown))
    except (KeyError, ValueError):  # a row of an older version, whose slots were others
        return f"({code})"


def _is_secret(name: str, value: Any) -> bool:
    return name == "code" or (isinstance(value, dict) and "secret" in value)
