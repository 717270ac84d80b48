"""Readings that keep words of the sender's own: ratings, complaints, messages, reasons; help and language."""

from collections.abc import Sequence
from typing import Any

from sms import references
from sms.keywords import LANGUAGES, Keyword, keywords
from sms.lexicon import FILLERS, JOINS, ORDERED, OWNED, POLITE, STARS
from sms.numerals import digits, number_at
from sms.reading import Reading, numbers
from sms.reading.text import Text
from sms.wording import words_in
from sms.words import Token

# What may stand around an order's number and changes nothing.
AROUND = FILLERS | POLITE | ORDERED | OWNED | JOINS | words_in(
    "i have has now already hii yangu ile it that is ni iko ziko zangu sasa been nime tu just yake",
    "that hio hiyo its ya finally goods vitu mzigo bidhaa customer for number niko all everything job",
    "kazi namba wira nambari ref kwa oda reference num tena ringi again kabisa",
)  # fmt: skip


def rate(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """`rate 1042 5`, `kadiria 1042 3`."""
    reference, left = references.take(rest)
    named = next((at for at, token in enumerate(rest) if reference and token not in left), 0)
    if named and rest[named - 1].text in _BEFORE_AN_ORDER:  # "nyota tano kwa 1042", "5 stars for 1042 great"
        left = [token for token in left if token is not rest[named - 1]]
    values = [t for t in rest if t.kind in ("number", "mixed")]
    if reference and len(values) < 2 and len(reference) < 3 and not _words_of_number(left):
        reference, left = None, [t for t in rest if t.kind != "sign"]
    slots: dict[str, Any] = {"order": reference} if reference else {}
    values = [t for t in left if t.kind in ("number", "mixed")]
    if not values and not _words_of_number(left):
        return (
            Reading("rate", slots | {"error": "bad_rating"}, 0.6, "choose")
            if all(t.text in AROUND for t in left)
            else None
        )
    found = stars(text, left)
    if found is None:
        return None
    idle = (
        keyword.phrase in STARS
        and not lead
        and not reference
        and text.awaiting != "rate"
        and "comment" in found.slots
    )
    ask = "confirm" if idle else found.ask  # "5 stars hotel"
    return Reading("rate", slots | found.slots, found.confidence, ask)


_BEFORE_AN_ORDER = words_in("kwa for ya on oda order of")


def _words_of_number(said: Sequence[Token]) -> bool:
    return any(number_at(said, at) is not None for at in range(len(said)))


def stars(text: Text, said: Sequence[Token]) -> Reading | None:
    """`4`, `4 stars`, `nyota nne asante`, `3, nyanya zilioza`: stars and what is said with them."""
    left = [
        t
        for t in said
        if t.text not in STARS and t.text not in ("rating", "rate", "give", "i", "nawapa", "napeana")
    ]
    while left and left[0].text in POLITE:
        left = left[1:]
    if len(left) > 1 and any(t.text in ("out", "over") for t in said):  # "4 out of 5"
        left = [left[0], *[t for t in left[1:] if t.text not in ("5", "five")]]
    number = number_at(left, 0) if left else None
    if number is None:
        return None
    value = number.value
    if left[0].text.endswith("/5"):
        value = digits(left[0].text[:-2])
    comment = left[number.tokens :]
    if value is None or value not in range(1, 6):
        return Reading("rate", {"error": "bad_rating"}, 0.7, "choose")
    slots: dict[str, Any] = {"stars": int(value)}
    if any(t.text not in POLITE for t in comment):
        slots["comment"] = text.free(comment)
    return Reading("rate", slots)


def language(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """`lang sw`, `lugha kikuyu`, `Kiswahili`."""
    words = [t.text for t in rest]
    named = [LANGUAGES[word] for word in words if word in LANGUAGES]
    others = [w for w in words if w not in LANGUAGES and w not in POLITE | FILLERS | _TONGUES]
    own = keyword.phrase.split()[-1]
    if own in LANGUAGES:
        named.append(LANGUAGES[own])
    if others or text.doubts(rest) or (text.asks and not lead):
        return None
    if len(set(named)) == 1:
        return Reading("language", {"language": named[0]})
    return Reading("language", {}, 0.8, "choose") if not named else None


_TONGUES = words_in(
    "change badilisha lugha language lang to use tumia speak in kwa iwe ongea set my nataka switch",
)


def help(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """`HELP`, and what with, if it is ours to help with."""
    words = [t.text for t in rest]
    if all(
        word
        in POLITE
        | (FILLERS - {"order"})
        | {"haraka", "urgent", "me", "us", "mimi", "need", "i", "nahitaji", "naomba", "nataka", "here"}
        for word in words
    ):
        return Reading("help")
    lost = set(words) & {
        "know",
        "use",
        "stuck",
        "confused",
        "lost",
        "sijui",
        "sielewi",
        "understand",
        "kutumia",
    }
    if not lead and lost and text.said[-1].text == keyword.phrase and not text.asks:
        return Reading("help", {}, 0.8)  # "i dont know how to use this, help"
    told = all(word in POLITE | FILLERS | _TOPICS | _CALLS | _HOW for word in words)
    if told and lead and (set(text.words[1:2]) & _HELPED or _CALLS & set(words)) and not numbers(rest):
        return Reading("help", {}, 0.9)  # "HELP ME ORDER", "how do i use this, help"
    if (
        not lead
        or any(t.kind == "phone" for t in rest)
        or {"me", "us", "nisaidie", "tusaidie", "saidia"} & set(text.words[:2])
    ):
        return None
    called = keyword.phrase in _CALLS and keyword.exact and len(words) > 1  # "HELP somebody was rude"
    if text.doubts(rest).reported and not called:
        return None
    topic = [
        word for word in words if keywords().at([word], 0) or word in _TOPICS or text.produce.exactly(word)
    ]
    order = references.take(rest)[0]
    sums = any(t.kind == "number" for t in rest) and not order
    numbered = bool(order) or any(t.kind == "mixed" and len(t.text) in _RECEIPTS for t in rest)
    wanted = text.wanted(rest)
    goods = bool(wanted.items) and not wanted.unexplained  # "help 5kg tomatoes"
    if not (topic or numbered or called) or (sums and (goods or not called)):
        return None
    said = list(rest)
    while said[0].text in _LEADING and len(said) > 1:
        said = said[1:]
    return Reading("help", {"text": text.free(said)}, 0.9)


_HELPED = frozenset(("me", "us", "mimi", "sisi", "na"))
_HOW = words_in("how to do can this use kuagiza kulipa kuuza kununua jinsi namna")
_CALLS = frozenset(("help", "msaada", "uteithio"))  # what our own texts say: HELP and your words
_RECEIPTS = range(8, 13)  # M-Pesa's, which our own texts ask for: `HELP TFO1AA11AA`
_TOPICS = words_in(
    "order orders oda payment pay paying deliver delivery rider account farm listing price mpesa pin",
    "code refund money selling buying register registration",
    "namba nambari malipo kulipa pesa siri akaunti mzigo boda mbeca irihi",
)  # fmt: skip


_LEADING = words_in("about kuhusu that kwamba for because kwa sababu wa ya na with on")


def free(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """An order's number and a text that is kept as written: complaints, messages, reasons."""
    if not lead:
        return None
    name = {"complain": "comment", "message": "text", "farmer_reject": "reason"}[intent]
    reference, left = references.take(rest)
    slots: dict[str, Any] = {"order": reference} if reference else {}
    while left and left[0].text in _LEADING:
        left = left[1:]
    if reference and len(left) > 1 and _addressed(left):  # "MSG rider A3B7 call me"
        left = left[1:] if left[1].start > rest[1].start else left
    if intent == "message" and left and left[0].text in _ABOUT_MESSAGES:
        return None  # "message not received"
    if left:
        slots[name] = text.free(left)
    if intent == "message" and (not left or not (reference or _addressed(rest) or keyword.length > 1)):
        return Reading("message", slots, 0.6, "order") if reference or not left else None
    if intent == "farmer_reject" and {t.text for t in left} & _MISTAKEN:
        return Reading(intent, slots, 0.6, "confirm")  # "reject A3B7 was a mistake"
    if intent == "farmer_reject" and (found := text.doubts(left)).past and found.negated:
        return Reading(intent, slots, 0.6, "confirm")  # "cancel 1042 was not me"
    if intent == "farmer_reject":
        if text.asks or (not reference and left and not _is_stock_reason(text, left)):
            return None
        if not reference and text.role == "customer":
            return None
    return Reading(intent, slots)


_MISTAKEN = words_in("mistake mistaken makosa kosa bahati wrongly error")
_ABOUT_MESSAGES = words_in("not never was is received received came haijafika haikufika imefika")


def _addressed(rest: Sequence[Token]) -> bool:
    return bool(rest) and rest[0].text in ("rider", "farmer", "customer", "mkulima", "mteja", "mpanda")


def _is_stock_reason(text: Text, left: Sequence[Token]) -> bool:
    words = {t.text for t in left}
    return bool(words & _STOCK_WORDS) or any(text.produce.exactly(word) for word in words)


_STOCK_WORDS = words_in(
    "stock sold finished imeisha zimeisha none mvua rain rotten spoilt zimeharibika zimeoza pests",
    "drought ripe harvest sina hakuna disease sick mgonjwa far price bei low tayari ready",
)  # fmt: skip
