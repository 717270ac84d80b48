"""The farms that a field agent helps, and which of them a text means: its number in her list, or a name."""

from collections.abc import Mapping, Sequence

from core.farms import agents
from core.orders import for_others
from core.orders.for_others import FarmAtHand
from core.words import plain
from sms.context import Context, Reply

MOST_CHOICES = 5


def meant(ctx: Context) -> list[FarmAtHand]:
    """The farm of that number, or those whose own or whose farmer's name it is; none where none is named."""
    farms, named = for_others.farms_of(ctx.tx, ctx.actor), str(ctx.reading.slots.get("farm") or "")
    if named.isdigit():
        at = int(named)
        return farms[at - 1 : at] if at else []
    words = plain(named)
    return [farm for farm in farms if words and words in (plain(farm.farm), plain(farm.farmer))]


def helped(farms: Sequence[FarmAtHand]) -> list[FarmAtHand]:
    """Those of farmers who have said YES and have a farm."""
    return [farm for farm in farms if farm.consent == agents.AGREED and farm.farm_id is not None]


def closed(ctx: Context, farm: FarmAtHand) -> Reply | None:
    """Why nothing can be done for it yet; None if it can."""
    if farm.consent != agents.AGREED:
        return ctx.reply("agent_no_yes", farmer=farm.farmer)
    if farm.farm_id is None:
        return ctx.reply("agent_no_farm", farmer=farm.farmer, dial=ctx.dial)
    return None


def which(ctx: Context, kind: str, farms: Sequence[FarmAtHand], about: Mapping[str, object]) -> Reply:
    """The few that it could be, numbered; `kind` is the question that waits for the number."""
    few = helped(farms)[:MOST_CHOICES]
    if not few:
        return ctx.reply("agent_no_farms", dial=ctx.dial)
    ctx.ask(kind, about=about, choices=[{"value": farm.farm_id} for farm in few])
    return ctx.reply("agent_which_farm", options=[{"label": f"{farm.farm}, {farm.ward}"} for farm in few])
