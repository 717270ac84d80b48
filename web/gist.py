"""What a reader sees of a row of the callback log without opening it: what was said, and what came back.

A phone number is masked before anything is cut, so that no piece of one stays readable (DR-1904).
"""

import json
from typing import Any

from core.traffic.masks import mask_phones

MOST = 110
SAID_IN = ("answer", "text", "message", "ResultDesc", "status", "code")


def gist(kind: str, request: dict[str, Any], reply: str, error: str) -> str:
    """One line about a row: `5kg tomatoes`, `1 → Uko wadi gani?`, `KES 499, receipt TFOM6HL2RJ`."""
    said = _access(reply) if kind == "mpesa-token" else _said(request)
    came = error or _came(kind, reply)
    return " → ".join(shortened(part) for part in (said, came) if part)


def shortened(text: str, most: int = MOST) -> str:
    """`text` on one line with its phone numbers masked, and then at most `most` characters, an ellipsis the
    last of them."""
    line = " ".join(mask_phones(text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _said(body: dict[str, Any]) -> str:
    if "Amount" in body and "AccountReference" in body:
        return f"KES {body['Amount']} for {body['AccountReference']}"
    if "Amount" in body and "CommandID" in body:
        return f"KES {body['Amount']}, {body.get('Remarks', '')}"
    if "TransAmount" in body:
        return f"KES {body['TransAmount']} for {body.get('BillRefNumber') or 'no account'}"
    told = body.get("Result")
    if isinstance(told, dict):
        return str(told.get("ResultDesc") or "")
    result = body.get("Body")
    inner = result.get("stkCallback") if isinstance(result, dict) else None
    if isinstance(inner, dict):
        return _paid(inner) or str(inner.get("ResultDesc") or "")
    return next((str(body[name]) for name in SAID_IN if body.get(name)), "")


def _paid(result: dict[str, Any]) -> str:
    """The sum and the receipt of a payment that went through; "" for another, or one of another shape."""
    metadata = result.get("CallbackMetadata")
    items = metadata.get("Item") if isinstance(metadata, dict) else None
    told = {
        str(item.get("Name")): item.get("Value")
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict)
    }
    amount, receipt = told.get("Amount"), told.get("MpesaReceiptNumber")
    return f"KES {amount}, receipt {receipt}" if amount and receipt else ""


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
