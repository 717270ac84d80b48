"""How values look on the console: Nairobi time, masked people, calm words. Escaping is Jinja's alone."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import url_for

from core.clock import nairobi
from core.msisdn import masked
from core.traffic.masks import mask_phones

KINDS = {
    "ussd": "USSD",
    "ussd-event": "USSD end",
    "sms": "SMS in",
    "sms-report": "SMS report",
    "sms-optout": "SMS opt-out",
    "sms-send": "SMS out",
    "stk": "M-Pesa result",
    "stk-push": "M-Pesa prompt",
    "stk-query": "M-Pesa query",
    "mpesa-token": "M-Pesa token",
}
# A status word of any table, and how loud it is: good, busy, quiet, warn, bad.
TONES = {
    **dict.fromkeys(
        ("applied", "accepted", "delivered", "succeeded", "paid", "confirmed", "completed", "approved",
         "done"),
        "good",
    ),
    **dict.fromkeys(
        ("stored", "calling", "queued", "sending", "processing", "ready_for_delivery", "out_for_delivery",
         "requested", "created", "in_transit", "picked_up", "assigned", "harvested", "packed", "ready",
         "open", "due"),
        "busy",
    ),
    **dict.fromkeys(
        ("pending", "pending_payment", "unknown", "unmatched", "mismatched", "quarantined", "foreign",
         "undelivered", "parked"),
        "warn",
    ),
    **dict.fromkeys(("failed", "rejected", "refused", "cancelled", "declined"), "bad"),
}  # fmt: skip
PAGES = {
    "order": ("console.order", "order_id"),
    "callback": ("console.callback", "callback_id"),
    "sms": ("console.message", "outbox_id"),
}


def clock_time(moment: datetime) -> str:
    """`09:30:07`, Nairobi."""
    return nairobi(moment).strftime("%H:%M:%S")


def day(moment: datetime) -> str:
    """`Tue 24 Jun`, Nairobi."""
    return f"{nairobi(moment):%a} {nairobi(moment).day} {nairobi(moment):%b}"


def full_time(moment: datetime) -> str:
    """`Tue 24 Jun 2025, 09:30:07`, Nairobi."""
    return f"{day(moment)} {nairobi(moment).year}, {clock_time(moment)}"


def span(seconds: float) -> str:
    """A stretch of time as people say it: `8 s`, `4 min`, `3 h`, `2 days`."""
    for size, word in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= size * (2 if word == "days" else 1):
            return f"{seconds / size:.0f} {word}"
    return f"{max(seconds, 0):.0f} s"


def millis(milliseconds: int) -> str:
    """A duration: `12 ms`, `1.4 s`."""
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def money(amount: Decimal) -> str:
    """`1,234.50`; the currency stands in the heading."""
    return f"{amount:,.2f}"


def number(amount: Decimal) -> str:
    """A quantity without trailing zeros."""
    return f"{amount.normalize():f}"


def words(status: str) -> str:
    """A stored status as words: `pending_payment` is "pending payment"."""
    return status.replace("_", " ")


def tone(status: str) -> str:
    """How loud a status is."""
    return TONES.get(status, "quiet")


def kind(name: str) -> str:
    """A kind of callback in words."""
    return KINDS.get(name, name)


def family(name: str) -> str:
    """The colour group of a kind: ussd, sms, mpesa or other."""
    head = name.split("-")[0]
    return {"ussd": "ussd", "sms": "sms", "stk": "mpesa", "mpesa": "mpesa"}.get(head, "other")


def short(identifier: str) -> str:
    """The last eight characters of a vendor's long id."""
    return f"…{identifier[-8:]}" if len(identifier) > 10 else identifier


def readable(value: Any) -> str:
    """A stored body (dict, list or text, perhaps JSON) laid out for reading, phone numbers masked."""
    if isinstance(value, str):
        try:
            parsed = json.loads(value)
        except ValueError:
            return mask_phones(value)
        value = parsed if isinstance(parsed, dict | list) else value
    if not isinstance(value, dict | list):
        return mask_phones(str(value))
    return mask_phones(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def screen(reply: str) -> str:
    """A USSD reply as the phone shows it: without CON or END."""
    return reply.removeprefix("CON ").removeprefix("END ")


def address_of(record: str) -> str:
    """The address of the page about a record (`order:45`), "" if the console has none."""
    name, _, number = record.partition(":")
    if name not in PAGES or not number.isdecimal():
        return ""
    endpoint, argument = PAGES[name]
    values: dict[str, Any] = {argument: int(number)}
    return url_for(endpoint, **values)


FILTERS: dict[str, Callable[..., Any]] = {
    "clock_time": clock_time,
    "day": day,
    "full_time": full_time,
    "span": span,
    "millis": millis,
    "money": money,
    "number": number,
    "words": words,
    "tone": tone,
    "kind": kind,
    "family": family,
    "short": short,
    "masked": masked,
    "mask_phones": mask_phones,
    "readable": readable,
    "screen": screen,
}
