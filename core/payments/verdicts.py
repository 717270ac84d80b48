"""What became of money on its way out, and what being told of it comes to: for payouts and refunds alike."""

from typing import Literal

from core.alarms import service as alarms
from core.db import Tx

# What the provider says of a sending.
Outcome = Literal["paid", "failed", "unknown"]
# What that came to: done; known before; of no sending of ours (any more); or not to be believed.
Verdict = Literal["applied", "duplicate", "unmatched", "mismatched"]


def doubt(tx: Tx, record: str, why: str) -> Verdict:
    """What is told does not fit what we know of `record` ("payout:12"): a person is called (DR-1803)."""
    alarms.raise_alarm(tx, "payment_doubt", record, why=why)
    return "mismatched"
