"""From a message's code and slots to the text that travels, in one language; secrets only here (DR-1205)."""

from collections.abc import Callable, Mapping
from typing import Any

from locales.errors import ERRORS
from locales.gsm import SEGMENT, fold, septets
from locales.messages import MESSAGES
from locales.voice import Voice

STARS = "****"
ERROR = "error:"  # code of a refusal's sentence: error:orders.unknown


def is_secret(value: Any) -> bool:
    """Whether a slot's value stands for something that no table may hold."""
    return isinstance(value, dict) and set(value) == {"secret"}


def has_secret(values: Mapping[str, Any], kind: str) -> bool:
    """Whether any slot is a secret of `kind` ("delivery")."""
    return any(is_secret(value) and value["secret"].startswith(f"{kind}:") for value in values.values())


def hidden(_reference: str) -> str:
    """Stars in place of every secret: for the callback log."""
    return STARS


def render(
    voice: Voice, language: str, code: str, values: Mapping[str, Any], *, reveal: Callable[[str], str]
) -> str:
    """The text of message `code` for the wire.

    values  the outbox row's slots; `options` are the numbered choices of a question, `lines` the lines of an
            order, each a dict of slots of its own
    reveal  opens a secret's reference ("delivery:12")
    """
    if code.startswith(ERROR):
        why = voice.say(language, ERRORS[code.removeprefix(ERROR)], **values)
        return f"{why} {voice.say(language, MESSAGES['what_next'].text)}"
    message = MESSAGES[code]
    known = {name: reveal(value["secret"]) if is_secret(value) else value for name, value in values.items()}
    text = voice.say(language, message.text, **known)
    if message.listing == "before":
        return f"{', '.join(_entry(voice, language, line) for line in values['lines'])}. {text}"
    if message.listing == "after":
        return _with_choices(text, [_entry(voice, language, option) for option in values["options"]])
    return text


def _entry(voice: Voice, language: str, entry: Mapping[str, Any]) -> str:
    """One choice or line: a label as it is, a unit with the kg of a pack, or an amount of a product."""
    if "label" in entry:
        return fold(str(entry["label"]))
    if "unit" in entry:
        return voice.say(language, "{unit} {kg}kg" if "kg" in entry else "{unit}", **entry)
    wanted = [name for name in ("amount_of", "product") if name in entry]
    return voice.say(language, " ".join(f"{{{name}}}" for name in wanted), **entry)


def _with_choices(text: str, labels: list[str]) -> str:
    """The question and its numbered choices, labels cut alike until all fit one segment."""
    for width in range(40, 3, -1):
        listed = "\n".join([text, *(f"{at} {label[:width].rstrip()}" for at, label in enumerate(labels, 1))])
        if septets(listed) <= SEGMENT:
            return listed
    return listed
