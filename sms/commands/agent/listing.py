"""`LIST FOR 2 tomatoes 40kg 80`: a field agent puts a farmer's produce up for sale (DR-221).

The farm is the number of her list, or its name; the farmer's phone gets the confirmation, and HAPANA from it
takes the listing down.
"""

from typing import Any

from core.farms import agency, agents
from core.orders import for_others
from core.orders.for_others import FarmAtHand
from core.words import plain
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer, Answering, choose_by_number
from sms.commands.farmer import offering
from sms.context import Context, Outcome

MOST_CHOICES = 5


def offer(ctx: Context) -> Outcome:
    """Which farm, then as a farmer's own words; what is missing is asked."""
    if ctx.user is None or not agency.of(ctx.tx, ctx.actor).agent:
        return ctx.reply("agents_only", dial=ctx.dial)
    items = ctx.reading.items
    named = [item for item in items if item.get("product") or item.get("candidates")]
    if items and not named:
        return ctx.reply("product_unknown_named", text=str(items[0].get("raw") or ""))
    offers = offering.from_items(ctx, named)
    farms = for_others.farms_of(ctx.tx, ctx.actor)
    found = _meant(farms, str(ctx.reading.slots.get("farm") or ""))
    if len(found) != 1:
        open_ = [farm for farm in (found or farms) if _agreed(farm)]
        return _which(ctx, open_, offers)
    farm = found[0]
    if farm.consent != agents.AGREED:
        return ctx.reply("agent_no_yes", farmer=farm.farmer)
    if farm.farm_id is None:
        return ctx.reply("agent_no_farm", farmer=farm.farmer, dial=ctx.dial)
    return offering.go_on(ctx, offers, farm_id=farm.farm_id, agent=True)


def _agreed(farm: FarmAtHand) -> bool:
    return farm.consent == agents.AGREED and farm.farm_id is not None


def _meant(farms: list[FarmAtHand], named: str) -> list[FarmAtHand]:
    """The farm of that number in her list, or those whose own or whose farmer's name it is."""
    if named.isdigit():
        at = int(named)
        return farms[at - 1 : at] if at else []
    words = plain(named)
    return [farm for farm in farms if words and words in (plain(farm.farm), plain(farm.farmer))]


def _which(ctx: Context, farms: list[FarmAtHand], offers: list[offering.Offer]) -> Outcome:
    if not farms:
        return ctx.reply("agent_no_farms", dial=ctx.dial)
    few = farms[:MOST_CHOICES]
    ctx.ask(
        "agent_farm",
        about={"offers": offering.stored(offers)},
        choices=[{"value": farm.farm_id} for farm in few],
    )
    return ctx.reply("agent_which_farm", options=[{"label": f"{farm.farm}, {farm.ward}"} for farm in few])


def _farm(ctx: Context) -> Answer:
    chosen: Any = answering.chosen(ctx)
    if chosen is None:
        return NOT_AN_ANSWER
    offers = offering.restored(answering.about(ctx))
    ctx.close("answered")
    return offering.go_on(ctx, offers, farm_id=int(chosen), agent=True)


AGENT_FARM = Answering("choose_number", _farm, choose_by_number)
