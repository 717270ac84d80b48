"""What a transaction status query's answer means for us: the contract's section 5 as data.

The result code is about the query; the state of the payment is a word among its parameters.
"""

from collections.abc import Mapping
from typing import Literal

State = Literal["paid", "failed", "reversed", "open", "unknown"]

# TransactionStatus, in small letters. Whatever is not here says nothing, and is asked again.
STATES: Mapping[str, State] = {
    "completed": "paid",
    "cancelled": "failed",
    "declined": "failed",
    "expired": "failed",
    "reversed": "reversed",
    "initiated": "open",
    "authorized": "open",
    "pending authorized": "open",
}

# Results of the query itself. 2001 stops us: further tries may lock the credential.
FAILURES: Mapping[str, str] = {
    "15": "duplicate query",
    "17": "internal error of M-Pesa",
    "18": "the initiator's credential was refused",
    "20": "the initiator is not known",
    "21": "the initiator may not ask",
    "24": "a field is missing",
    "25": "bad parameters: M-Pesa does not find it",
    "26": "M-Pesa is busy",
    "29": "the command is not known",
    "2001": "initiator name, password or certificate is wrong",
    "8006": "our security credential is locked",
    "SFC_IC0003": "the operator does not exist",
}
# The query's own code where M-Pesa has no such payment. No proof by itself (one or two sources).
NOT_FOUND = "25"
STOP = frozenset({"18", "20", "21", "2001", "8006"})


def state(told: str) -> State:
    """What TransactionStatus `told` says, whatever its letters and spaces."""
    return STATES.get(" ".join(told.lower().split()), "unknown")


def says(code: str) -> str:
    """A failed query's code in words."""
    return FAILURES.get(code, "a code the contract does not know")
