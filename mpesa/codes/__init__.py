"""What Safaricom's codes mean for us, as data: a file for each of the contract's tables.

stk (2.5), outward (4.5: payouts, refunds and reversals), status (5), c2b (3.3); here what they share: a code
as text, and the error envelope of synchronous answers (1.2, 1.3).
"""


def normal(code: object) -> str:
    """A code as text: numbers, numeric strings and others arrive in turns; "" for none.

    `0`, `"0"`, `0.0` and `" 0 "` are one code.
    """
    text = "" if code is None or isinstance(code, bool) else str(code).strip()
    whole, point, decimals = text.partition(".")
    return whole if point and whole.isdigit() and not decimals.strip("0") else text


def is_zero(code: object) -> bool:
    """Whether a ResponseCode says yes: `0`, and also `000000` and `00000000`."""
    text = normal(code)
    return bool(text) and not text.strip("0")


# --- error envelopes of synchronous answers -------------------------------------------------------------

INVALID_TOKEN = frozenset({"404.001.03", "401.002.01", "400.003.01"})
REFUSED_CREDENTIAL_WORDS = "invalid access token"

# Refused before anything was processed: the same request may be sent again, later.
NOT_PROCESSED = frozenset({"500.003.02", "500.003.03"})

# The first one of that name has arrived: nothing is sent again, it is asked about.
DUPLICATE = "500.002.1001"

# 500.001.1001 means many things; only its message tells which (table 2.3): two refusals, and a phone
# that shows another prompt. With any other message nobody knows whether this one went out.
MANY_MEANINGS = "500.001.1001"
WRONG_CREDENTIALS = "wrong credentials"
NO_MERCHANT = "merchant does not exist"
PHONE_BUSY = "unable to lock subscriber"


# What is refused under these is refused for our own account's sake: every other request would be as well
# (tables 1.3 and 2.3; a phone that is busy, and what nobody knows, is no refusal).
OUR_FAULT = ("401", "403", "404", "http-401", "http-403", "http-404", MANY_MEANINGS)


def is_our_fault(code: str, message: str) -> bool:
    """Whether a refusal blames our own account: its credentials, its product, its token."""
    return code.startswith(OUR_FAULT) or is_invalid_token(code, message)


def is_invalid_token(code: str, message: str) -> bool:
    """Three spellings, one meaning, whatever the HTTP status."""
    return code in INVALID_TOKEN or REFUSED_CREDENTIAL_WORDS in message.lower()
