"""What payments look like from the order's side, and when an unclear one is asked about. No session."""

from datetime import datetime, timedelta
from decimal import Decimal

from core.money import ZERO

# The longest a prompt stays on a phone; before that no second one may go there (contract, section 8).
PROMPT_LIFE = timedelta(seconds=180)


def payment_status(*, received: Decimal, asked: Decimal, any_open: bool, any_failed: bool) -> str:
    """The order's payment status, derived and never set by hand (7.2)."""
    if received > asked:
        return "overpaid"
    if received == asked:
        return "paid"
    if received > ZERO:
        return "partially_paid"
    return "failed" if any_failed and not any_open else "pending"


def query_times(requested: datetime, schedule: str) -> list[datetime]:
    """When an attempt without a result is asked about: minutes after the request, "1,2,5,10,30" (P5)."""
    return [requested + timedelta(minutes=int(minutes)) for minutes in schedule.split(",")]
