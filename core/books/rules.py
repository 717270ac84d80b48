"""The kinds of differences and the ways to close one (DR-1007). Plain Python."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

# What cash that riders took comes to against the ledger, and a deposit that was not what a rider owed.
CASH_HELD, CASH_BROUGHT = "cash", "cash_differs"
# kind: what differs.
KINDS: Mapping[str, str] = {
    "balance": "M-Pesa's balance is not what our books come to.",
    "no_balance": "M-Pesa has not told its balance for more than a day.",
    "not_ours": "M-Pesa's statement has a transaction that our books do not know.",
    "not_theirs": "Our books have a receipt that M-Pesa's statement does not show.",
    "taken_back": "M-Pesa's statement says that a payment was reversed, and we did not ask for that.",
    "amount": "A receipt has another sum in M-Pesa's statement than in our books.",
    "booked": "A payment that only the statement showed: it was booked when the statement came.",
    "charge": "A charge that only the statement showed: it was booked when the statement came.",
    "receipt_due": "M-Pesa said that a payment succeeded, and its receipt has not come for a day.",
    "unknown": "Nobody knows for more than an hour what became of it.",
    "unbacked": "A receipt of ours does not come to what was booked for it.",
    CASH_HELD: "What was taken in cash less what came in is not what our books hold.",
    CASH_BROUGHT: "A rider brought in another sum than he had taken.",
    "status": "M-Pesa says something else of a receipt than our books.",
}
# What the nightly look finds again each time: what it finds no more is closed by itself.
NIGHTLY = ("balance", "no_balance", "receipt_due", "unknown", "unbacked", CASH_HELD, CASH_BROUGHT)
# How an admin closes one: with words alone, or by saying what the sum was, which is then posted.
WAYS = ("explained", "charge", "to_bank", "from_bank", "owner_in", "owner_out", "reversed")
# These have a sum that no entry of ours has placed yet.
UNPLACED = ("balance", "not_ours", "taken_back")
LEAVING = ("charge", "to_bank", "owner_out")


def receipt_of(subject: str, details: Mapping[str, Any]) -> str:
    """The receipt that a difference is about, "" if none is known."""
    family, _, receipt = subject.partition(":")
    return receipt if family == "receipt" else str(details.get("receipt", ""))


def is_reversed(state: str) -> bool:
    """Whether M-Pesa's word for a payment says that it went back."""
    return state.strip().casefold() == "reversed"


def unplaced(kind: str, ours: Decimal | None, theirs: Decimal | None) -> Decimal:
    """KES that came to us (above zero) or left us (below) and that the books lack."""
    if kind not in UNPLACED or theirs is None:
        return Decimal("0.00")
    return theirs - (ours or Decimal("0.00"))


def ways(kind: str, sum_: Decimal) -> list[str]:
    """The ways in which a difference over `sum_` unplaced KES can be closed."""
    if kind == "taken_back":
        return ["explained", "reversed"]
    placed = (how for how in WAYS if how not in ("explained", "reversed"))
    return ["explained", *(how for how in placed if (sum_ < 0 if how in LEAVING else sum_ > 0))]
