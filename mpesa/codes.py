"""What Safaricom's codes mean for us: the contract's tables 1.2, 1.3 and 2.5 as data.

A code that is not here is unknown, never failed: money may have moved.
"""

from dataclasses import dataclass
from typing import Literal

Final = Literal["paid", "failed", "pending", "unknown"]
Again = Literal["yes", "later", "no"]


@dataclass(frozen=True)
class Meaning:
    """What a result code says.

    final   paid or failed are final; pending means ask again; unknown means reconcile, then an admin
    again   whether a new prompt makes sense: yes, later (after a top-up or some minutes), no
    verify  failed, but sources doubt it: confirm by a status query
    alert   our own configuration or account is at fault
    """

    final: Final
    says: str
    again: Again = "no"
    verify: bool = False
    alert: bool = False


UNKNOWN = Meaning("unknown", "a code the contract does not know")

RESULTS: dict[str, Meaning] = {
    "0": Meaning("paid", "paid"),
    "1": Meaning("failed", "not enough money", "later"),
    "2": Meaning("failed", "below the minimum", "no", alert=True),
    "3": Meaning("failed", "above the maximum", "no"),
    "4": Meaning("failed", "daily limit of the payer reached", "later"),
    "8": Meaning("failed", "our account is full", "no", alert=True),
    "15": Meaning("unknown", "duplicate inside M-Pesa"),
    "17": Meaning("failed", "same amount to the same phone too quickly, or an internal error", "later"),
    "21": Meaning("failed", "initiator not allowed", "no", alert=True),
    "26": Meaning("failed", "system busy", "later"),
    "1001": Meaning("failed", "another M-Pesa session is open on the phone", "later"),
    "1019": Meaning("failed", "took too long", "yes"),
    "1025": Meaning("failed", "the prompt could not be sent", "yes"),
    "1031": Meaning("failed", "cancelled by the payer", "yes"),
    "1032": Meaning("failed", "cancelled by the payer, or the prompt lapsed", "yes"),
    "1036": Meaning("failed", "the phone's answer did not get back", "yes", verify=True),
    "1037": Meaning("failed", "phone not reached, or no answer", "yes"),
    "1101": Meaning("failed", "prompt text too long", "no", alert=True),
    "1102": Meaning("failed", "prompt text too long", "no", alert=True),
    "2001": Meaning("failed", "wrong M-Pesa PIN", "yes"),
    "2008": Meaning("failed", "authentication failed", "yes"),
    "2026": Meaning("failed", "session expired", "yes"),
    "2028": Meaning("failed", "transaction type and receiving number do not match", "no", alert=True),
    "4999": Meaning("pending", "still being processed"),
    "8006": Meaning("failed", "M-Pesa PIN locked", "no"),
    "9999": Meaning("failed", "error sending the prompt", "yes", verify=True),
    "100000100": Meaning("unknown", "M-Pesa could not save it"),
    "E3008": Meaning("failed", "refused by the sandbox: not its test phone", "no"),
    "SFC_IC0003": Meaning("failed", "receiving number and transaction type do not match", "no", alert=True),
}


def meaning(code: str) -> Meaning:
    """What result `code` says; UNKNOWN for any that the contract does not list."""
    return RESULTS.get(code, UNKNOWN)


def normal(code: object) -> str:
    """A code as text: numbers, numeric strings and others arrive in turns; "" for none.

    `0`, `"0"`, `0.0` and `" 0 "` are one code.
    """
    text = "" if code is None or isinstance(code, bool) else str(code).strip()
    whole, point, decimals = text.partition(".")
    return whole if point and whole.isdigit() and not decimals.strip("0") else text


# --- error envelopes of synchronous answers -------------------------------------------------------------

INVALID_TOKEN = frozenset({"404.001.03", "401.002.01", "400.003.01"})
REFUSED_CREDENTIAL_WORDS = "invalid access token"

# Refused before anything was processed: the same request may be sent again, later.
NOT_PROCESSED = frozenset({"500.003.02", "500.003.03"})

# 500.001.1001 means many things; only its message tells which (table 2.3): two refusals, and a phone
# that shows another prompt. With any other message nobody knows whether this one went out.
OVERLOADED = "500.001.1001"
WRONG_CREDENTIALS = "wrong credentials"
NO_MERCHANT = "merchant does not exist"
PHONE_BUSY = "unable to lock subscriber"


def is_invalid_token(code: str, message: str) -> bool:
    """Three spellings, one meaning, whatever the HTTP status."""
    return code in INVALID_TOKEN or REFUSED_CREDENTIAL_WORDS in message.lower()
