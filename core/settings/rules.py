"""What a setting's text must look like: its kind, its bounds, its form (DR-1701). Plain Python."""

import re
from collections.abc import Callable, Mapping
from datetime import time as time_of_day
from decimal import Decimal
from typing import Any

from core.msisdn import NotKenyanMobile, e164
from core.settings.defaults import Definition

# (the smaller, the larger): one setting must not pass the other.
ORDERED = (
    ("delivery.min_fee", "delivery.max_fee"),
    ("listing.price_min", "listing.price_max"),
    ("order.min_total", "order.max_total"),
    ("cod.max_order_total", "order.max_total"),
    ("order.max_total", "mpesa.max_transaction"),
    ("refund.min_amount", "refund.auto_approve_max"),
    ("item.reminder_hours", "item.response_hours"),
    ("cod.deposit_due_hours", "cod.deposit_issue_hours"),
    ("price.window_days", "price.show_days"),
)

_LENGTH = 255
_WHOLE = re.compile(r"[0-9]{1,12}")
_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_ACCOUNT = re.compile(
    r"[A-Za-z0-9 ,./&\-]{0,36}"
)  # as it stands in a text: core/notifications/about_money.py
_SLOT = re.compile(r"[a-z]+ ([01][0-9]|2[0-4])-([01][0-9]|2[0-4])")
_CAPACITY = re.compile(r"[a-z]+ [1-9][0-9]{0,4}")
VEHICLES = frozenset({"bicycle", "motorcycle", "tuktuk", "pickup", "van", "truck"})
WARDS = 1450


def typed(kind: str, text: str) -> Any:
    """`text` as its kind: int, Decimal, bool, datetime.time or str; raises ValueError."""
    match kind:
        case "whole":
            return int(text)
        case "decimal":
            return Decimal(text)
        case "flag":
            return {"true": True, "false": False}[text]
        case "time":
            return time_of_day.fromisoformat(text)
        case _:
            return text


def accepted(definition: Definition, text: str) -> str:
    """`text` as it is stored, if the setting may have it; raises ValueError.

    Decimals get two places, phone numbers their stored form; other texts stay as they are, without space
    around them.
    """
    text = text.strip()
    if len(text) > _LENGTH:
        raise ValueError("too long")
    match definition.kind:
        case "whole" | "decimal":
            return _number(definition, text)
        case "flag":
            return _one_of(text, "true", "false")
        case "time":
            return _fits(_TIME, text)
        case _:
            return FORMS[definition.form](text)


def in_order(values: Mapping[str, Any], name: str) -> bool:
    """Whether `name` keeps its side of every pair of ORDERED; `values` holds every setting."""
    return all(values[small] <= values[large] for small, large in ORDERED if name in (small, large))


def _number(definition: Definition, text: str) -> str:
    assert definition.low is not None
    assert definition.high is not None
    _fits(_WHOLE if definition.kind == "whole" else _DECIMAL, text)
    value = Decimal(text)
    if not definition.low <= value <= definition.high:
        raise ValueError("out of bounds")
    return str(int(value)) if definition.kind == "whole" else f"{value:.2f}"


def _phones(text: str) -> str:
    try:
        return ",".join(e164(number) for number in _parts(text))
    except NotKenyanMobile as error:
        raise ValueError("not a phone number") from error


def _wards(text: str) -> str:
    codes = [int(_fits(_WHOLE, code)) for code in _parts(text)]
    if not all(1 <= code <= WARDS for code in codes):
        raise ValueError("no such ward")
    return ",".join(str(code) for code in sorted(set(codes)))


def _minutes(text: str) -> str:
    minutes = [int(_fits(_WHOLE, part)) for part in _parts(text)]
    rising = bool(minutes) and minutes == sorted(set(minutes))
    if not rising or len(minutes) > 10 or minutes[0] < 1 or minutes[-1] > 1440:
        raise ValueError("minutes must rise")
    return ",".join(map(str, minutes))


def _box(text: str) -> str:
    south, west, north, east = map(Decimal, _parts(text))
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        raise ValueError("no box")
    return text


def _slots(text: str) -> str:
    *named, last = _parts(text)
    if last != "any" or not named:
        raise ValueError("'any' comes last")
    for part in named:
        opens, closes = _fits(_SLOT, part).split()[1].split("-")
        if opens >= closes:
            raise ValueError("a slot ends after it begins")
    return text


def _capacities(text: str) -> str:
    parts = [_fits(_CAPACITY, part).split()[0] for part in _parts(text)]
    if sorted(parts) != sorted(VEHICLES):
        raise ValueError("every kind of vehicle once")
    return text


def _account(text: str) -> str:
    return _fits(_ACCOUNT, " ".join(text.split()))


FORMS: Mapping[str, Callable[[str], str]] = {
    "phones": _phones,
    "wards": _wards,
    "minutes": _minutes,
    "box": _box,
    "slots": _slots,
    "capacities": _capacities,
    "account": _account,
}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _fits(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError("not in the form")
    return text


def _one_of(text: str, *words: str) -> str:
    if text not in words:
        raise ValueError("another word")
    return text
