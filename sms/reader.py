"""A text becomes a reading: what it means, with what values, how sure, and what would have to be asked.

Rules and word lists, no guessing: what only looks like a command is `unknown`, and nothing is done on it.
An order read here only leads to a quote, and a quote needs a plain yes; so a reading may be generous with
spelling and must be strict with meaning.
"""

from decimal import Decimal
from typing import Any

from core.words import plain
from sms import references, riding
from sms.items import Item, Products, Wanted, find_product, parse
from sms.keywords import LANGUAGES, Keyword, keywords
from sms.lexicon import (
    BUT,
    DUTY,
    FILLERS,
    JOINS,
    KINDS,
    METHODS,
    NUMBERED,
    ORDERED,
    OWNED,
    POLITE,
    PRICE_AT,
    QUESTION_STARTS,
    STARS,
    STATUS_CUES,
    WANTING,
)
from sms.reading import UNKNOWN, Reading, numbers
from sms.tongue import tongue_of
from sms.words import Token, folded, number_at, tokens

WHOLE = frozenset(("stop", "start", "terms", "weather"))
ITEMISED = frozenset(("order", "farmer_list", "farmer_stock_update"))
# What may be meant although it does not come first: "nataka kulipa oda 1042", "naomba bei ya nyanya".
IN_SENTENCE = ("price", "status", "cancel", "pay")


class Reader:
    """Reads texts; built once per process."""

    def __init__(self, products: Products) -> None:
        self._products = products

    def read(self, text: str, *, awaiting: str | None = None, role: str | None = None) -> Reading:
        """What `text` means.

        awaiting  the kind of answer an open question waits for: quote_confirm, place, choose_number,
                  quantity, rate, rider_offer; None when nothing was asked
        role      the sender's role, where words clash between roles
        """
        flat = folded(text)
        found = tokens(flat)
        reading = _Text(flat, found, self._products, awaiting, role, text).read()
        language = tongue_of(flat) if found else None
        return Reading(reading.intent, reading.slots, reading.confidence, reading.ask, language)

    def amount(self, text: str) -> tuple[Decimal | None, str | None, bool]:
        """(quantity, unit, bad) of a text that answers "how much": `5kg`, `kilo tano`, `2`."""
        flat = folded(text)
        wanted = parse(tokens(flat), flat, self._products)
        if len(wanted.items) != 1 or wanted.unexplained or wanted.negated:
            return None, None, True
        item = wanted.items[0]
        return item.quantity, item.unit, item.bad


