"""What the result of a prompt means for us: the contract's table 2.5 as data.

A code that is not here is unknown, never failed: money may have moved.
"""

from dataclasses import dataclass
from typing import Literal

from core.payments.whys import Why

Final = Literal["paid", "failed", "pending", "unknown"]
Again = Literal["yes", "later", "no"]


@dataclass(frozen=True)
class Meaning:
    """What a result code says.

    final   paid or failed are final; pending means ask again; unknown means reconcile, then an admin
    again   whether a new prompt makes sense: yes, later (after a top-up or some minutes), no
    why     of a failure, as the payer is told it
    verify  failed, but sources doubt it: confirm by a status query
    alert   our own configuration or account is at fault
    """

    final: Final
    says: str
    again: Again = "no"
    why: Why = "ours"
    verify: bool = False
    alert: bool = False


UNKNOWN = Meaning("unknown", "a code the contract does not know")

RESULTS: dict[str, Meaning] = {
    "0": Meaning("paid", "paid"),
    "1": Meaning("failed", "not enough money", "later", "money"),
    "2": Meaning("failed", "below the minimum", "no", alert=True),
    "3": Meaning("failed", "above the maximum", "no", "limit"),
    "4": Meaning("failed", "daily limit of the payer reached", "later", "limit"),
    "8": Meaning("failed", "our account is full", "no", alert=True),
    "15": Meaning("unknown", "duplicate inside M-Pesa"),
    "17": Meaning("failed", "same amount to the same phone too soon, or an internal error", "later", "busy"),
    "21": Meaning("failed", "initiator not allowed", "no", alert=True),
    "26": Meaning("failed", "system busy", "later", "busy"),
    "1001": Meaning("failed", "another M-Pesa session is open on the phone", "later", "phone"),
    "1019": Meaning("failed", "took too long", "yes", "lapsed"),
    "1025": Meaning("failed", "the prompt could not be sent", "yes", "phone"),
    "1031": Meaning("failed", "cancelled by the payer", "yes", "lapsed"),
    "1032": Meaning("failed", "cancelled by the payer, or the prompt lapsed", "yes", "lapsed"),
    "1036": Meaning("failed", "the phone's answer did not get back", "yes", "phone", verify=True),
    "1037": Meaning("failed", "phone not reached, or no answer", "yes", "phone"),
    "1101": Meaning("failed", "prompt text too long", "no", alert=True),
    "1102": Meaning("failed", "prompt text too long", "no", alert=True),
    "2001": Meaning("failed", "wrong M-Pesa PIN", "yes", "pin"),
    "2008": Meaning("failed", "authentication failed", "yes", "pin"),
    "2026": Meaning("failed", "session expired", "yes", "lapsed"),
    "2028": Meaning("failed", "transaction type and receiving number do not match", "no", alert=True),
    "4999": Meaning("pending", "still being processed"),
    "8006": Meaning("failed", "M-Pesa PIN locked", "no", "locked"),
    "9999": Meaning("failed", "error sending the prompt", "yes", "busy", verify=True),
    "100000100": Meaning("unknown", "M-Pesa could not save it"),
    "E3008": Meaning("failed", "refused by the sandbox: not its test phone", "no"),
    "SFC_IC0003": Meaning("failed", "receiving number and transaction type do not match", "no", alert=True),
}


def meaning(code: str) -> Meaning:
    """What result `code` says; UNKNOWN for any that the contract does not list."""
    return RESULTS.get(code, UNKNOWN)
