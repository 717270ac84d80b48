"""A callback as a line for a shell, masked as the log shows it, to tell a colleague or provider what came."""

import json
import shlex
from urllib.parse import urlencode

from core.msisdn import masked
from core.traffic.masks import mask_phones
from core.traffic.models import Callback

DOOR = "/cb/$CALLBACK_SECRET"
# Where each kind comes in; what names one payment attempt stands in no log (S4).
PATHS = {
    "ussd": "ussd",
    "ussd-event": "ussd-events",
    "sms": "sms",
    "sms-report": "sms-reports",
    "sms-optout": "sms-optout",
    "stk": "pay/stk/$TOKEN",
    "c2b-validation": "pay/c2b/validation",
    "c2b-confirmation": "pay/c2b/confirmation",
    **{
        f"{road}-{what}": f"pay/{road}/$TOKEN/{what}"
        for road in ("b2c", "reversal", "status", "balance")
        for what in ("result", "timeout")
    },
}
# What only our log adds to what came.
OURS = frozenset({"mark", "foreign", "fetched", "screen", "shown", "language", "septets", "service_code",
                  "operator", "answer"})  # fmt: skip


def of(row: Callback, public_url: str) -> str:
    """The line for a row; "" for what went out."""
    path = PATHS.get(row.kind)
    if row.direction != "in" or path is None:
        return ""
    address = f'"{public_url.rstrip("/")}{DOOR}/{path}"'
    if path.startswith("pay/"):
        body, kind = mask_phones(json.dumps(row.request, ensure_ascii=False, default=str)), "application/json"
    else:
        body, kind = mask_phones(urlencode(_fields(row), safe="*+:/ ")), "application/x-www-form-urlencoded"
    return f"curl -X POST {address} \\\n  -H 'Content-Type: {kind}' \\\n  --data-raw {shlex.quote(body)}"


def _fields(row: Callback) -> dict[str, str]:
    told = {name: str(value) for name, value in row.request.items() if name not in OURS}
    if row.kind in ("ussd", "ussd-event"):
        told = {"sessionId": row.session, "phoneNumber": masked(row.msisdn)} | told
    if row.kind == "ussd":
        told |= {
            "serviceCode": str(row.request.get("service_code", "")),
            "text": str(row.request.get("answer", "")),
        }
    return told
