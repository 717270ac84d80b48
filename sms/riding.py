"""The grammar of a rider's words; None where what follows the word does not fit it."""

from typing import Any

from sms import references
from sms.lexicon import CASH, DUTY, FILLERS, POLITE
from sms.reading import Reading, numbers
from sms.words import Token, digits


def job(intent: str, rest: list[Token], *, asks: bool) -> Reading | None:
    """What follows ACCEPT, DECLINE, PICKED and FAILED: the job, or nothing; a reason where one is due."""
    reference, left = references.take(rest)
    reason = " ".join(t.text for t in left)
    slots = {"job": reference} if reference else {}
    reasoned = intent in ("rider_failed", "rider_decline")
    if reason and not reasoned and not all(t.text in POLITE | DUTY | FILLERS for t in left):
        return None
    if reason and reasoned:
        slots["reason"] = reason
    return None if asks else Reading(intent, slots)


def done(rest: list[Token], *, asks: bool) -> Reading | None:
    """What follows DONE: job and code in either order, and cash where he says so."""
    if asks:
        return Reading("status", confidence=0.6) if not numbers(rest) else None
    job, code, left = references.job_and_code(rest)
    slots: dict[str, Any] = {k: v for k, v in (("job", job), ("code", code)) if v}
    cash = [t for t in left if t.kind == "number"]
    if len(cash) == 1 and any(t.text in CASH for t in left) and (paid := digits(cash[0].text)):
        slots["cash"] = paid
        left = [t for t in left if t is not cash[0] and t.text not in CASH]
    if any(t.text not in POLITE | FILLERS | {"code", "namba"} for t in left):
        return None
    if not code:
        return Reading("rider_done", slots | {"error": "missing_code"}, 0.8, "code")
    return Reading("rider_done", slots)
