"""How values look on the console: Nairobi time, masked people, calm words. Escaping is Jinja's alone."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import url_for

from core.clock import nairobi
from core.ledger.models import JournalEntry
from core.msisdn import masked
from core.orders.models import OrderEvent
from core.traffic.masks import mask_phones
from core.users.models import User
from web.account_names import name_of
from web.queries.records import Change

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
    "c2b-validation": "M-Pesa may I",
    "c2b-confirmation": "M-Pesa paybill",
    "b2c": "M-Pesa payout",
    "b2c-result": "M-Pesa paid out",
    "b2c-timeout": "M-Pesa time-out",
    "reversal": "M-Pesa reversal",
    "reversal-result": "M-Pesa reversed",
    "reversal-timeout": "M-Pesa time-out",
    "status": "M-Pesa question",
    "status-result": "M-Pesa answer",
    "status-timeout": "M-Pesa time-out",
    "balance": "M-Pesa balance?",
    "balance-result": "M-Pesa balance",
    "balance-timeout": "M-Pesa time-out",
}
MPESA = frozenset({"stk", "mpesa", "c2b", "b2c", "reversal", "status", "balance"})
# By which way a step was taken.
WAYS = {"ussd": "by USSD", "sms": "by SMS", "web": "on the web", "cli": "at the machine", "api": "by API"}
# A status word of any table, and how loud it is: good, busy, quiet, warn, bad.
TONES = {
    **dict.fromkeys(
        ("applied", "accepted", "delivered", "succeeded", "paid", "confirmed", "completed", "approved",
         "done", "matched", "settled", "resolved", "returned"),
        "good",
    ),
    **dict.fromkeys(
        ("stored", "calling", "queued", "sending", "processing", "ready_for_delivery", "out_for_delivery",
         "requested", "created", "in_transit", "picked_up", "assigned", "harvested", "packed", "ready",
         "open", "due", "sent", "eligible"),
        "busy",
    ),
    **dict.fromkeys(
        ("pending", "pending_payment", "unknown", "unmatched", "mismatched", "quarantined", "foreign",
         "undelivered", "parked", "on_hold", "differs", "returning", "issue"),
        "warn",
    ),
    **dict.fromkeys(("failed", "rejected", "refused", "cancelled", "declined"), "bad"),
}  # fmt: skip
PAGES = {
    "order": ("console.order", "order_id"),
    "callback": ("console.callback", "callback_id"),
    "sms": ("console.message", "outbox_id"),
    "payment": ("console.payment", "transaction_id"),
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEW = re.compile(r"^\(?new\)?(?= ->)")


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


def micros(moment: datetime) -> int:
    """A moment for an address: microseconds since 1970."""
    return round((moment - EPOCH) / timedelta(microseconds=1))


def kes(amount: Decimal) -> str:
    """`KES 1,234.50`, where no heading says which money it is."""
    return f"KES {money(amount)}"


def number(amount: Decimal) -> str:
    """A quantity without trailing zeros."""
    return f"{amount.normalize():f}"


def words(status: str) -> str:
    """A stored status as words: `pending_payment` is "pending payment"."""
    return status.replace("_", " ")


def change(what: str) -> str:
    """A noted change as people read it: `new -> pending_payment` is "new → pending payment"."""
    return words(_NEW.sub("new", mask_phones(what)).replace(" -> ", " → "))


def by_whom(event: OrderEvent, person: User | None) -> str:
    """Who took a step, and how: `Wanjiku by USSD`, `by M-Pesa's answer`."""
    if person is None:
        return "by M-Pesa's answer" if event.channel == "pay" else f"by the {event.role}"
    return f"{person.first_name or person.user_role} {WAYS.get(event.channel, '')}".rstrip()


def tone(status: str) -> str:
    """How loud a status is."""
    return TONES.get(status, "quiet")


def kind(name: str) -> str:
    """A kind of callback in words."""
    return KINDS.get(name, name)


def family(name: str) -> str:
    """The colour group of a kind: ussd, sms, mpesa or other."""
    head = name.split("-")[0]
    return "mpesa" if head in MPESA else head if head in ("ussd", "sms") else "other"


def short(identifier: str) -> str:
    """The last four characters of a vendor's long id; of a phone number in it only what is shown of one."""
    safe = mask_phones(identifier)
    return f"…{safe[-4:]}" if len(safe) > 6 else safe


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


def address_of(change: Change) -> str:
    """The address of the page on which a changed record stands, "" if the console has none."""
    name, _, number = change.record.partition(":")
    if name == "vehicle":
        return url_for("console.vehicles")
    if name not in PAGES or not number.isdecimal():
        return "" if change.order_id is None else url_for("console.order", order_id=change.order_id)
    endpoint, argument = PAGES[name]
    values: dict[str, Any] = {argument: int(number)}
    return url_for(endpoint, **values)


def moved(entry: JournalEntry) -> Decimal:
    """What a ledger entry moved, KES: the sum of its debits."""
    return sum((line.amount for line in entry.lines if line.amount > 0), Decimal("0.00"))


FILTERS: dict[str, Callable[..., Any]] = {
    "clock_time": clock_time,
    "day": day,
    "full_time": full_time,
    "span": span,
    "millis": millis,
    "money": money,
    "kes": kes,
    "micros": micros,
    "moved": moved,
    "account": name_of,
    "number": number,
    "change": change,
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
