"""The words of a message for an admin's eyes: secrets are dots, phones masked (DR-1205, DR-1904)."""

from collections.abc import Mapping
from typing import Any

from core.traffic.masks import mask_phones
from locales.errors import ERRORS
from locales.messages import MESSAGES
from locales.voice import Voice

DOTS = "••••"
REFUSAL = "error:"


def text_of(voice: Voice, language: str, code: str, values: Mapping[str, Any]) -> str:
    """Message `code` in its reader's words, unfolded and uncut; its bare name if it has no text any more.

    values  the row's slots: secrets become dots, `lines` and `options` the list before or after the text
    """
    shown = {name: DOTS if _is_secret(name, value) else value for name, value in values.items()}
    try:
        return mask_phones(_words(voice, language, code, shown))
    except (KeyError, ValueError, TypeError):  # a row of an older version, whose slots were others
        return f"({code})"


def _words(voice: Voice, language: str, code: str, values: Mapping[str, Any]) -> str:
    if code.startswith(REFUSAL):
        return voice.show(language, ERRORS[code.removeprefix(REFUSAL)], **values)
    message = MESSAGES[code]
    text = voice.show(language, message.text, **values)
    if message.listing == "before":
        return f"{', '.join(_entry(voice, language, line) for line in values['lines'])}. {text}"
    if message.listing == "after":
        choices = (_entry(voice, language, option) for option in values["options"])
        return "\n".join([text, *(f"{number} {choice}" for number, choice in enumerate(choices, 1))])
    return text


def _entry(voice: Voice, language: str, entry: Mapping[str, Any]) -> str:
    """A line of an order, or a choice of a question: a label, a unit with its kg, an amount of a product."""
    if "label" in entry:
        return str(entry["label"])
    if "unit" in entry:
        return voice.show(language, "{unit} {kg}kg" if "kg" in entry else "{unit}", **entry)
    words = " ".join(f"{{{name}}}" for name in ("amount_of", "product") if name in entry)
    return voice.show(language, words, **entry)


def _is_secret(name: str, value: Any) -> bool:
    return name == "code" or (isinstance(value, dict) and "secret" in value)
