"""What a reader sees of a row of the callback log without opening it: what was said, and what came back.

A phone number is masked before anything is cut, so that no piece of one stays readable (DR-1904).
"""

import json
from typing import Any

from core.traffic.masks import mask_phones

MOST = 110
SAID_IN = ("answer", "text", "message", "ResultDesc", "status", "code")


def gist(kind: str, request: dict[str, Any], reply: str, error: str) -> str:
    """One line about a row: `5kg tomatoes`, `1 → Uko wadi gani?`, `KES 499, receipt TFOM6HL2RJ`.

    Where something is wrong with a result, that is worth the room of its receipt.
    """
    said = _access(reply) if kind == "mpesa-token" else _said(request, brief=bool(error))
    came = error or _came(kind, reply)
    return " → ".join(shortened(part) for part in (said, came) if part)


def shortened(text: str, most: int = MOST) -> str:
    """`text` on one line with its phone numbers masked, and then at most `most` characters, an ellipsis the
    last of them."""
    line = " ".join(mask_phones(text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _said(body: dict[str, Any], *, brief: bool) -> str:
    if "Amount" in body and "AccountReference" in body:
        return f"KES {body['Amount']} for {body['AccountReference']}"
    if "Amount" in body and "CommandID" in body:
        return f"KES {body['Amount']}, {body.get('Remarks', '')}"
    if "TransAmount" in body:
        return f"KES {body['TransAmount']} for {body.get('BillRefNumber') or 'no account'}"
    told = body.get("Result")
    if isinstance(told, dict):
        return _result(told, brief=brief) or str(told.get("ResultDesc") or "")
    result = body.get("Body")
    inner = result.get("stkCallback") if isinstance(result, dict) else None
    if isinstance(inner, dict):
        return _paid(inner) or str(inner.get("ResultDesc") or "")
    return next((str(body[name]) for name in SAID_IN if body.get(name)), "")


def _paid(result: dict[str, Any]) -> str:
    """The sum and the receipt of a payment that went through; "" for another, or one of another shape."""
    told = _values(result.get("CallbackMetadata"), "Item", "Name")
    amount, receipt = told.get("Amount"), told.get("MpesaReceiptNumber")
    return f"KES {amount}, receipt {receipt}" if amount and receipt else ""


def _result(result: dict[str, Any], *, brief: bool) -> str:
    """What a result tells of money: how it stands, the sum, the receipt; or what is in our accounts."""
    told = _values(result.get("ResultParameters"), "ResultParameter", "Key")
    if balance := told.get("AccountBalance"):
        accounts = (account.split("|") for account in str(balance).split("&"))
        return ", ".join(f"{parts[0]} {parts[2]}" for parts in accounts if len(parts) > 2)
    amount = told.get("TransactionAmount") or told.get("Amount")
    receipt = told.get("TransactionReceipt") or told.get("ReceiptNo") or result.get("TransactionID")
    known = amount and receipt and not brief
    said = (told.get("TransactionStatus"), amount and f"KES {amount}", known and f"receipt {receipt}")
    return ", ".join(str(part) for part in said if part)


def _values(listed: Any, items: str, name: str) -> dict[str, Any]:
    """The values of a list of M-Pesa's, or of its only item, by their names."""
    found = listed.get(items) if isinstance(listed, dict) else None
    return {
        str(item.get(name)): item.get("Value")
        for item in (found if isinstance(found, list) else [found])
        if isinstance(item, dict)
    }


def _came(kind: str, reply: str) -> str:
    """A screen's first line; how a query says that it ended; nothing of an answer that only says OK."""
    if kind == "stk-query":
        return str(_decoded(reply).get("ResultDesc") or "")
    if kind != "ussd":
        return ""
    return reply.removeprefix("CON ").removeprefix("END ").partition("\n")[0]


def _access(reply: str) -> str:
    """How long the access token that was fetched is good for."""
    seconds = str(_decoded(reply).get("expires_in", ""))
    return f"access token, good for {int(seconds) // 60} min" if seconds.isdecimal() else "access token"


def _decoded(reply: str) -> dict[str, Any]:
    try:
        body = json.loads(reply)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