class _Text:
    """One text on the table."""

    def __init__(
        self, flat: str, found: list[Token], products: Products, awaiting: str | None, role: str | None,
        original: str,
    ) -> None:  # fmt: skip
        self.flat = flat
        self.tokens = found
        self.said = [t for t in found if t.kind != "sign"]
        self.words = [t.text for t in self.said]
        self.products = products
        self.awaiting = awaiting
        self.role = role
        self.original = original
        self.asks = "?" in flat

    def read(self) -> Reading:
        if not self.words:
            return Reading("help") if self.asks and self.flat.strip() == "?" else UNKNOWN
        return self._answer() or self._command() or self._unprompted() or UNKNOWN

    # --- answers to an open question -------------------------------------------------------------------

    def _answer(self) -> Reading | None:
        match self.awaiting:
            case "choose_number":
                return self._choice()
            case "rate":
                bare = self._bare_items()  # "5kg tomatoes" is no five stars
                return (
                    None
                    if bare and any(i["unit"] or i["product"] for i in bare.items)
                    else self._stars(self.said)
                )
            case "quote_confirm":
                return self._half_yes()
            case "place":
                return self._place()
        return None

    def _choice(self) -> Reading | None:
        said = [t for t in self.said if t.text not in POLITE and t.text not in NUMBERED]
        if not said:
            return None
        number = number_at(said, 0)
        if number and number.value is not None and number.tokens == len(said) and number.value % 1 == 0:
            return Reading("choose", {"choice": int(number.value)})
        return None

    def _stars(self, said: list[Token]) -> Reading | None:
        skip = [t for t in said if t.text not in POLITE and t.text not in STARS]
        number = number_at(skip, 0) if skip else None
        if number is None:
            return None
        comment = " ".join(t.text for t in skip[number.tokens :])
        if number.value is None or number.value not in range(1, 6):
            return Reading("rate", {"error": "bad_rating"}, 0.7, "choose")
        slots: dict[str, Any] = {"stars": int(number.value)}
        if comment:
            slots["comment"] = comment
        return Reading("rate", slots)

    def _half_yes(self) -> Reading | None:
        """`yes but only 3kg`, `3kg`: not a yes; the quote is to be made again with that amount."""
        rest = self.said
        keyword = keywords().at(self.words, 0)
        if keyword and "confirm_yes" in keyword.intents:
            rest = self.said[keyword.length :]
        rest = [t for t in rest if t.text not in BUT and t.text not in POLITE]
        if len(rest) == len(self.said) == 1:
            return None
        wanted = parse(rest, self.flat, self.products)
        lone = len(wanted.items) == 1 and not wanted.items[0].products
        if lone and not wanted.unexplained and not wanted.negated and wanted.items[0].quantity:
            return Reading("order", {"items": [wanted.items[0].slots()]}, 0.6, "confirm")
        return None

    def _place(self) -> Reading | None:
        """A free text is the place, unless it is plainly something else."""
        command = self._command()
        if command and command.intent == "place_change":
            return Reading("place", command.slots) if command.slots else UNKNOWN
        if command and command.intent not in ("order", "status", "price", "cancel", "rate", "list_products"):
            return command
        if command and command.intent == "order":
            items = command.items
            if items and all(i["product"] and i["qty"] for i in items) and command.confidence > 0.9:
                return command
        elif command and keywords().at(self.words, 0) and len(self.words) <= 4:
            return command
        bare = self._bare_items()
        if bare and all(i["product"] and i["qty"] for i in bare.items):
            return bare
        if all(t.kind == "number" for t in self.said):
            return UNKNOWN
        return Reading("place", {"place": " ".join(self.original.split())})

    # --- commands ----------------------------------------------------------------------------------------

    def _command(self) -> Reading | None:
        start = 0
        while start < len(self.words) - 1 and self.words[start] in POLITE:
            if keywords().at(self.words, start) and start == 0 and len(self.words) < 3:
                break
            start += 1
        for begin in dict.fromkeys((0, start)):
            keyword = keywords().at(self.words, begin)
            if keyword is None:
                continue
            for intent in self._by_context(keyword):
                reading = self._grammar(intent, keyword, self.said[begin + keyword.length :])
                if reading is not None:
                    return reading
        return None

    def _by_context(self, keyword: Keyword) -> list[str]:
        """The keyword's intents, the likeliest for this sender first."""
        riding = self.role == "rider"
        order = sorted(keyword.intents, key=lambda intent: intent.startswith("rider_") != riding)
        if self.awaiting in ("quote_confirm", "rider_offer", "yes_no"):
            order.sort(key=lambda intent: not intent.startswith("confirm_"))
        return order

    def _grammar(self, intent: str, keyword: Keyword, rest: list[Token]) -> Reading | None:
        """The reading if what follows the keyword fits it, else None."""
        words = [t.text for t in rest]
        plain_end = all(word in POLITE for word in words)
        if intent == "order" and (other := self._meant_instead(rest) or self._only_number(rest)):
            return other
        if intent in ITEMISED:
            return self._itemised(intent, rest)
        match intent:
            case "help":
                return Reading("help", {} if plain_end else {"text": " ".join(words)})
            case "confirm_yes" | "confirm_no":
                return self._yes_or_no(intent, keyword, rest, plain_end)
            case "language":
                return self._language(keyword, words)
            case "price":
                return self._price(rest)
            case "status" | "cancel" | "pay":
                return self._about_order(intent, rest)
            case "rate":
                return self._rate(rest)
            case "list_products":
                return Reading("list_products") if len(words) <= 3 and not numbers(rest) else None
            case "place_change":
                return self._new_place(rest)
            case "nocode":
                job = references.take(rest)[0]
                return Reading("nocode", {"job": job} if job else {}) if plain_end or job else None
            case "rider_on" | "rider_off":
                return Reading(intent) if all(w in POLITE | DUTY for w in words) else None
            case "rider_done":
                return riding.done(rest, asks=self.asks)
            case "rider_accept" | "rider_picked" | "rider_decline" | "rider_failed":
                return riding.job(intent, rest, asks=self.asks)
        return Reading(intent) if intent in WHOLE and plain_end and not self.asks else None

    def _meant_instead(self, rest: list[Token]) -> Reading | None:
        """`nataka kulipa oda 1042`, `naomba bei ya nyanya`: the wanting word is not the command."""
        words = [t.text for t in rest]
        for at in range(len(words)):
            keyword = keywords().at(words, at)
            if keyword is None or keyword.phrase in WANTING:
                continue
            for intent in IN_SENTENCE:
                if intent in keyword.intents:
                    return self._grammar(intent, keyword, rest[:at] + rest[at + keyword.length :])
        if set(words) & STATUS_CUES and not numbers(rest):
            return Reading("status", confidence=0.7)
        return None

    def _yes_or_no(self, intent: str, keyword: Keyword, rest: list[Token], plain_end: bool) -> Reading | None:
        if self.asks:
            return None
        if plain_end:
            return Reading(intent)
        again = keywords().at([t.text for t in rest], 0)
        if again and intent in again.intents and len(rest) == again.length:
            return Reading(intent)
        reference, left = references.take(rest)
        if reference and not left and not reference.isdigit() and keyword.phrase != "1":
            return Reading(intent, {"job": reference})
        return None

    def _language(self, keyword: Keyword, words: list[str]) -> Reading | None:
        named = [LANGUAGES[word] for word in words if word in LANGUAGES]
        if not named and keyword.phrase in LANGUAGES and all(w in POLITE for w in words):
            named = [LANGUAGES[keyword.phrase]]
        if len(set(named)) == 1 and len(words) <= 3:
            return Reading("language", {"language": named[0]})
        if not words or not named:
            return Reading("language", {}, 0.8, "choose") if keyword.phrase not in LANGUAGES else None
        return None

    def _price(self, rest: list[Token]) -> Reading | None:
        wanted = parse(rest, self.flat, self.products)
        named = [item for item in wanted.items if item.products]
        if len(named) == 1:
            item = named[0]
            if len(item.products) > 1:
                return Reading("price", {"candidates": list(item.products), "raw": item.raw}, 0.7, "product")
            return Reading("price", {"product": item.products[0]})
        if len(named) > 1 and all(len(item.products) == 1 for item in named):
            return Reading("price", {"products": [item.products[0] for item in named]})
        if len(wanted.unexplained) == 1 and not wanted.items:
            return Reading("price", {"product": None, "raw": wanted.unexplained[0]}, 0.7, "product")
        if not wanted.unexplained and not wanted.items:
            return Reading("price", {"product": None, "error": "missing_product"}, 0.8, "product")
        return None

    def _only_number(self, said: list[Token]) -> Reading | None:
        """`A3B7`, `TUN250624A3B7`, `order A3B7`: nothing but the number of an order asks about it."""
        reference, left = references.take(said)
        if reference and not left and not reference.isdigit():
            return Reading("status", {"order": reference}, 0.8)
        return None

    def _new_place(self, rest: list[Token]) -> Reading | None:
        if not rest:
            return Reading("place_change")
        wanted = parse(rest, self.flat, self.products)
        if any(item.products and item.quantity for item in wanted.items):  # "place order 5kg tomatoes"
            return self._order("order", wanted, sure=0.8)
        return Reading("place_change", {"place": self._as_written(self.flat[rest[0].start : rest[-1].end])})

    def _about_order(self, intent: str, rest: list[Token]) -> Reading | None:
        slots: dict[str, Any] = {}
        reference, left = references.take(rest)
        if reference:
            slots["order"] = reference
        words = [t.text for t in left if t.text not in FILLERS | POLITE | ORDERED | OWNED | JOINS]
        if intent == "pay":
            for word in [w for w in words if w in METHODS]:
                slots["method"] = METHODS[word]
                words.remove(word)
        if intent == "status":
            return Reading("status", slots) if len(words) <= 4 else None
        return Reading(intent, slots) if not words and not self.asks else None

    def _rate(self, rest: list[Token]) -> Reading | None:
        reference, left = references.take(rest)
        if reference and len(numbers(rest)) + (not reference.isdigit()) < 2:
            reference, left = None, rest
        stars = self._stars(left)
        if stars is None:
            return Reading("rate", {"error": "bad_rating"}, 0.6, "choose")
        return Reading("rate", ({"order": reference} if reference else {}) | stars.slots, stars.confidence)

    def _itemised(self, intent: str, rest: list[Token]) -> Reading | None:
        kept = [t for t in self.tokens if t.kind == "sign" or t in rest]
        if rest:
            kept = [t for t in kept if t.start >= rest[0].start]
        wanted = parse(kept, self.flat, self.products)
        if wanted.negated:
            return None
        if not wanted.items:
            lone = len(wanted.unexplained) == 1
            item = [Item(raw=wanted.unexplained[0]).slots()] if lone else []
            nothing = {"items": item} if lone else {"items": [], "error": "missing_product"}
            return Reading(intent, nothing, 0.6, "product") if len(wanted.unexplained) < 2 else None
        if len(wanted.unexplained) > 3 + len(wanted.items):
            return None
        return self._order(intent, wanted, sure=0.95 if not wanted.unexplained else 0.75)

    def _order(self, intent: str, wanted: Wanted, *, sure: float) -> Reading:
        for item in wanted.items:
            if not item.products and len(wanted.unexplained) == 1:
                item.raw = wanted.unexplained[0]
        slots: dict[str, Any] = {"items": [item.slots() for item in wanted.items]}
        if wanted.place:
            slots["place"] = self._as_written(wanted.place)
        if intent == "farmer_list" and len(wanted.items) == 1 and wanted.items[0].price is not None:
            slots["price"] = slots["items"][0].pop("price")
        ask = None
        for item in wanted.items:
            if len(item.products) != 1:
                ask = "product"
            elif item.bad:
                slots["error"], ask = "bad_quantity", ask or "quantity"
            elif item.quantity is None:
                slots["error"], ask = "missing_quantity", ask or "quantity"
            elif item.unit is None:
                ask = ask or "unit"
        return Reading(intent, slots, sure if ask is None else min(sure, 0.8), ask)

    def _as_written(self, place: str) -> str:
        """The place in the sender's own letters."""
        found = self.original.lower().rfind(place)
        return self.original[found : found + len(place)] if found >= 0 else place

    # --- without a command -------------------------------------------------------------------------------

    def _unprompted(self) -> Reading | None:
        asked = self._asked_about()
        if asked:
            return asked
        if len(self.words) <= 8 and (instead := self._meant_instead(self.said)):
            return instead
        if len(self.said) == 1 and self.said[0].kind == "number":
            bare_code = len(self.words[0]) == 4 and self.words[0].isdigit() and self.role in (None, "rider")
            return Reading("rider_done", {"code": self.words[0]}, 0.7) if bare_code else None
        return self._only_number(self.said) or self._bare_items()

    def _asked_about(self) -> Reading | None:
        """`is my 5kg tomato order coming?` asks, and orders nothing."""
        words = set(self.words)
        cued = bool(words & STATUS_CUES)
        owned = bool(words & OWNED and words & ORDERED)
        questioning = self.asks or self.words[0] in QUESTION_STARTS
        if (questioning and (cued or owned)) or (cued and words & ORDERED):
            return Reading("status", confidence=0.8)
        if questioning and self.words[0] in QUESTION_STARTS:
            return UNKNOWN
        return None

    def _bare_items(self) -> Reading | None:
        wanted = parse(self.tokens, self.flat, self.products)
        if wanted.negated or not wanted.items:
            return None
        named = [item for item in wanted.items if item.products or item.raw in KINDS]
        if named and not wanted.unexplained:
            return self._order("order", wanted, sure=0.9)
        lone = len(wanted.items) == 1 and wanted.items[0].unit and wanted.items[0].quantity and not named
        if lone and len(wanted.unexplained) < 2:  # "5kg unga", "5kg": clearly an order, but of what?
            return self._order("order", wanted, sure=0.6)
        return None


def product_of(text: str, products: Products) -> tuple[str, ...]:
    """The slugs that a text which only names produce may mean; empty if it says anything else."""
    words = [word for word in plain(text).split() if word not in FILLERS | PRICE_AT | POLITE]
    return find_product(products, words) if 0 < len(words) <= 3 else ()
