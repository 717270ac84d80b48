"""What payments look like from the order's side, which way money goes back, and when an unclear payment is
asked about. No session."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Literal

from core.money import CENT, SHILLING, ZERO

# The longest a prompt stays on a phone; before that no second one may go there (contract, section 8).
PROMPT_LIFE = timedelta(seconds=180)
_CLEAR = re.compile(r"\+?(254[17][0-9]{8})")
_MASKED, _HASHED = re.compile(r"([0-9]+)\*+([0-9]+)"), re.compile(r"[0-9a-f]{64}")


# Money that came beside or beyond what was asked; giving it back leaves an order as paid as it was.
EXCESS = frozenset({"overpaid", "duplicate", "late"})

Final = Literal["b2c", "reversal", "bank", "credit", "decide"]


@dataclass(frozen=True)
class Books:
    """What the ledger and the refunds say about one order, in KES (7.2).

    received  all money for it, less what the provider took back
    returned  what was given back or promised out of that, `excess` the part of it that nobody had asked for
    claimed   what goes back after the delivery, by claims; the order's own money is spent by then
    asked     what the order asks for now
    """

    received: Decimal
    returned: Decimal
    excess: Decimal
    claimed: Decimal
    asked: Decimal


def payment_status(books: Books, *, refund_open: bool, any_open: bool, any_failed: bool) -> str:
    """The order's payment status, derived and never set by hand (7.2).

    refund_open  a refund is asked for or promised, and not with the payer yet
    any_open     a payment attempt may still bring money; `any_failed`: one has failed
    """
    if books.received <= ZERO:
        return "failed" if any_failed and not any_open else "pending"
    if refund_open:
        return "refund_pending"
    back = books.returned + books.claimed
    if back >= books.received:
        return "refunded"
    if back > books.excess:
        return "partially_refunded"
    kept = books.received - books.returned
    if kept > books.asked:
        return "overpaid"
    return "paid" if kept == books.asked else "partially_paid"


def surplus(books: Books, *, asked_back: Decimal) -> Decimal:
    """What is ours to give back: received beyond what is asked, less what goes back already, KES.

    asked_back  refunds that are requested and not approved; the ledger knows nothing of them yet
    """
    return max(ZERO, books.received - books.returned - asked_back - books.asked)


def refund_sum(due: Decimal, *, at_most: Decimal) -> Decimal:
    """A refund is half-up in whole shillings, and never above what is left of the money received (DR-104)."""
    whole = due.quantize(SHILLING, ROUND_HALF_UP)
    return min(whole, at_most.quantize(SHILLING, ROUND_FLOOR)).quantize(CENT)


def road(
    *, method: str, payer: str, own: str, amount: Decimal, whole: bool, b2c_min: Decimal
) -> tuple[Final, str]:
    """By which road a payment goes back, and to which number (DR-807).

    payer    the number as it came: in clear, masked or hashed
    own      the customer's own number, +254...; "" while it was silent too long
    whole    the refund is all of one payment, of which nothing went back before
    b2c_min  KES; below it nothing can be sent
    """
    if method == "bank":
        return "bank", ""
    if method == "credit" or amount < b2c_min:
        return "credit", ""
    if method == "cash":
        return ("b2c", own) if own else ("decide", "")
    if (clear := clear_number(payer)) is not None:
        return "b2c", clear
    if whole and method != "simulated":
        return "reversal", ""
    return ("b2c", own) if fits(payer, own) else ("decide", "")


def clear_number(payer: str) -> str | None:
    """The payer's number as +254..., where it came in clear; else None."""
    found = _CLEAR.fullmatch(payer.replace(" ", ""))
    return f"+{found[1]}" if found else None


def fits(payer: str, own: str) -> bool:
    """Whether a masked or hashed payer may be the owner of `own` (contract, 3.5).

    A mask shows the first and last digits; a hash is SHA-256 of the twelve digits.
    """
    digits, told = own.removeprefix("+"), payer.replace(" ", "").removeprefix("+").lower()
    if _HASHED.fullmatch(told):
        return told == hashlib.sha256(digits.encode()).hexdigest()
    shown = _MASKED.fullmatch(told)
    return shown is not None and digits.startswith(shown[1]) and digits.endswith(shown[2])


def may_be(payer: str, own: str) -> bool:
    """Whether the payer may be the owner of `own`: only a number that shows another's is not."""
    if (clear := clear_number(payer)) is not None:
        return clear == own
    told = payer.replace(" ", "").removeprefix("+").lower()
    shown = _MASKED.fullmatch(told) or _HASHED.fullmatch(told)
    return shown is None or fits(payer, own)


def approvals(amount: Decimal, *, auto_max: Decimal, two_over: Decimal, by_system: bool) -> int:
    """How many admins must say yes to a refund: none for small ones that the system caused (DR-820)."""
    if amount > two_over:
        return 2
    return 0 if by_system and amount <= auto_max else 1


def query_times(requested: datetime, schedule: str) -> list[datetime]:
    """When an attempt without a result is asked about: minutes after the request, "1,2,5,10,30" (P5)."""
    return [requested + timedelta(minutes=int(minutes)) for minutes in schedule.split(",")]
