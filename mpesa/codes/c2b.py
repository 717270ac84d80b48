"""What we answer to a payment at the paybill before M-Pesa takes it: the contract's table 3.3 as data."""

from collections.abc import Mapping

from core.payments.paybill import Validity

ACCEPT = "0"
WRONG_ACCOUNT = "C2B00012"
WRONG_AMOUNT = "C2B00013"
WRONG_SHORTCODE = "C2B00015"
OTHER = "C2B00016"

# The words are for logs of Safaricom's; at most 90 characters.
ANSWERS: Mapping[Validity, tuple[str, str]] = {
    "ok": (ACCEPT, "Accepted"),
    "unknown_reference": (WRONG_ACCOUNT, "No open order or rider has this account number"),
    "wrong_amount": (WRONG_AMOUNT, "The amount is not the one due"),
    "nothing_due": (OTHER, "Nothing is due for this order"),
}
NOT_OURS = (WRONG_SHORTCODE, "Not our paybill")
CANNOT_SAY = (OTHER, "Try again later")
