"""What Safaricom looks at before it accepts a push or a query; the first fault found is refused."""

import base64
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from simulator.clock import NAIROBI
from simulator.daraja_shapes import NO_MERCHANT, WRONG_CREDENTIALS
from simulator.parts import Parts

FORBIDDEN = ("m-pesa", "mpesa", "safaricom", "exe", "exec", "cmd", "sql", "query")
MAX_AMOUNT = 250_000
PAYBILL, BUY_GOODS = "CustomerPayBillOnline", "CustomerBuyGoodsOnline"
_PAYER = re.compile(r"254[17][0-9]{8}")
_PLAIN = re.compile(r"[A-Za-z0-9 ]+")

Body = Mapping[str, object]


class Refused(Exception):
    """A synchronous refusal: Daraja's code, and what its message names."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field


def check_push(parts: Parts, body: Body) -> None:
    """The fields of an STK push, then the merchant."""
    demand(word(body, "BusinessShortCode").isdigit(), "BusinessShortCode")
    _check_timestamp(parts, word(body, "Timestamp"))
    demand(word(body, "TransactionType") in (PAYBILL, BUY_GOODS), "TransactionType")
    amount = word(body, "Amount")
    whole = amount.isascii() and amount.isdigit() and len(amount) <= 7
    demand(whole and 1 <= int(amount) <= MAX_AMOUNT, "Amount")
    demand(_PAYER.fullmatch(word(body, "PartyA")) is not None, "PartyA")
    demand(word(body, "PartyB").isdigit(), "PartyB")
    demand(_PAYER.fullmatch(word(body, "PhoneNumber")) is not None, "PhoneNumber")
    check_url(parts, word(body, "CallBackURL"), "CallBackURL")
    reference, description = word(body, "AccountReference"), word(body, "TransactionDesc")
    demand(len(reference) <= 12 and _PLAIN.fullmatch(reference) is not None, "AccountReference")
    demand(bool(description), "Remarks")
    demand(len(description) <= 13 and _PLAIN.fullmatch(description) is not None, "TransactionDesc")
    check_merchant(parts, body)


def check_merchant(parts: Parts, body: Body) -> None:
    """The shortcode is known here, and the password is the one that it, the passkey and the time make."""
    shortcode, stamp = word(body, "BusinessShortCode"), word(body, "Timestamp")
    if shortcode != parts.settings.mpesa_shortcode:
        raise Refused("500.001.1001", NO_MERCHANT)
    expected = base64.b64encode(f"{shortcode}{parts.settings.mpesa_passkey}{stamp}".encode())
    if not hmac.compare_digest(word(body, "Password").encode(), expected):
        raise Refused("500.001.1001", WRONG_CREDENTIALS)


def fits_product(parts: Parts, body: Body) -> bool:
    """Whether PartyB suits the kind of payment: the shortcode itself, or the till of Buy Goods."""
    party = word(body, "PartyB")
    if word(body, "TransactionType") == PAYBILL:
        return party == parts.settings.mpesa_shortcode
    return party == (parts.settings.mpesa_till or party)


def word(body: Body, name: str) -> str:
    """A field that may be written as a string or as a whole number; anything else reads as empty."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)


def _check_timestamp(parts: Parts, stamp: str) -> None:
    demand(len(stamp) == 14 and stamp.isascii() and stamp.isdigit(), "Timestamp")
    try:
        at = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=NAIROBI)
    except ValueError:
        raise Refused("400.002.02", "Timestamp") from None
    skew = parts.knobs.timestamp_skew_seconds
    demand(not skew or abs((at - parts.clock.now()).total_seconds()) <= skew, "Timestamp")


def check_url(parts: Parts, url: str, name: str, *, code: str = "400.002.02") -> None:
    """A URL of ours under `name`: public syntax, and none of the words that Safaricom refuses."""
    try:
        place = urlsplit(url)
        host = place.hostname or ""
    except ValueError:
        raise Refused(code, name) from None
    demand(re.fullmatch(r"[A-Za-z0-9.-]+", host) is not None, name, code)
    schemes = ("https",) if parts.knobs.https_callbacks or parts.knobs.production else ("https", "http")
    demand(place.scheme in schemes, name, code)
    for forbidden in FORBIDDEN:
        demand(forbidden not in url.lower(), f"{name} - URL has the word {forbidden.upper()}", code)


def demand(right: bool, field: str, code: str = "400.002.02") -> None:
    """Refuse unless it is right, naming the field."""
    if not right:
        raise Refused(code, field)
