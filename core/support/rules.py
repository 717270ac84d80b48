"""What a ticket is about, and how urgent that is (DR-1602). Plain Python."""

from collections.abc import Mapping
from datetime import datetime, timedelta

PRIORITIES = ("low", "normal", "high", "urgent")
# kind: the priority it begins with. A money dispute blocks the payout of its order until it is resolved.
KINDS: Mapping[str, str] = {
    "question": "normal",
    "order": "normal",
    "delivery": "normal",
    "payment": "high",
    "money_dispute": "high",
    "account": "normal",
    "other": "low",
}
DISPUTE = "money_dispute"
LONGEST = 1000  # characters a ticket's text may ever have; `message.max_chars` says how many now


def may_reopen(ended: datetime | None, now: datetime, days: int) -> bool:
    """Whether a ticket that ended then may be opened again (`support.reopen_days`)."""
    return ended is not None and now <= ended + timedelta(days=days)
