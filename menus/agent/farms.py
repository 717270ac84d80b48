"""A field agent's farms: what waits in each, and asking a farmer who has not said YES yet (DR-221)."""

from collections.abc import Sequence
from typing import Any

from core.errors import NotFound
from core.farms import agency, agents
from core.farms.errors import AgentRefused
from core.msisdn import e164
from core.orders import for_others
from locales.mark import _, plural
from menus.flow import Item, act, ask, choose, flow, fork, option, pick
from menus.people import greeting
from menus.talk import Talk

LINES = {
    "waits": plural("{farm}, {place}: {count} waits", "{farm}, {place}: {count} wait"),
    "quiet": _("{farm}, {place}"),
    "asked": _("{farmer}: no answer yet"),
    "refused": _("{farmer}: has said NO"),
    "farmless": _("{farmer}: no farm yet"),
}
REFUSED = ("refused", "withdrawn")


def look(talk: Talk) -> str:
    """The agent's farms as they stand now, numbered in the order in which their farmers were asked."""
    found = for_others.farms_of(talk.tx, talk.actor)
    talk.slots["farms"] = [
        {
            "id": one.farm_id,
            "farm": one.farm,
            "farmer": one.farmer,
            "place": one.ward,
            "ward": one.ward_code,
            "consent": one.consent,
            "count": one.waiting,
            "left": one.unaccepted,
            "found": bool(one.landmark),
        }
        for one in found
    ]
    if found:
        return "list"
    return "none" if agency.of(talk.tx, talk.actor).agent else "nobody"


def kind(farm: dict[str, Any]) -> str:
    """What stands behind a line of the list."""
    if farm["consent"] in REFUSED:
        return "refused"
    if farm["consent"] != agents.AGREED:
        return "asked"
    if farm["id"] is None:
        return "farmless"
    return "waits" if farm["count"] else "quiet"


def lines(talk: Talk) -> Sequence[Item]:
    """One line a farm."""
    return [Item(talk.words(LINES[kind(farm)], **farm), farm) for farm in talk.slots["farms"]]


def in_all(talk: Talk, what: str) -> int:
    """How many wait at all farms (`count`), or wait for a first word (`left`)."""
    return sum(farm[what] for farm in talk.slots["farms"])


def several_wait(talk: Talk) -> bool:
    """Whether something waits at more than one farm, to be answered in one go."""
    return sum(1 for farm in talk.slots["farms"] if farm["count"]) > 1


def helps(talk: Talk) -> bool:
    """Whether a farmer has named this person as helper too (DR-815); the menu before has looked."""
    return bool(talk.slots.get("helps"))


def all_of_them(talk: Talk) -> str:
    """From here on it is about every farm."""
    talk.slots["at"] = {"id": 0, "count": in_all(talk, "count"), "left": in_all(talk, "left")}
    return "all"


def open_farm(talk: Talk) -> str:
    """What is behind the picked line."""
    talk.slots["at"] = talk.slots["farm_"]
    found = kind(talk.slots["at"])
    return "farm" if found in ("waits", "quiet") else found


def here(talk: Talk) -> dict[str, Any]:
    """The farm it is about."""
    return {**greeting(talk), **talk.slots["at"]}


def waits(talk: Talk) -> bool:
    """Whether something waits at this farm."""
    return bool(talk.slots["at"]["count"])


def msisdn(talk: Talk, answer: str) -> str:
    """A mobile number in any spelling."""
    return e164(answer)


def ask_farmer(talk: Talk) -> str:
    """She gets an SMS and answers YES or NO."""
    consent = agents.ask_farmer(talk.tx, talk.actor, msisdn=talk.slots["farmer_phone"])
    return "agreed" if consent.consent_status == agents.AGREED else "asked"


AGENT = flow(
    "agent",
    choose(
        "waits",
        plural(
            "{count} order at your farms has no answer yet.",
            "{count} orders at your farms have no answer yet.",
        ),
        options=(option("1", _("Look at it"), "start"), option("4", _("Main menu"), "home.again")),
        top=True,
    ),
    fork("start", look, ways={"list": "list", "none": "none", "nobody": "nobody"}),
    choose("nobody", _("You are no field agent now. If that is wrong, call us.")),
    choose(
        "none",
        _("You work for no farmer yet. Ask one: the answer to our SMS must be YES."),
        options=(option("1", _("Ask a farmer"), "number"),),
    ),
    pick(
        "list",
        _("Your farms:"),
        items=lines,
        save="farm_",
        then="open",
        options=(
            option("95", _("Where I help"), "helping.start", when=helps),
            option("96", _("All farms at once"), "at_once", when=several_wait),
            option("97", _("Ask a farmer"), "number"),
        ),
        again="start",
    ),
    fork(
        "open",
        open_farm,
        ways={"farm": "farm", "asked": "waiting", "refused": "refused", "farmless": "farmless"},
    ),
    choose(
        "farm",
        _("{farm}, {place}. Farmer: {farmer}. Waiting: {count}"),
        values=here,
        options=(
            option("1", _("Orders ({count})"), "agent_orders.start", when=waits),
            option("2", _("Sell from here"), "agent_sell.start"),
            option("3", _("What it sells"), "agent_stock.start"),
        ),
    ),
    fork("at_once", all_of_them, ways={"all": "agent_orders.all"}),
    choose(
        "waiting",
        _("{farmer} has not answered yet. The YES comes by SMS, to our message."),
        values=here,
        options=(option("1", _("Ask again"), "number"),),
    ),
    choose("refused", _("{farmer} has said NO, and alone can change that by calling us."), values=here),
    choose(
        "farmless",
        _("{farmer} has no farm yet: dial {dial} on the farmer's phone and say where it is."),
        values=here,
    ),
    ask(
        "number",
        _("The farmer's phone number, for example 0712345678:"),
        parse=msisdn,
        save="farmer_phone",
        then="ask_farmer",
    ),
    act(
        "ask_farmer",
        ask_farmer,
        ways={"asked": "asked", "agreed": "agreed", NotFound: "unknown", AgentRefused: "refused_now"},
    ),
    choose(
        "asked",
        _("We have asked by SMS. After the YES the farm can be opened in your list."),
        options=(option("1", _("My farms"), "start"),),
    ),
    choose(
        "agreed",
        _("That farmer has said YES already: the farm is in your list."),
        options=(option("1", _("My farms"), "start"),),
    ),
    choose(
        "unknown",
        _("No farmer has that number here. Register first by dialling {dial} on it."),
        values=greeting,
        options=(option("1", _("Another number"), "number"),),
    ),
    choose(
        "refused_now",
        _("That farmer has said NO, and alone can change that by calling us."),
        options=(option("1", _("My farms"), "start"),),
    ),
    title=_("the farms you work for"),
    in_a_line=True,
)
