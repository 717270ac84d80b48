"""What a text was found to mean."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sms.words import Token


@dataclass(frozen=True)
class Reading:
    """What a text means.

    intent      as data/README.md lists them; "unknown": nothing may be done on it
    confidence  0 to 1
    ask         None, or the kind of question to put back (product, unit, quantity, place, order, choose,
                confirm: it is not sure enough to be done unasked)
    per         the unit that a new price was said to be for (`80 per kg`); None if she did not say
    language    en, sw or ki as the words show it; None if they do not
    first       of two commands in one text (then `unknown`: neither is done) the first
    """

    intent: str
    slots: dict[str, Any] = field(default_factory=dict)
    confidence: float = 0.95
    ask: str | None = None
    language: str | None = None
    per: str | None = None
    first: "Reading | None" = None

    @property
    def items(self) -> list[dict[str, Any]]:
        """The `items` slot, or an empty list."""
        return list(self.slots.get("items", ()))


UNKNOWN = Reading("unknown", confidence=0.9)


def numbers(said: Iterable[Token]) -> list[Token]:
    """The tokens with digits in them."""
    return [token for token in said if token.kind in ("number", "mixed")]


# Open questions that a yes or a no answers.
YES_NO = frozenset(("quote_confirm", "yes_no", "rider_offer", "item_available", "price_confirm"))
