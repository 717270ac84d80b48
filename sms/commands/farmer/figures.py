"""What a farmer's answer says in figures: a price, an amount, which of the numbered."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sms.context import Context
from sms.items import Item
from sms.reading.text import Text
from sms.words import folded, tokens

PER = frozenset(("per", "kwa", "kila", "each", "every", "o", "moja", "one"))
PER_SIGN = re.compile(r"\d\s*/\s*[a-z]")


@dataclass(frozen=True)
class Said:
    """A number and what it counts: `unit` is a base unit (kg, crate) or None."""

    number: Decimal
    unit: str | None


def price_said(ctx: Context) -> Said | None:
    """The sum in a text that says nothing else: `80`, `@80`, `KES 80`, `80 bob`, `80 per kg`.

    `unit` is of what it is for. None for anything that could also mean something else.
    """
    item = _only(ctx)
    if item is not None and item.unit is not None and item.price is None and not _for_one(ctx):
        return None  # "5kg" is no price
    named = ctx.reading.slots.get("price")
    bare = ctx.reading.intent == "farmer_price_change" and not ctx.reading.slots.get("product")
    if isinstance(named, Decimal | int) and bare:  # the price of carrots she sells now is none of tomatoes
        return Said(Decimal(named), item.unit if item else None)
    if item is None or (item.price is not None and item.quantity is not None):
        return None
    number = item.price if item.price is not None else item.quantity
    return None if number is None else Said(number, item.unit)


def _for_one(ctx: Context) -> bool:
    """Whether it says that the sum is for one of a unit: `80 per kg`, `80 kwa kilo`, `80/kg`."""
    flat = folded(ctx.message.text)
    return bool(PER & set(flat.split())) or bool(PER_SIGN.search(flat))


def amount_said(ctx: Context) -> Said | None:
    """How much, in a text that says nothing else: `20`, `20kg`, `only 20kg`, `nina 20kg tu`."""
    named = ctx.reading.slots.get("qty")
    if isinstance(named, Decimal | int) and not ctx.reading.items:
        return Said(Decimal(named), ctx.reading.slots.get("unit"))
    items = ctx.reading.items
    bare = len(items) == 1 and not items[0]["product"] and not {"candidates", "raw"} & items[0].keys()
    if bare and items[0]["qty"]:
        return Said(items[0]["qty"], items[0]["unit"])
    item = _only(ctx)
    if item is None or item.price is not None or item.quantity is None:
        return None
    return Said(item.quantity, item.unit)


def stock_said(ctx: Context) -> Said | None:
    """How much of what she was asked about; "less A3B7 20kg" is about that order."""
    return None if ctx.reading.slots.get("order") else amount_said(ctx)


def says_none(ctx: Context) -> bool:
    """Whether the answer is nought: `0`, `zero`."""
    return ctx.message.text.strip().lower() in ("0", "0kg", "zero", "sifuri")


def _only(ctx: Context) -> Item | None:
    flat, produce = folded(ctx.message.text), ctx.reader.produce()
    text = Text(ctx.message.text, flat, tokens(flat, produce.parted), produce, "quantity", ctx.role or None)
    wanted = text.wanted(text.said)
    if len(wanted.items) != 1 or wanted.unexplained or text.asks or text.doubts(text.said):
        return None
    item = wanted.items[0]
    return None if item.products or item.raw or item.bad else item


def in_unit(unit: str, said: str | None) -> bool:
    """Whether `said` may be the stored unit ("crate 64kg"), or was not said at all."""
    return said is None or unit.split()[0] == said


def amount_of(quantity: Decimal, unit: str, kg: Decimal | None = None) -> dict[str, Any]:
    """The slot `amount_of`; kg of all of it."""
    return {"qty": str(quantity), "unit": unit, "kg": None if kg is None else str(kg)}
