"""One voice: a text and its slots become words in the person's language, ready for the wire or the web.

`say` is for phones: slots cut to their budgets, the whole folded to the basic GSM table. `show` is for the
web: proper spelling, nothing cut. Built once per process.
"""

import string
from functools import lru_cache
from typing import Any, Protocol

from locales.catalogue import translate
from locales.gsm import fold, septets
from locales.mark import FORMS
from locales.slots import GOES_ON, PAIRS, SLOTS, cut, sentences


class ProductNames(Protocol):
    """Whoever knows what a product is called (core.catalogue.index)."""

    def name(self, product_id: int, language: str) -> str:
        """The product's short name in a stored language."""


class UnknownSlot(KeyError):
    """A text uses a slot that locales/slots.py does not list: the locale check refuses it."""


@lru_cache(maxsize=4096)
def slots_of(text: str) -> tuple[str, ...]:
    """The slot names of a text, of all its forms, in order."""
    return tuple(dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(text) if name))


@lru_cache(maxsize=4096)
def _plain(language: str, text: str) -> str:
    """A text without slots for a phone: the same for everybody."""
    return fold_template(_form(translate(language, text), {})).format_map({})


class Voice:
    """Speaks English, Swahili and Kikuyu."""

    def __init__(self, products: ProductNames) -> None:
        self._products = products

    def say(self, language: str, text: str, /, **values: Any) -> str:
        """`text` in `language` for a phone: budgets kept, basic GSM table only.

        language  "en", "sw" or "kikuyu", as stored
        values    one per slot of the text, typed as locales/slots.py says (a pair: both); more are ignored
        """
        names = slots_of(text)
        if not names:
            return _plain(language, text)
        words = {name: fold(self._write(language, name, values, wire=True)) for name in names}
        return fold_template(_form(translate(language, text), values)).format_map(words)

    def show(self, language: str, text: str, /, **values: Any) -> str:
        """`text` in `language` for the web: proper spelling, nothing cut."""
        words = {name: self._write(language, name, values, wire=False) for name in slots_of(text)}
        return _form(translate(language, text), values).format_map(words)

    def full(self, language: str, text: str) -> str:
        """`text` with every slot at its widest: what the fitting tests measure."""
        words = {}
        for name in slots_of(text):
            slot = self._slot(name)
            words[name] = slot.widest.ljust(slot.budget, "m")[: max(slot.budget, len(slot.widest))]
        # Braces would be folded away: fold around the slots, not through them.
        forms = translate(language, text).split(FORMS)
        return max((fold_template(form).format_map(words) for form in forms), key=septets)

    def _write(self, language: str, name: str, values: dict[str, Any], *, wire: bool) -> str:
        slot = self._slot(name)
        if name in PAIRS:
            value: Any = {"qty": values[PAIRS[name]], "unit": values["unit"]}
        else:
            value = values["unit" if name == "units" else name]
        if name == "product" and isinstance(value, int):
            value = self._products.name(value, language)
        written: str = slot.write(language, value)
        if not wire or not slot.cut:
            return written
        whole = fold(written)
        short = cut(whole, slot.budget, septets)
        goes_on = name in GOES_ON and short != whole
        return f"{sentences(whole, slot.budget - 2, septets)}.." if goes_on else short

    @staticmethod
    def _slot(name: str) -> Any:
        try:
            return SLOTS[name]
        except KeyError:
            raise UnknownSlot(name) from None


def _form(text: str, values: dict[str, Any]) -> str:
    """The form of a text that fits its `count`: all three languages tell one from every other number."""
    one, star, many = text.partition(FORMS)
    return one if not star or values["count"] in (1, "1") else many


@lru_cache(maxsize=4096)
def fold_template(text: str) -> str:
    """A text folded to the basic GSM table with its `{slots}` kept."""
    return "".join(
        fold(literal) + (f"{{{name}}}" if name else "")
        for literal, name, _, _ in string.Formatter().parse(text)
    )
