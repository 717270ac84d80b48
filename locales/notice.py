"""From what is kept of a message, a code and values, to its words: one home for phones, SMS and web.

Whoever shows it says how slots are written (`Voice.say` for the wire, `Voice.show` for the web) and what
stands in the place of a secret (DR-1205).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from locales.errors import ERRORS
from locales.messages import MESSAGES

# The slots that a line may have, in their order; names come last, since only they may be cut.
LINE = (
    "day",
    "month",
    "order",
    "sum",
    "state",
    "amount_of",
    "times",
    "price",
    "product",
    "name",
    "part",
    "total",
)
REFUSAL = "error:"  # before the code of a refusal's sentence: error:orders.unknown


class Write(Protocol):
    """Puts a text with slots into a language: `Voice.say` or `Voice.show`."""

    def __call__(self, language: str, text: str, /, **values: Any) -> str:
        """The words."""


class NoWords(Exception):
    """This version has no text for the code, or a text with slots that the values do not fill."""


def is_refusal(code: str) -> bool:
    """Whether the message is an error's sentence."""
    return code.startswith(REFUSAL)


def is_secret(value: Any) -> bool:
    """Whether a value only refers to what no table may hold: {"secret": "delivery:12"}."""
    return isinstance(value, Mapping) and "secret" in value


def has_secret(values: Mapping[str, Any]) -> bool:
    """Whether any value is a secret."""
    return any(is_secret(value) for value in values.values())


def numbered(text: str, choices: Sequence[str]) -> str:
    """A question above its numbered choices."""
    return "\n".join([text, *(f"{number} {choice}" for number, choice in enumerate(choices, 1))])


def words(
    write: Write,
    language: str,
    code: str,
    values: Mapping[str, Any],
    *,
    secret: Callable[[str], str],
    listed: Callable[[str, Sequence[str]], str] = numbered,
) -> str:
    """Message `code` with the slots in `values`; raises NoWords.

    values  as stored; `lines` (an order's) and `options` (a question's) are lists of slots of their own
    secret  makes words of a secret's reference
    listed  sets a question and its choices
    """
    try:
        if is_refusal(code):
            return write(language, ERRORS[code.removeprefix(REFUSAL)], **values)
        message = MESSAGES[code]
        known = {
            name: secret(value["secret"]) if is_secret(value) else value for name, value in values.items()
        }
        text = write(language, message.text, **known)
        if message.listing == "before":
            return f"{', '.join(entry_of(write, language, line) for line in values['lines'])}. {text}"
        if message.listing == "after":
            return listed(text, [entry_of(write, language, option) for option in values["options"]])
        if message.listing == "below":
            return "\n".join([text, *(entry_of(write, language, line) for line in values["lines"])])
        return text
    except (KeyError, ValueError, TypeError, ArithmeticError) as error:
        raise NoWords(code) from error


def entry_of(write: Write, language: str, entry: Mapping[str, Any]) -> str:
    """A choice or a line: a label as it is, a short text, a unit with the kg of a pack, or an amount of a
    product, an order with its sum."""
    if "label" in entry:
        return str(entry["label"])
    if "say" in entry:
        return write(language, MESSAGES[entry["say"]].text, **entry)
    if "unit" in entry:
        return write(language, "{unit} {kg}kg" if "kg" in entry else "{unit}", **entry)
    wanted = [name for name in LINE if name in entry]
    return write(language, " ".join(f"{{{name}}}" for name in wanted), **entry)
