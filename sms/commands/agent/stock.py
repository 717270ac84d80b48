"""`STOCK FOR 2 tomatoes 40kg`, `ADD FOR 2`, `SOLD OUT FOR 2 tomatoes`: a field agent fills a farm's stock.

The farmer gets one SMS, and her HAPANA takes the listing down; the price and what is on sale are hers alone
(DR-221).
"""

from decimal import Decimal
from typing import Any

from core.farms import agency
from core.listings import for_others as at_hand
from core.listings import service as listings
from core.listings.errors import QuantityOutOfBounds, WholeNumbersOnly
from core.listings.for_others import StockAtHand
from core.money import ZERO
from core.orders import for_others
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer, Answering, choose_by_number
from sms.commands.agent import farms
from sms.commands.farmer.figures import amount_of, in_unit
from sms.context import Command, Context, Outcome

SET, ADD = "set", "add"


def change(op: str) -> Command:
    """The command: `op` set says how much there is in all, add how much more."""

    def command(ctx: Context) -> Outcome:
        if ctx.user is None or not agency.of(ctx.tx, ctx.actor).agent:
            return ctx.reply("agents_only", dial=ctx.dial)
        items = ctx.reading.items
        only = items[0] if len(items) == 1 else {}
        if not only.get("product") or only.get("qty") is None:
            return ctx.reply("agent_stock_how")
        about = {"op": op, "product": only["product"], "qty": str(only["qty"]), "unit": only.get("unit")}
        found = farms.meant(ctx)
        if len(found) != 1:
            return farms.which(
                ctx, "agent_stock_farm", found or for_others.farms_of(ctx.tx, ctx.actor), about
            )
        why = farms.closed(ctx, found[0])
        return why or of_farm(ctx, int(found[0].farm_id or 0), about)

    return command


def of_farm(ctx: Context, farm_id: int, about: dict[str, Any]) -> Outcome:
    """What of the farm's is meant; of several packs it is asked which."""
    product_id = ctx.tx.parts.products.by_slug(about["product"]).product_id
    there = [
        one for one in at_hand.stock_of(ctx.tx, ctx.actor, farm_id=farm_id) if one.product_id == product_id
    ]
    fitting = [one for one in there if in_unit(one.unit, about["unit"])]
    if not fitting:
        return ctx.reply("agent_none_there", product=product_id)
    if len(fitting) == 1:
        return fill(ctx, fitting[0], about)
    few = fitting[: farms.MOST_CHOICES]
    choices = [{"value": one.listing_id} for one in few]
    ctx.ask("agent_stock", about={**about, "farm": farm_id}, choices=choices)
    lines = [
        {"amount_of": amount_of(one.free, one.unit), "price": str(one.price), "product": one.product_id}
        for one in few
    ]
    return ctx.reply("produce_which", options=lines)


def fill(ctx: Context, one: StockAtHand, about: dict[str, Any]) -> Outcome:
    """Her word counts; the core tells the farmer."""
    quantity = Decimal(about["qty"])
    try:
        if about["op"] == ADD:
            now = listings.restock(ctx.tx, ctx.actor, listing_id=one.listing_id, quantity=quantity)
        else:
            now = listings.set_quantity(ctx.tx, ctx.actor, listing_id=one.listing_id, quantity=quantity)
    except (QuantityOutOfBounds, WholeNumbersOnly):
        return ctx.reply("agent_stock_how")
    if now.quantity_available == ZERO:
        return ctx.reply("agent_stock_out", product=one.product_id)
    return ctx.reply(
        "agent_stock_now", product=one.product_id, amount_of=amount_of(now.quantity_available, one.unit)
    )


def _farm(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    if chosen is None:
        return NOT_AN_ANSWER
    ctx.close("answered")
    return of_farm(ctx, int(chosen), answering.about(ctx))


def _listing(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    if chosen is None:
        return NOT_AN_ANSWER
    about = answering.about(ctx)
    ctx.close("answered")
    there = at_hand.stock_of(ctx.tx, ctx.actor, farm_id=int(about["farm"]))
    one = next((one for one in there if one.listing_id == int(chosen)), None)
    return ctx.reply("work_changed") if one is None else fill(ctx, one, about)


AGENT_STOCK_FARM = Answering("choose_number", _farm, choose_by_number)
AGENT_STOCK = Answering("choose_number", _listing, choose_by_number)
