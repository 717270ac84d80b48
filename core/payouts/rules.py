"""How much is paid out, and whether somebody has to look at it first. Plain Python, no session."""

from dataclasses import dataclass
from decimal import Decimal

from core.money import CENT, SHILLING, ZERO


@dataclass(frozen=True)
class Limits:
    """The settings of DR-1302, in KES; `least` is what M-Pesa sends at all."""

    minimum: Decimal
    most: Decimal
    least: Decimal


def payout_sum(payable: Decimal, limits: Limits, *, waited: bool) -> Decimal:
    """What to pay out of a payable balance: whole shillings, cents stay (DR-104, DR-1302); 0.00 for not yet.

    waited  it has been under the minimum for `payout.small_after_days`, and goes out all the same
    """
    whole = (payable // SHILLING) * SHILLING if payable > ZERO else ZERO
    enough = limits.least if waited else limits.minimum
    if whole < max(enough, SHILLING):
        return ZERO
    return min(whole, limits.most).quantize(CENT)


def needs_admin(amount: Decimal, *, first: bool, two_over: Decimal) -> bool:
    """Whether an admin who did not create it has to approve it (DR-1302)."""
    return first or amount > two_over
