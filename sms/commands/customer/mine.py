"""Which of her orders a customer means: the one she names, the only one, or she is asked (DR-110).

Whatever is not hers is not there (DR-211).
"""

from collections.abc import Sequence
from typing import Any

from core.orders import service as orders
from core.orders.errors import OrderAmbiguous, OrderUnknown
from core.orders.models import Order
from sms.context import Context, Reply

MY_ORDERS_CODE = "57"


def named(ctx: Context, do: str) -> Order | Reply | None:
    """The order whose number she wrote; None if she wrote none. Several that fit are put as a question.

    do  the intent that goes on when she has answered
    """
    number = ctx.reading.slots.get("order")
    if not number:
        return None
    try:
        return orders.by_number(ctx.tx, ctx.actor, str(number))
    except OrderAmbiguous as several:
        return which(ctx, do, [{"value": n, "label": n} for n in several.values["numbers"][:5]])
    except OrderUnknown:
        return ctx.reply("order_unknown")


def one_of(ctx: Context, do: str, found: Sequence[Order]) -> Order | Reply | None:
    """The only order that fits; None if there is none; of several she says which, by its sum."""
    if len(found) < 2:
        return found[0] if found else None
    lines = [{"value": o.order_number, "order": o.tail, "total": str(o.came_to)} for o in found[:5]]
    return which(ctx, do, lines)


def which(ctx: Context, do: str, lines: Sequence[dict[str, Any]]) -> Reply:
    """Ask which order is meant; what she wants with it is kept, and done when she has answered."""
    slots = {name: value for name, value in ctx.reading.slots.items() if name != "order"}
    choices = [{"value": line["value"]} for line in lines]
    if ctx.ask("which_order", about={"do": do, "slots": slots}, choices=choices) is None:
        return ctx.reply("order_which", options=[{"label": line["value"]} for line in lines])
    options = [{name: value for name, value in line.items() if name != "value"} for line in lines]
    return ctx.reply("order_choose", options=options)


def shortcut(ctx: Context, code: str = MY_ORDERS_CODE) -> str:
    """The number that leads straight to her orders on the keypad: `*384*88632*57#`."""
    return f"{ctx.dial.removesuffix('#')}*{code}#"
