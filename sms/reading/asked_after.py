"""What she has bought is asked after: `is my 5kg tomato order coming?` orders nothing."""

from sms import references
from sms.keywords import keywords
from sms.lexicon import ORDERED, OWNED, QUESTION_STARTS, STATUS_CUES
from sms.reading import Reading, numbers
from sms.reading.text import Text
from sms.wording import words_in


def read(text: Text) -> Reading | None:
    """`is my 5kg tomato order coming?` asks, and orders nothing."""
    words = set(text.words)
    if _is_bought_coming(text, words):
        return Reading("status", {}, 0.8)
    if _is_number_coming(text, words):
        return Reading("status", {"order": references.take(text.said)[0]}, 0.8)
    about = words & ORDERED and words & (STATUS_CUES | OWNED)
    if not about or (keywords().at(text.words, 0) and not _names_first(text)):
        return None
    questioning = (
        text.asks
        or text.words[0] in QUESTION_STARTS
        or bool(words & {"wapi", "where", "when", "lini", "nikuu"})
    )
    missing = bool(words & _MISSING)
    if not (questioning and (words & STATUS_CUES or words & OWNED)) and not (missing and words & STATUS_CUES):
        return None
    reference, left = references.take(text.said)
    slots = {"order": reference} if reference else {}
    sure = not numbers(left) and not text.wanted(text.said).items
    return Reading("status", slots, 0.8, None if sure else "order")


def _is_number_coming(text: Text, words: set[str]) -> bool:
    """`is 1042 on the way?`: an order's number, a question, and where it might be."""
    if text.role not in (None, "customer") or not text.asks or len(text.words) > _LONGEST_QUESTION:
        return False
    reference, left = references.take(text.said)
    named = reference is not None and len(reference) > 3 and not numbers(left)
    return bool(named and words & STATUS_CUES and words & QUESTION_STARTS) and not text.doubts(left).reported


def _names_first(text: Text) -> bool:
    """`order 1042 not yet arrived`, `mzigo wangu haujafika`: what it is about, and no command."""
    second = text.said[1:2]
    named = bool({token.text for token in second} & OWNED) or references.take(second)[0] is not None
    return text.words[0] in ORDERED and named


_MISSING = words_in(
    "not bado yet haijafika haujafika hajafika hazijafika havijafika hasnt didnt late delayed imechelewa",
    "umechelewa",
)
_COMING = words_in(
    "coming arriving arrive arrived inakuja zinakuja yanakuja itafika zitafika yatafika imefika zimefika",
    "inafika zinafika itakuja zitakuja iguka ciroka",
)
_WHERE = words_in("where wapi ikowapi zikowapi ku nikuu")
_ASKING = QUESTION_STARTS | _WHERE


def _is_bought_coming(text: Text, words: set[str]) -> bool:
    """`is my sukuma coming?`, `nyanya zangu ziko wapi`: what she has bought is asked about."""
    if text.role in ("farmer", "agent", "rider") or numbers(text.said):
        return False
    named = [word for word in text.words if text.produce.exactly(word)]
    if not named or len(text.words) > _LONGEST_QUESTION:
        return False
    moving = words & _COMING and (text.asks or text.words[0] in _ASKING)
    return bool(moving or (words & OWNED and words & _WHERE)) and not text.doubts(text.said).reported


_LONGEST_QUESTION = 8
