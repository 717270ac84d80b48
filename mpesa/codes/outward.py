"""What the result of money that we send means for us: the contract's tables 4.5 (B2C) and 6.1 (reversal).

A code that is not here is unknown, never failed: the money may be with the payee.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.payments.verdicts import Outcome


@dataclass(frozen=True)
class Meaning:
    """What a result code says of money on its way out.

    outcome  paid and failed are final; unknown is asked about
    again    failed for now only: it may be sent anew, under a new name, after so long
    stop     our own account is at fault: every further try fails too, and may lock the credential
    float_low  our account holds too little
    """

    outcome: Outcome
    says: str
    again: timedelta | None = None
    stop: bool = False
    float_low: bool = False


UNKNOWN = Meaning("unknown", "a code the contract does not know")
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)

REVERSED_ALREADY = "R000001"

_OURS: Mapping[str, Meaning] = {
    "11": Meaning("failed", "our account is in an invalid state", stop=True),
    "21": Meaning("failed", "the initiator lacks the role", stop=True),
    "2001": Meaning("failed", "initiator name, password or certificate is wrong", stop=True),
    "2028": Meaning("failed", "our shortcode may not do this", stop=True),
    "8006": Meaning("failed", "our security credential is locked", stop=True),
}

B2C: Mapping[str, Meaning] = {
    "0": Meaning("paid", "paid"),
    "1": Meaning("failed", "too little in the utility account", again=AN_HOUR, float_low=True),
    "2": Meaning("failed", "below the minimum"),
    "3": Meaning("failed", "above the maximum"),
    "4": Meaning("failed", "the payee's daily limit is reached", again=A_DAY),
    "8": Meaning("failed", "the payee's M-Pesa account would be too full"),
    "15": Meaning("unknown", "duplicate inside M-Pesa"),
    "17": Meaning("unknown", "internal error of M-Pesa"),
    "26": Meaning("unknown", "M-Pesa is busy"),
    "2006": Meaning("failed", "the payee's account is inactive"),
    "2040": Meaning("failed", "the payee's number is not registered with M-Pesa"),
    "SFC_IC0003": Meaning("failed", "there is no such payee"),
    **_OURS,
}

REVERSAL: Mapping[str, Meaning] = {
    "0": Meaning("paid", "reversed"),
    "1": Meaning("failed", "too little in our account", again=AN_HOUR, float_low=True),
    "2006": Meaning("failed", "the payer's account is inactive"),
    REVERSED_ALREADY: Meaning("unknown", "it was reversed already"),
    "R000002": Meaning("failed", "M-Pesa does not know the payment"),
    **_OURS,
}


def meaning(table: Mapping[str, Meaning], code: str) -> Meaning:
    """What `code` says by `table`; UNKNOWN for any that the contract does not list."""
    return table.get(code, UNKNOWN)
