"""What a reader of the callback log or of a log line may see of a text (DR-1904, DR-1205).

Masking errs on the side of hiding: a masked quantity costs a glance, a readable code costs a delivery.
"""

import re
from decimal import Decimal
from typing import Any

HIDDEN = "***"

# One Kenyan mobile number in any spelling, as a run of its own.
_PHONE = re.compile(r"(?<!\d)(?:\+?254[ -]?|0)?([17]\d{2}[ -]?\d{3}[ -]?\d{3})(?!\d)")
# Checkout ids end in the payer's nine national digits; one that is masked already stays as it is.
_CHECKOUT = re.compile(r"(ws_CO_\d*?)\d{7}(\d{2})(?!\d|\*{7}\d{2}(?!\d))")
_PHONE_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_LONG_RUN = re.compile(r"TUN\d{6}(?=[A-Z0-9]{4}\b)|\d{4,}", re.IGNORECASE)
_SPACED_RUN = re.compile(r"(?<![^\W_])\d{1,3}(?:[ \-]\d{1,3})+(?![^\W_])")
_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+"
    r"|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|info|biz|io|me|ly|gl|link|xyz|app|site|online|top"
    r"|club|shop|co(?:\.[a-z]{2})?|ke)\b(?:/\S*)?",
    re.IGNORECASE,
)


def mask_phones(text: str) -> str:
    """Every Kenyan mobile number in `text` as `07******78`, also in M-Pesa's checkout ids and as a hash."""
    text = _CHECKOUT.sub(r"\1*******\2", text)
    text = _PHONE_DIGEST.sub(HIDDEN, text)
    return _PHONE.sub(_phone, text)


def mask_links(text: str) -> str:
    """Addresses of the web in `text` as `***`: nobody is sent to a page of somebody else's in our name."""
    return _LINK.sub(HIDDEN, text)


def mask_digits(text: str) -> str:
    """`text` with all that may be a PIN, an OTP or a delivery code starred: `DONE A3B7 ****`.

    Stars every run of four digits or more, also with single spaces or dashes between them; order numbers
    (`TUN250624A3B7`) stay readable and phone numbers become `07******78`.
    """
    text = _LONG_RUN.sub(_run, mask_phones(text))
    return _SPACED_RUN.sub(_spaced, text)


def mask_json(value: Any) -> Any:
    """A decoded JSON value with the phone numbers in it masked, whether they came as text or as numbers.

    Decimals become strings, so that the copy can be stored as JSON again to the same digits.
    """
    match value:
        case dict():
            return {str(key): mask_json(item) for key, item in value.items()}
        case list() | tuple():
            return [mask_json(item) for item in value]
        case str():
            return mask_phones(value)
        case bool() | None:
            return value
        case int():
            masked = mask_phones(str(value))
            return value if masked == str(value) else masked
        case Decimal():
            return str(value)
        case _:
            return value


def _phone(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[1])
    return f"0{digits[0]}******{digits[-2:]}"


def _run(match: re.Match[str]) -> str:
    return match[0] if match[0][:1].isalpha() else "*" * len(match[0])


def _spaced(match: re.Match[str]) -> str:
    enough = sum(c.isdigit() for c in match[0]) >= 4
    return re.sub(r"\d", "*", match[0]) if enough else match[0]
