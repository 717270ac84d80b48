"""What an alert may be (DR-1601). Plain Python, no session."""

from collections.abc import Mapping
from datetime import datetime

from core.weather.errors import AlertTypeUnknown, SeverityUnknown, TextMissing, TextTooLong, TimesWrong
from core.words import tidy

TYPES = (
    "heavy_rain", "flood", "drought", "frost", "hail", "heat", "cold", "wind", "storm", "landslide", "pests",
    "other",
)  # fmt: skip
SEVERITIES = ("info", "watch", "warning", "extreme")
# The one that wakes people (section 15).
EXTREME = "extreme"
# Those that farms have (DR-305).
ZONES = ("highland", "midland", "lowland", "coastal", "arid")
LANGUAGES = ("en", "sw", "kikuyu")
# With what stands before it, one SMS.
LONGEST_TEXT = 130


def check_kind(alert_type: object, severity: object) -> None:
    """Raises AlertTypeUnknown, SeverityUnknown."""
    if alert_type not in TYPES:
        raise AlertTypeUnknown
    if severity not in SEVERITIES:
        raise SeverityUnknown


def check_times(begins: object, ends: object, now: datetime) -> tuple[datetime, datetime]:
    """Two aware moments, the second after the first and after now; raises TimesWrong."""
    if not isinstance(begins, datetime) or not isinstance(ends, datetime):
        raise TimesWrong
    if begins.tzinfo is None or ends.tzinfo is None or ends <= begins or ends <= now:
        raise TimesWrong
    return begins, ends


def check_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """One text for each language, tidied; raises TextMissing, TextTooLong(limit)."""
    if not isinstance(texts, Mapping):
        raise TextMissing
    kept = {}
    for language in LANGUAGES:
        said = texts.get(language)
        kept[language] = tidy(said, LONGEST_TEXT + 1) if isinstance(said, str) else ""
        if not kept[language]:
            raise TextMissing(language=language)
        if len(kept[language]) > LONGEST_TEXT:
            raise TextTooLong(limit=LONGEST_TEXT)
    return kept
