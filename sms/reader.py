"""A text becomes a reading: what it means, with what values, how sure, and what would have to be asked.

Rules and word lists, no guessing: what only looks like a command is `unknown`, and nothing is done on it.
An order read here only leads to a quote, and a quote needs a plain yes; so a reading may be generous with
spelling and must be strict with meaning. docs/reading.md tells how a text is read, with its figures.

    python -m sms.reader    one JSON object a line in ({"text", "role", "language", "awaiting"}), one out
"""

import re
from collections.abc import Hashable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from core.words import plain
from sms import mpesa_text, references
from sms.grammar import fitting
from sms.keywords import Keyword, keywords
from sms.lexicon import (
    CATEGORIES,
    FILLERS,
    POLITE,
    PRICE_AT,
    UNITS,
)
from sms.reading import (
    UNKNOWN,
    YES_NO,
    Reading,
    agreeing,
    answering,
    asked_after,
    complaints,
    numbers,
    offering,
    prices,
    two_breaths,
    two_things,
)
from sms.reading import selling as items
from sms.reading.produce import Catalogue, Produce
from sms.reading.shorthand import mended
from sms.reading.text import Text, only_greets
from sms.tongue import tongue_of
from sms.wording import phrases_in, words_in
from sms.words import LONGEST_TEXT, Token, folded, tokens

_SPACES = re.compile(r"[^\S\n]{2,}")
_WORDY = frozenset(("unknown", "complain", "message", "help", "place", "text", "rate"))  # may be long
# A whole text in quotation marks, or behind the mark of a forwarded one: somebody's words, perhaps ours.
_QUOTED = re.compile(r"\s*(?:[>»|].*|fwd? ?:.*|[\"“”„«'‘`].*[\"“”»'’`][\s.!]*)", re.I | re.S)
_OWN_WORDS = frozenset(("farmer_reject", "rider_failed", "rate", "complain"))  # may hold another command
__all__ = ["Reader", "product_of"]


class Reader:
    """Reads texts; built once per process."""

    def __init__(self, products: Catalogue) -> None:
        self._products = products
        self._edition: object = None
        self._produce = Produce(())

    def read(
        self, text: str, *, awaiting: str | None = None, role: str | None = None, language: str | None = None
    ) -> Reading:
        """What `text` means.

        awaiting  the kind of answer an open question waits for (docs/reading.md lists them); None when
                  nothing was asked
        role      the sender's role, where words clash between roles
        language  what the sender speaks, en, sw or kikuyu: a name that means one thing in it and another
                  elsewhere (njugu) is first asked about as that
        """
        if mpesa_text.is_mpesa(text):
            return Reading("mpesa_confirmation", mpesa_text.fields(text), 0.9)
        text = _SPACES.sub(" ", text)
        flat = folded(text)
        produce = self.produce()
        typed = tokens(flat, produce.parted)
        found = mended(typed, produce)
        reading = _read(Text(text, flat, found, produce, awaiting, role)) if found else UNKNOWN
        if any(token.guessed for token in found):
            sure = [was if now.guessed else now for was, now in zip(typed, found, strict=True)]
            without = _read(Text(text, flat, sure, produce, awaiting, role))
            reading = without if _is_same(without, reading) else _of_guessed(reading)
        if len(text) > LONGEST_TEXT and reading.ask is None and reading.intent not in _WORDY:
            reading = replace(reading, ask="confirm")  # who knows what the rest says
        if reading.ask is None and reading.intent not in _SAID_AT_WILL and _QUOTED.fullmatch(text):
            reading = replace(reading, confidence=0.7, ask="confirm")
        _own_meaning_first(reading, produce, language)
        return replace(reading, language=tongue_of(found) if found else None)

    def produce(self) -> Produce:
        """The names of all products, made ready once in a process for each edition of the catalogue."""
        if self._edition is not self._products.edition:
            self._edition = self._products.edition
            self._produce = _made_ready(self._products.edition, cast(Hashable, self._products))
        return self._produce

    def amount(self, text: str) -> tuple[Decimal | None, str | None, bool]:
        """(quantity, unit, bad) of a text that answers "how much": `5kg`, `kilo tano`, `2`."""
        flat = folded(text)
        produce = self.produce()
        made = Text(text, flat, mended(tokens(flat, produce.parted), produce), produce, "quantity", None)
        wanted = made.wanted(made.said)
        if len(wanted.items) != 1 or wanted.unexplained or wanted.items[0].raw or made.doubts(made.said):
            return None, None, True
        item = wanted.items[0]
        return item.quantity, item.unit, item.bad


def _own_meaning_first(reading: Reading, produce: Produce, language: str | None) -> None:
    """Of several things a name may mean, that which her language calls so is offered first."""
    if language is None:
        return
    for named in (reading.slots, *reading.items):
        if len(meant := named.get("candidates", [])) > 1:
            raw = str(named["raw"])
            meant.sort(key=lambda slug, raw=raw: produce.foreignness(slug, raw, language))


