"""`LIST FOR 2 tomatoes 40kg 80`: a field agent puts a farmer's produce up for sale (DR-221).

The farm is the number of her list, or its name; the farmer's phone gets the confirmation, and HAPANA from it
takes the listing down.
"""

from typing import Any

from core.farms import agency
from core.orders import for_others
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer, Answering, choose_by_number
from sms.commands.agent import farms
from sms.commands.farmer import offering
from sms.commands.farmer.offers import from_items, restored, stored
from sms.context import Context, Outcome


def offer(ctx: Context) -> Outcome:
    """Which farm, then as a farmer's own words; what is missing is asked."""
    if ctx.user is None or not agency.of(ctx.tx, ctx.actor).agent:
        return ctx.reply("agents_only", dial=ctx.dial)
    items = ctx.reading.items
    named = [item for item in items if item.get("product") or item.get("candidates")]
    if items and not named:
        return ctx.reply("product_unknown_named", text=str(items[0].get("raw") or ""))
    offers = from_items(ctx, named)
    found = farms.meant(ctx)
    if len(found) != 1:
        about = {"offers": stored(offers)}
        return farms.which(ctx, "agent_farm", found or for_others.farms_of(ctx.tx, ctx.actor), about)
    farm = found[0]
    if (why := farms.closed(ctx, farm)) is not None:
        return why
    return offering.go_on(ctx, offers, farm_id=farm.farm_id, agent=True)


def _farm(ctx: Context) -> Answer:
    chosen: Any = answering.chosen(ctx)
    if chosen is None:
        return NOT_AN_ANSWER
    offers = restored(answering.about(ctx))
    ctx.close("answered")
    return offering.go_on(ctx, offers, farm_id=int(chosen), agent=True)


AGENT_FARM = Answering("choose_number", _farm, choose_by_number)
