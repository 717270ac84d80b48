"""`CART`: what lies in her basket, which the keypad and the web fill, at today's prices (DR-602)."""

from core.carts import lines as carts_lines
from core.money import ZERO
from sms.commands.customer import mine, quoting
from sms.context import Context, Outcome

SHOWN = 3  # one segment holds them with the sum; the keypad shows all
BUY_CODE = "59"


def look(ctx: Context) -> Outcome:
    """What is in it, the sum, how it is ordered and how it is emptied."""
    if ctx.role and ctx.role != "customer":
        return ctx.reply("wrong_role", dial=ctx.dial)
    held = carts_lines.lines(ctx.tx, ctx.actor) if ctx.user else []
    if not held:
        return ctx.reply("basket_empty")
    there = [line for line in held if not line.fault]
    shortcut = mine.shortcut(ctx, BUY_CODE)
    if not there:
        return ctx.reply("basket_gone", shortcut=shortcut)
    shown = there[:SHOWN]
    return ctx.reply(
        "basket_more" if len(held) > len(shown) else "basket",
        lines=[
            {"amount_of": quoting.amount(line.quantity, line.unit, line.kg), "product": line.product_id}
            for line in shown
        ],
        total=sum((line.total for line in there), ZERO),
        left=len(held) - len(shown),
        shortcut=shortcut,
    )
