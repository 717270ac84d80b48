"""The grammar of a rider's words; None where what follows the word does not fit it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sms import references
from sms.lexicon import AFTER_A_SUM, CASH, DUTY, FILLERS, MONEY, POLITE
from sms.numerals import digits, number_at
from sms.reading import Reading, numbers
from sms.wording import words_in
from sms.words import Token

_BESIDE = words_in(
    "code kwa kidogo namba goods mzigo order oda parcel package delivery customer mteja i have it ni",
    "amelipa paid with and na kodi pin collected collect is hii the alinipa amenipa received",
    "nimepokea nimepata gate mlango mlangoni nje hapa",
)
# Words that put a step before one: it is to come, and not done.
_TO_COME = words_in(
    "will about would could may can need want like karibu naweza naeza nataka nahitaji soon going gonna",
    "almost nearly",
)
_NO_STEP = {"rider_failed": ("to",), "rider_picked": ("me", "us")}
_OR = words_in("or and ama au na kana")
# Why he is late, which changes nothing.
_DELAYED = words_in("jam mob traffic puncture rain mvua fuel petrol mafuta foleni road barabara sana")
# Why there is no code, behind the job's number.
_NO_CODE = words_in("simu phone yake his her imezima imepotea lost off dead hana has forgot amesahau battery")
_MINUTES = words_in(
    "minutes minute min mins dakika dk ndagika",
)
_HOURS = words_in(
    "hour hours hr hrs saa lisaa thaa masaa",
)
# What a rider's reason is about; without a job's number it must speak of the delivery.
_ABOUT_DELIVERY = words_in(
    "customer client mteja simu phone calls call gate locked closed house nobody home address wrong",
    "refused mtu hayuko hakuna mvua rain puncture bike pikipiki breakdown far mbali accident road",
    "barabara absent away hashiki hajashika pick picking answering mlango nyumbani kukataa amekataa",
    "amekosa lost fuel mafuta busy sick mgonjwa tired late traffic jam full loaded",
)

# Why he cannot come: only of an offer that he declines ("failed brakes" tells of no delivery).
_ABOUT_THE_RIDE = words_in("tyre tire burst flat chain engine clutch brakes brake bearing exhaust")


LONGEST_BARE = 200  # minutes; a longer number without its unit may be a job's


def is_to_come(words: Sequence[Token]) -> bool:
    """Whether the words beside a step say that somebody will, can or wants to take it: `need to pick 311`."""
    return any(token.text in _TO_COME for token in words)


def job(intent: str, rest: list[Token], *, asks: bool) -> Reading | None:
    """What follows ACCEPT, DECLINE, PICKED and FAILED: the job, or nothing; a reason where one is due."""
    reference, left = references.take(rest)
    slots = {"job": reference} if reference else {}
    if rest and rest[0].text in _NO_STEP.get(intent, ()):  # "failed to pay A3B7", "pick me"
        return None
    reasoned = intent in ("rider_failed", "rider_decline")
    reason = " ".join(t.text for t in left)
    beside = _BESIDE | (_NO_CODE if intent == "nocode" and reference else frozenset())
    if reason and not reasoned and not all(t.text in POLITE | DUTY | FILLERS | beside for t in left):
        return None
    if reason and reasoned:
        slots["reason"] = reason
        if any(t.kind == "mixed" for t in left) or left[0].text in _OR:  # "failed A3B7 or A3B8"
            return Reading(intent, slots, 0.6, "confirm")
        about = _ABOUT_DELIVERY | (_ABOUT_THE_RIDE if intent == "rider_decline" else frozenset())
        if not reference and (left[0].text == "to" or not any(t.text in about for t in left)):
            return None
    return None if asks else Reading(intent, slots)


def done(rest: list[Token], *, asks: bool) -> Reading | None:
    """What follows DONE: job and code in either order, and cash where he says so."""
    if asks:
        return Reading("status", confidence=0.6, ask="order") if not numbers(rest) else None
    rest = [t for t in rest if t.kind != "sign"]
    paid, rest = _cash(rest)
    job, code, left = references.job_and_code(rest)
    sums = [t for t in left if t.kind == "number"]
    if paid is None and job and code and len(sums) == 1:  # DONE A3B7 4821 450
        paid = digits(sums[0].text)
        left = [t for t in left if t is not sums[0]]
    if any(t.text not in POLITE | FILLERS | CASH | MONEY | _BESIDE for t in left):
        return None
    slots: dict[str, Any] = {k: v for k, v in (("job", job), ("code", code), ("cash", paid)) if v is not None}
    if not code:
        return Reading("rider_done", slots | {"error": "missing_code"}, 0.8, "code")
    return Reading("rider_done", slots)


def _cash(rest: list[Token]) -> tuple[Decimal | None, list[Token]]:
    """The sum beside `cash`, `ksh`, `bob`, and the other words."""
    sums = [
        (at, value)
        for at, token in enumerate(rest)
        if token.kind == "number" and (value := digits(token.text))
    ]
    before = [(at, value) for at, value in sums if at and rest[at - 1].text in CASH | MONEY]
    behind = [
        (at, value) for at, value in sums if at + 1 < len(rest) and rest[at + 1].text in CASH | AFTER_A_SUM
    ]
    for at, value in (*before, *behind):
        return value, [t for t in rest if t is not rest[at] and t.text not in CASH | MONEY]
    return None, rest


def late(rest: list[Token], *, asks: bool) -> Reading | None:
    """`LATE 30`, `nitachelewa dakika 20`, `LATE 311 45`, `late 1 hour`."""
    left = [t for t in rest if t.kind != "sign"]
    found: list[tuple[Decimal, str]] = []
    others: list[Token] = []
    job: str | None = None
    at = behind = 0
    while at < len(left):
        token = left[at]
        number = number_at(left, at)
        if token.kind == "mixed":
            job = token.text.upper()
            at += 1
        elif number and number.value:
            unit = left[at + number.tokens].text if at + number.tokens < len(left) else ""
            before = left[at - 1].text if at and at > behind else ""  # "45 min 311": the minutes are the 45's
            scale = "h" if {unit, before} & _HOURS else "m" if {unit, before} & _MINUTES else ""
            found.append((number.value * (60 if scale == "h" else 1), scale))
            at += number.tokens
            behind = at + 1 if unit in _HOURS | _MINUTES else at
        else:
            others.append(token)
            at += 1
    if asks or any(
        t.text not in POLITE | FILLERS | _BESIDE | _MINUTES | _HOURS | _DELAYED | {"by", "kwa", "job"}
        for t in others
    ):
        return None
    if len(found) == 2 and job is None:
        named = [value for value, scale in found if not scale and value >= 100]
        if len(named) != 1:
            return None
        job, found = str(named[0]), [pair for pair in found if pair[0] != named[0]]
    slots: dict[str, Any] = {"job": job} if job else {}
    unsaid = len(found) == 1 and not found[0][1] and found[0][0] >= LONGEST_BARE  # "late by 311"
    if unsaid or len(found) != 1 or not 0 < found[0][0] <= 600:
        return (
            Reading("late", slots | {"error": "missing_minutes"}, 0.7, "quantity") if len(found) < 2 else None
        )
    return Reading("late", slots | {"minutes": int(found[0][0])})