def _read(text: Text) -> Reading:
    if not text.words:
        return Reading("help") if text.flat.strip() == "?" else UNKNOWN

    def command() -> Reading | None:
        return _command(text)

    answered = agreeing.of_a_job(text) or answering.answer(text, command) or answering.refused(text)
    if answered is not None:
        return answered
    found = two_breaths.read(text, _command) or asked_after.read(text) or command() or _unprompted(text)
    own_words = found is not None and found.ask is None and found.intent in _OWN_WORDS
    if found is None or found.ask is not None or own_words:
        return two_things.read(text, _alone, own_words=own_words) or found or UNKNOWN
    return found


def _alone(text: Text) -> Reading | None:
    """One of two commands, or an order without a word for it."""
    return _command(text) or items.order(text, text.said, commanded=False)


# --- commands ------------------------------------------------------------------------------------------


def _command(text: Text) -> Reading | None:
    """The command that a text is: the plainest reading of any keyword in it, the first where alike."""
    best: tuple[tuple[int, int, int], Reading] | None = None
    for at, keyword in _opening(text):
        rest = [*text.said[:at], *text.said[at + keyword.length :]]
        lead = at == 0 or (at == 1 and _is_an_order(text.said[0], keyword))  # "A3B7 failed nobody home"
        for intent in _by_context(text, keyword):
            found = fitting(text, intent, keyword, rest, lead=lead)
            if found is None:
                continue
            if not keyword.exact:
                found = _of_misspelt(found)
            elif not keyword.known and _is_anothers(text, found):
                found = replace(found, confidence=min(found.confidence, 0.7), ask=found.ask or "confirm")
            if at and text.awaiting in YES_NO and _is_answered(text) and not found.slots:
                found = replace(
                    found, confidence=0.6, ask="confirm"
                )  # "ok i am going": an answer, or a step?
            if at and text.role == "rider" and _is_answered(text) and not found.slots.keys() & {"code"}:
                found = replace(found, confidence=0.6, ask=found.ask or "confirm")  # "sawa 311 nakuja"
            lacking = "error" in found.slots and bool(rest)
            rank = (0 if lacking else 2 if found.ask is None or not rest else 1, int(lead), keyword.length)
            if best is None or rank > best[0]:
                best = rank, found
            break
    return best[1] if best else None


def _is_an_order(token: Token, keyword: Keyword) -> bool:
    if token.kind == "number" and len(token.text) in (3, 4) and token.text.isdigit():
        return bool(_BEHIND_A_NUMBER & set(keyword.intents))  # "311 failed no one home"
    return token.kind == "mixed" and references.take([token])[0] is not None


_BEHIND_A_NUMBER = frozenset(("rider_failed", "farmer_reject"))


def _is_answered(text: Text) -> bool:
    """Whether the text opens with a yes or a no."""
    opened = keywords().at(text.words, 0)
    return opened is not None and any(intent.startswith("confirm_") for intent in opened.intents)


_MOST_OFTEN = 2  # said a third time a word opens nothing new; a text of it alone would be read at length


def _opening(text: Text) -> list[tuple[int, Keyword]]:
    """Where keywords stand in the text; a misspelt one only as its first word."""
    words = text.words
    found: list[tuple[int, Keyword]] = []
    at = 0
    while at < len(words) and len(found) < 8:
        keyword = keywords().at(words, at)
        if keyword is None and at == 0 and not text.produce.exactly(words[0]):
            keyword = keywords().near(words[0]) if words[0] not in UNITS else None
            if keyword is None and len(words) == 1 and text.awaiting in YES_NO:
                keyword = keywords().answers(words[0])
        shorter = keywords().at(words[at : at + 1], 0) if keyword is not None and keyword.length > 1 else None
        for opened in (keyword, shorter):
            if opened is not None and sum(known == opened for _at, known in found) < _MOST_OFTEN:
                found.append((at, opened))
        at += keyword.length if keyword else 1
    return found


# What a rider asks about his own money as a farmer does about hers (DR-1304).
PAID_BOTH = ("farmer_balance", "farmer_statement")


def _is_anothers(text: Text, found: Reading) -> bool:
    """An everyday phrase is a farmer's or a rider's command where one says it; others are asked about it."""
    owner = found.intent.split("_")[0]
    if text.role == "rider" and found.intent in PAID_BOTH:
        return False
    listed = owner in ("farmer", "rider") and found.intent != "farmer_list"
    return (
        listed and text.role != owner and text.role != "agent" and not found.slots.keys() & {"order", "job"}
    )


def _of_misspelt(found: Reading) -> Reading:
    """What a misspelt word opens is asked about, unless it only tells or leads to a quote."""
    harmless = found.intent in _HARMLESS
    number = str(found.slots.get("order") or found.slots.get("job") or "")
    named = len(number) > 3  # "canel 1042": the number shows that it is a command; 300 may be shillings
    return found if harmless or named or found.ask else replace(found, confidence=0.7, ask="confirm")


