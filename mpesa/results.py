"""A callback's body, in any shape Safaricom sends it, as one Result of the payments core (contract 2.4)."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from core.money import exact
from core.payments.service import Result
from mpesa import codes
from mpesa.codes import stk as stk_codes

_RECEIPT = re.compile(r"[A-Z0-9]{6,16}")
_CLEAR_NUMBER = re.compile(r"\+?(254[17][0-9]{8})")


class Unreadable(ValueError):
    """Valid JSON, but not a payment's result."""


def stk_callback(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part that tells of the payment; raises Unreadable."""
    outer = body.get("Body")
    inner = outer.get("stkCallback") if isinstance(outer, dict) else None
    if not isinstance(inner, dict):
        raise Unreadable("no Body.stkCallback")
    return inner


def read(body: Mapping[str, Any]) -> Result:
    """The result a callback brings; raises Unreadable.

    On failure there are no details. Details are looked up by name, any may lack its value; the amount is None
    where it is missing or not exact to the cent, and the core then refuses to believe it (DR-805).
    """
    told = stk_callback(body)
    code = codes.normal(told.get("ResultCode"))
    if not code:
        raise Unreadable("no ResultCode")
    details = _details(told)
    meant = stk_codes.meaning(code)
    return Result(
        checkout_id=checkout_id(told),
        code=code[:24],
        final="unknown" if meant.final == "pending" else meant.final,
        text=str(told.get("ResultDesc") or "")[:255],
        amount=_amount(details.get("Amount")),
        receipt=_receipt(details.get("MpesaReceiptNumber")),
        payer=_text(details.get("PhoneNumber"))[:64],
        via="callback",
        why=meant.why,
    )


def checkout_id(told: Mapping[str, Any]) -> str:
    """The CheckoutRequestID of a `stk_callback`, at most 80 characters; "" if there is none."""
    return _text(told.get("CheckoutRequestID"))[:80]


def payer_msisdn(told: Mapping[str, Any]) -> str:
    """The payer's number as +254..., where it came in clear; "" where it is masked, hashed or missing."""
    match = _CLEAR_NUMBER.fullmatch(_text(_details(told).get("PhoneNumber")))
    return f"+{match[1]}" if match else ""


def _details(told: Mapping[str, Any]) -> dict[str, Any]:
    metadata = told.get("CallbackMetadata")
    items = metadata.get("Item") if isinstance(metadata, dict) else None
    listed: Iterable[Any] = [items] if isinstance(items, dict) else items if isinstance(items, list) else []
    return {_text(item.get("Name")): item.get("Value") for item in listed if isinstance(item, dict)}


def _amount(value: object) -> Decimal | None:
    try:
        return exact(_text(value))
    except (ValueError, ArithmeticError):
        return None


def _receipt(value: object) -> str | None:
    text = _text(value).upper()
    return text if _RECEIPT.fullmatch(text) else None


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list | bool) else str(value).strip()
