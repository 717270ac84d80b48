"""What waits at other people's farms, for whoever works there: helpers, field agents (DR-815, DR-221)."""

from core.orders import board, for_others
from menus.talk import Talk

HELPED, FARMS, NOTHING = "helped", "farms", ""
# Where a dial begins then.
WAYS = {HELPED: "helping.waits", FARMS: "agent.waits"}


def waits(talk: Talk) -> str:
    """Whether orders there have no answer yet (`count`), and where; only who works there is looked up."""
    if talk.caller.helps and _counted(talk, _where_she_helps(talk)):
        return HELPED
    return FARMS if talk.caller.agent and _counted(talk, _at_the_agents(talk)) else NOTHING


def _counted(talk: Talk, orders: int) -> int:
    talk.slots["count"] = orders
    return orders


def _where_she_helps(talk: Talk) -> int:
    found = board.helped_items(talk.tx, talk.actor)
    return sum(item.item_status == "pending" and not item.accepted for item in found)


def _at_the_agents(talk: Talk) -> int:
    return sum(farm.unaccepted for farm in for_others.farms_of(talk.tx, talk.actor))