def _is_same(one: Reading, other: Reading) -> bool:
    """Whether what was guessed makes no difference: it is in words that are passed on as they are."""
    return (one.intent, one.slots, one.items, one.ask) == (other.intent, other.slots, other.items, other.ask)


def _of_guessed(found: Reading) -> Reading:
    """What a guessed word inside a text leads to is asked about, unless it only tells or leads to a quote."""
    if found.ask or found.intent in _HARMLESS or found.intent in ("place", "text", "unknown"):
        return found
    return replace(found, confidence=0.7, ask="confirm")


_HARMLESS = frozenset(("order", "price", "list_products", "status", "help", "weather", "terms", "cart"))
# What may stand in quotation marks and mean it: what only tells, answers, leaving and coming back.
_SAID_AT_WILL = _HARMLESS | words_in(
    "unknown confirm_yes confirm_no choose stop start language place text more my_orders farmer_orders",
    "farmer_balance farmer_statement rider_route rider_cash keypad_payout keypad_number keypad_data",
    "keypad_pin",
)


def _is_trade(intent: str) -> bool:
    return intent.startswith(("farmer_", "rider_"))


def _by_context(text: Text, keyword: Keyword) -> list[str]:
    """The keyword's intents, the likeliest for this sender first."""
    role = text.role
    own = f"{role}_" if role in ("farmer", "rider", "agent") else ""
    order = sorted(keyword.intents, key=lambda intent: not (own and intent.startswith(own)))
    if not own:
        named = any(t.kind == "mixed" or len(t.text) > 3 for t in numbers(text.said))
        first = "farmer_" if named and not {"job", "kazi", "wira"} & set(text.words) else "rider_"
        order.sort(key=lambda intent: (_is_trade(intent), not intent.startswith(first)))
    if "keypad_payout" in order:  # "lipa sasa": who sells or carries is paid, who buys pays
        order.sort(key=lambda intent: (intent == "keypad_payout") != bool(own))
    if text.awaiting in ("quote_confirm", "yes_no", "item_available", "price_confirm"):
        order.sort(key=lambda intent: not intent.startswith("confirm_"))
    if text.awaiting == "rider_offer":
        order.sort(key=lambda intent: not intent.startswith(("confirm_", "rider_")))
    return order


# --- without a command ---------------------------------------------------------------------------------


def _unprompted(text: Text) -> Reading | None:
    if only_greets(text.said):
        return None
    code = answering.bare_code(text)
    if code:
        return code
    if text.role == "farmer" and (gone := offering.gone(text)):
        return gone
    if text.role == "farmer" and any(t.text == "0" for t in text.said):
        return items.stock(text, "", text.said)
    bare = len(text.said) == 1 and text.said[0].kind in ("number", "phone")
    if bare and "#" not in text.flat and not text.asks:
        return None
    selling = text.role in ("farmer", "agent")
    if selling and (priced := offering.bare_price(text) or offering.priced(text)):
        return priced
    if offered := offering.had(text):
        return offered
    return (
        answering.only_reference(text) or complaints.read(text) or _is_there(text)
        or items.order(text, text.said, commanded=False)
    )  # fmt: skip


_THERE = phrases_in(
    "do u have|any",
    "do you have|have you got|mko na|muko na|mna|kuna|iko|muri na|is there|are there|je mna|mnayo|una",
    "uko na|tuko na|je kuna|mnauza|do you sell|you have",
)


_WHICH = frozenset(("gani", "zipi", "yapi", "which"))


def _is_there(text: Text) -> Reading | None:
    """`do you have tomatoes?`, `mko na nyanya`: what is on sale of it; nothing is ordered."""
    said = " ".join(text.words)
    if set(text.words) & _WHICH and set(text.words) & CATEGORIES.keys():  # "matunda gani yako"
        return prices.on_sale(text, [t for t in text.said if t.text not in _WHICH])
    opened = next((phrase for phrase in _THERE if said.startswith(phrase + " ")), None)
    if opened is None:
        closing = text.asks and text.words[-1] in (
            "mnayo",
            "mnazo",
            "iko",
            "ziko",
            "zipo",
            "kuna",
            "available",
            "ipo",
        )
        return prices.on_sale(text, text.said[:-1]) if closing else None
    found = prices.on_sale(text, text.said[len(opened.split()) :])
    return found if found and (found.slots.keys() & {"product", "products", "category"}) else None


@lru_cache(maxsize=4)
def _made_ready(_edition: Hashable, products: Any) -> Produce:
    return Produce(products.every())


@lru_cache(maxsize=2)
def _reader_of(products: Any) -> Reader:
    return Reader(products)


def product_of(text: str, products: Catalogue) -> tuple[str, ...]:
    """The slugs that a text which only names produce may mean; empty if it says anything else."""
    words = [word for word in plain(text).split() if word not in FILLERS | PRICE_AT | POLITE]
    return _reader_of(cast(Hashable, products)).produce().find(words).slugs if 0 < len(words) <= 3 else ()


if __name__ == "__main__":
    from sms.reading.lines import main

    main()
