"""`pay 1042 with mpesa`, `riha A3B7 mbeca cia moko`: which order, how, from which phone."""

from collections.abc import Sequence
from typing import Any

from sms import references
from sms.keywords import Keyword
from sms.lexicon import METHODS
from sms.reading import Reading
from sms.reading.saying import AROUND
from sms.reading.signs import is_planned
from sms.reading.text import Text
from sms.wording import words_in
from sms.words import Token


def pay(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """An order's number, a way to pay and a phone, in any order; a promise of a small sum is none."""
    found = text.doubts(rest)
    if found or text.asks or (rest and rest[0].text in _PAYEES and rest[0] in text.said[:2]):
        return None  # "pay me 1042"
    phone, left = references.phone_of(rest)
    reference, left = references.take(left)
    slots: dict[str, Any] = {"order": reference} if reference else {}
    if any(f"{words} moko" in text.flat for words in ("mbeca cia", "cash cia", "na")):  # money in hand
        slots["method"] = "cash_on_delivery"
        left = [t for t in left if t.text not in ("mbeca", "cia", "moko")]
    others = _OTHERS_PHONES if phone else frozenset()
    words = [t.text for t in left if t.text not in AROUND | _PAYING | others]
    for word in [w for w in (*words, *keyword.phrase.split()) if w in METHODS]:
        if word == "pesa" and "cash_on_delivery" in (METHODS.get(w) for w in words):
            if word in words:
                words.remove(word)
            continue
        slots["method"] = METHODS[word]
        if word in words:
            words.remove(word)
    if phone:
        slots["phone"] = phone
    if "on delivery" in text.flat or {t.text for t in rest} & _ON_ARRIVAL:
        both = slots.get("method") == "mpesa" and "mpesa" in text.flat  # "nitalipa mpesa ikifika"
        slots["method"] = "cash_on_delivery"
        if both and not words:
            return Reading("pay", slots, 0.6, "confirm")
    if (
        keyword.phrase in _PROMISES and reference and len(reference) < 4
    ):  # "nitalipa 300 tu": so many shillings
        return None
    if not words and is_planned([t.text for t in rest]):
        return Reading("pay", slots, 0.6, "confirm")  # "will pay 1042"
    return Reading("pay", slots) if not words else None


_PAYEES = frozenset(("me", "us", "mimi", "sisi"))
# Whose phone it is, beside its number.
_OTHERS_PHONES = words_in(
    "wife wifes husband husbands mother mothers father fathers son sons daughter daughters kid kids sister",
    "sisters brother brothers friend friends mums dads phone simu mke mume mwanangu dada kaka mama baba",
)  # fmt: skip
_PROMISES = frozenset(("nitalipa", "nitalipia", "nalipa"))
_ON_ARRIVAL = words_in("ikifika ukifika zikifika akifika nikipokea nikipata")


_PAYING = words_in(
    "ksh kes by with using via kwa na through from lipa pay kutumia now again tena number line",
    "nambari namba on delivery",
    "nikipata nikipokea mzigo ikifika ukifika zikifika akifika upon prompt send stk to me nitumie for wants",
)  # fmt: skip
