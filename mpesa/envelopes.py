"""The Result envelope of payouts, reversals, status queries and balances, in any shape (contract 4.3, 5, 6).

The order of parameters is not fixed, there may be a single object instead of a list, a value may be missing
and a key may come twice.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import ZERO, exact
from mpesa import codes
from mpesa.results import Unreadable

RECEIPT = re.compile(r"[A-Z0-9]{6,16}")
# "Fee For B2C Payment|KES|22.40"
_CHARGE = re.compile(r"\|\s*KES\s*\|\s*([0-9]{1,6}(?:\.[0-9]{1,2})?)(?![0-9.])")


@dataclass(frozen=True)
class Envelope:
    """What a result says.

    final            nothing more is to come
    code, text       of the request
    conversation_id  theirs, originator_id ours as they know it: of the request
    transaction_id   a receipt where money moved; of a failure a placeholder
    values           the parameters; a key's values in the order they came, without empty ones
    """

    final: bool
    code: str
    text: str
    conversation_id: str
    originator_id: str
    transaction_id: str
    values: Mapping[str, tuple[str, ...]]

    def value(self, *names: str) -> str:
        """The first value under the first of `names` that has one; "" for none."""
        return next((self.values[name][0] for name in names if self.values.get(name)), "")

    def amount(self, *names: str) -> Decimal | None:
        """As `value`, KES; None where it is missing or not exact to the cent."""
        try:
            return exact(self.value(*names))
        except (ValueError, ArithmeticError):
            return None

    def receipt(self, *names: str) -> str | None:
        """As `value`, as a receipt; else the transaction's id; None if it cannot be one."""
        text = (self.value(*names) or self.transaction_id).upper()
        return text if RECEIPT.fullmatch(text) else None

    def charge(self) -> Decimal:
        """What M-Pesa took for itself, KES; what cannot be a charge is none, and a statement file tells."""
        found = [_CHARGE.search(value) for value in self.values.get("DebitPartyCharges", ())]
        return sum((exact(match[1]) for match in found if match), ZERO)


def read(body: Mapping[str, Any]) -> Envelope:
    """The envelope of a callback's body; raises Unreadable."""
    told = body.get("Result")
    if not isinstance(told, dict):
        raise Unreadable("no Result")
    code = codes.normal(told.get("ResultCode"))
    if not code:
        raise Unreadable("no ResultCode")
    return Envelope(
        final=codes.normal(told.get("ResultType")) != "1",
        code=code[:24],
        text=_text(told.get("ResultDesc"))[:255],
        transaction_id=_text(told.get("TransactionID"))[:40],
        values=_values(told),
        **ids(body),
    )


def ids(body: Mapping[str, Any]) -> dict[str, str]:
    """The two ids in any body, "" where there is none: what a time-out's looks like nobody tells (4.4)."""
    told = body.get("Result")
    inner = told if isinstance(told, dict) else body
    return {
        "conversation_id": _text(inner.get("ConversationID"))[:80],
        "originator_id": _text(inner.get("OriginatorConversationID") or inner.get("OriginatorCoversationID"))[
            :80
        ],
    }


def _values(told: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    outer = told.get("ResultParameters")
    items = outer.get("ResultParameter") if isinstance(outer, dict) else None
    listed: Iterable[Any] = [items] if isinstance(items, dict) else items if isinstance(items, list) else []
    found: dict[str, tuple[str, ...]] = {}
    for item in listed:
        if isinstance(item, dict) and (value := _text(item.get("Value"))):
            key = _text(item.get("Key"))
            found[key] = (*found.get(key, ()), value)
    return found


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list | bool) else str(value).strip()
