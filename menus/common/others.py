"""What waits at other people's farms, for whoever works there: helpers, field agents (DR-815, DR-221)."""

from menus.agent import farms
from menus.farmer import helping
from menus.talk import Talk

HELPED, FARMS, NOTHING = "helped", "farms", ""
# Where a dial begins then.
WAYS = {HELPED: "helping.waits", FARMS: "agent.waits"}


def waits(talk: Talk) -> str:
    """Whether orders there have no answer yet, and where; only whoever works for others is looked up."""
    if talk.caller.helps and helping.unanswered(talk):
        return HELPED
    return FARMS if talk.caller.agent and farms.unanswered(talk) else NOTHING
