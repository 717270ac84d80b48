"""What people write to each other and to us: tidy, something, and no longer than a message may be."""

from core.db import Tx
from core.support.errors import TextMissing, TextTooLong
from core.support.rules import LONGEST
from core.words import tidy


def written(tx: Tx, text: object) -> str:
    """`text` as it is stored; raises TextMissing, TextTooLong (limit) (DR-1603)."""
    if not isinstance(text, str) or not (clean := tidy(text, LONGEST + 1)):
        raise TextMissing
    maximum = min(int(tx.setting("message.max_chars")), LONGEST)
    if len(clean) > maximum:
        raise TextTooLong(limit=maximum)
    return clean
