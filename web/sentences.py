"""What went wrong, in words for an admin."""

from collections.abc import Mapping
from typing import Any

from core.errors import DomainError
from locales import errors
from locales.voice import Voice


def of_error(voice: Voice, error: DomainError) -> str:
    """The sentence for an error, for the web."""
    return voice.show("en", errors.text_of(error), **errors.slot_values(error))


def of_code(voice: Voice, code: str, values: Mapping[str, Any]) -> str:
    """The same for an error that was kept as its code and values."""
    renamed = {errors.SAID_AS[name]: value for name, value in values.items() if name in errors.SAID_AS}
    return voice.show("en", errors.ERRORS[code], **{**renamed, **values})
