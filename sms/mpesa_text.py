"""A forwarded M-Pesa message: its fields, and whether its receipt is worth looking up. It never proves that
money arrived; only the payment callback or the statement does (data/README.md)."""

import re
from contextlib import suppress
from datetime import date
from typing import Any

from core.msisdn import NotKenyanMobile, e164

_MONEY = r"(?:ksh|kes)\.?\s?([\d,]+(?:\.\d{1,2})?)"
_CODE = re.compile(
    r"\b((?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{9,10})\b(?=\W{1,3}(?:confirmed|imethibitishwa))", re.I
)
_SIGN = re.compile(r"\b(?:confirmed|imethibitishwa)\b", re.I)
_OWN = re.compile(
    r"m-?pesa|sent to|paid to|received|imetumwa|umepokea|reversal|withdraw|fuliza|airtime|ksh", re.I
)
_FAILED = re.compile(
    r"(?:do not have (?:sufficient|enough) (?:funds|money)|insufficient funds).{0,60}m-?pesa", re.I | re.S
)
_HEADLESS = re.compile(r"\b(?:confirmed|imethibitishwa)\W{1,4}ksh", re.I)  # its receipt cut off
_RECEIVED = re.compile(r"\b(?:umepokea|you have received)\s+ksh.*m-?pesa", re.I | re.S)
_AMOUNT = re.compile(_MONEY, re.I)
_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{2,4})\b")
_TIME = re.compile(r"\b(\d{1,2}):(\d{2})\s?([AP])\.?M", re.I)
_BALANCE = re.compile(r"(?:balance|baki|salio)[^.\d]{0,40}?(?:is|ni)?\s*" + _MONEY, re.I)
_COST = re.compile(r"(?:transaction cost,?|gharama ya ku\w+ ni)\s*" + _MONEY, re.I)
_REVERSED = re.compile(r"reversal of transaction\s+([A-Z0-9]{9,10})", re.I)
_OUT = re.compile(
    r"(?:sent to|paid to|imetumwa kwa|imelipwa kwa|to)\s+(.+?)"
    r"(?=\s+for account|\s+kwa akaunti|\s+on \d|\s+tarehe|\.\s*on|\.?\s*$)",
    re.I | re.S,
)
_IN = re.compile(
    r"(?:received|umepokea)\s+" + _MONEY + r"\s+(?:from|kutoka kwa)\s+(.+?)(?=\s+on \d|\s+tarehe|$)",
    re.I | re.S,
)
_ACCOUNT = re.compile(
    r"(?:for account|kwa akaunti(?: namba)?|account no\.?)\s+([A-Za-z0-9#-]+(?: [A-Z0-9]{4})?)", re.I
)
_PHONE = re.compile(r"(?<![\d*])(\+?254|0)[17](?:[ -]?\d){8}(?![\d*])")
_MASKED = re.compile(r"\b\d{3,6}\*{2,}\d{2,4}\b")
_MONTHS = "ABCDEFGHIJKL"
_DAYS = "123456789ABCDEFGHIJKLMNOPQRSTUV"


def is_mpesa(text: str) -> bool:
    """Whether `text` is, or forwards, a message of M-Pesa."""
    if len(text) < 40:
        return False
    if _RECEIVED.search(text):
        return True
    return bool(
        _FAILED.search(text)
        or (_SIGN.search(text) and _OWN.search(text) and (_CODE.search(text) or _HEADLESS.search(text)))
    )


def fields(text: str) -> dict[str, Any]:
    """The fields that the message states, as data/README.md names them.

    amounts are strings with two decimals, `date` ISO, `time` of 24 hours; `usable_as_proof`: complete enough
    for its receipt to be looked up
    """
    flat = " ".join(text.split())
    found: dict[str, Any] = {"code": _code(flat)}
    if _FAILED.search(flat):
        return {"usable_as_proof": False}
    reversal = _REVERSED.search(flat)
    if reversal:
        found["reversed_code"] = reversal[1].upper()
    amount = _amount(flat)
    if amount:
        found["amount"] = amount
    found |= _party(flat, reversed_=bool(reversal)) | _when(flat)
    for name, pattern in (("balance", _BALANCE), ("cost", _COST)):
        match = pattern.search(flat)
        if match:
            found[name] = _two_decimals(match[1])
    outgoing = "account" in found or re.search(r"\bpaid to\b|imelipwa", flat, re.I) is not None
    found["usable_as_proof"] = bool(
        outgoing
        and not reversal
        and "phone" not in found
        and amount
        and _fits(found.get("code"), found.get("date"))
    )
    return found


def _code(text: str) -> str | None:
    match = _CODE.search(text)
    return match[1].upper() if match else None


def _amount(text: str) -> str | None:
    """The first sum that is no balance."""
    balance = _BALANCE.search(text)
    for match in _AMOUNT.finditer(text):
        if balance is None or not balance.start() <= match.start() < balance.end():
            return _two_decimals(match[1])
    return None


def _two_decimals(text: str) -> str:
    whole, _, part = text.replace(",", "").partition(".")
    return f"{whole}.{part:0<2}"


def _party(text: str, *, reversed_: bool) -> dict[str, Any]:
    incoming = _IN.search(text)
    outgoing = None if incoming else _OUT.search(text)
    if reversed_ or not (incoming or outgoing):
        return {}
    said = incoming[2] if incoming else outgoing[1] if outgoing else ""
    found: dict[str, Any] = {}
    masked, phone = _MASKED.search(said), _PHONE.search(said)
    if masked:
        found["phone_masked"] = masked[0]
        said = said.replace(masked[0], "")
    elif phone:
        with suppress(NotKenyanMobile):
            found["phone"] = e164(re.sub(r"[ -]", "", phone[0]))
        said = said.replace(phone[0], "")
    party = " ".join(said.split()).strip(" .-")
    account = _ACCOUNT.search(text)
    if account:
        found["account"] = account[1].rstrip(".")
    return ({"party": party} if party else {}) | found


def _when(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    day = _DATE.search(text)
    if day:
        year = int(day[3]) + (2000 if len(day[3]) == 2 else 0)
        try:
            found["date"] = date(year, int(day[2]), int(day[1])).isoformat()
        except ValueError:
            return found
    time = _TIME.search(text)
    if time and int(time[1]) <= 12:
        hour = int(time[1]) % 12 + (12 if time[3].upper() == "P" else 0)
        found["time"] = f"{hour:02}:{time[2]}"
    return found


def _fits(code: object, day: object) -> bool:
    """A receipt of today's layout whose letters say the same date as the text; a sign, never a refusal."""
    if not isinstance(code, str) or len(code) != 10 or not isinstance(day, str):
        return False
    said = date.fromisoformat(day)
    letters = chr(ord("S") + said.year - 2024) if 2000 < said.year < 2032 else ""
    return code[:3] == f"{letters}{_MONTHS[said.month - 1]}{_DAYS[said.day - 1]}"
