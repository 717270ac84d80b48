"""What only the keypad does, with a PIN: being paid now, the number for money, one's data, the PIN itself."""

from collections.abc import Sequence

from sms.keywords import Keyword
from sms.lexicon import POLITE
from sms.reading import Reading
from sms.reading.saying import AROUND
from sms.reading.text import Text
from sms.wording import words_in
from sms.words import Token


def only(text: Text, intent: str, keyword: Keyword, rest: Sequence[Token], lead: bool) -> Reading | None:
    """What only the keypad does, with a PIN: said as a request, never as a story."""
    left = [t for t in rest if t.kind != "phone"]
    fits = all(t.text in AROUND | POLITE | _BESIDE for t in left) and not text.doubts(rest)
    mine = intent != "keypad_payout" or text.role in ("farmer", "rider")
    return Reading(intent) if lead and fits and mine and not text.asks else None


_BESIDE = words_in("to my yangu zangu i want please nataka naomba all zote leo today now for me the kwa")
