"""Texts do not reach this number: what was missed is shown at the dial, a code after the PIN (DR-1504)."""

from typing import Any

from core.deliveries import code_roads
from locales.mark import _, plural
from menus.flow import choose, flow, fork, option
from menus.home import ARRIVALS
from menus.people import greeting
from menus.talk import Talk


def how_many(talk: Talk) -> dict[str, Any]:
    """How many notices were not texted, and are unread."""
    return {"count": talk.caller.missed}


def go_on(talk: Talk) -> str:
    """To where she would have arrived."""
    return talk.caller.role


def buys(talk: Talk) -> bool:
    """Only who buys has delivery codes."""
    return talk.caller.role == "customer"


def newest_code(talk: Talk) -> str:
    """Her order whose code she needs next."""
    found = code_roads.newest(talk.tx, talk.actor)
    if found is None:
        return "none"
    talk.slots["purchase"], talk.slots["order"] = found
    return "code"


MISSED = flow(
    "missed",
    choose(
        "start",
        plural(
            "Our SMS cannot reach this phone. There is {count} that you have not seen.",
            "Our SMS cannot reach this phone. There are {count} that you have not seen.",
        ),
        values=how_many,
        options=(
            option("1", _("Read now"), "news.look"),
            option("2", _("My delivery code"), "newest", when=buys),
            option("3", _("How to get SMS again"), "how"),
            option("4", _("Main menu"), "on"),
        ),
    ),
    fork("on", go_on, ways=ARRIVALS),
    fork("newest", newest_code, ways={"code": "code.start", "none": "no_code"}),
    choose("no_code", _("No order of yours is on its way with a code now.")),
    choose(
        "how",
        _("Text START to {sms} from this phone. From then on our SMS reach you again."),
        values=greeting,
    ),
)
