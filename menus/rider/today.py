"""A rider's day in figures: jobs, earned, owed, cash (DR-220)."""

from collections.abc import Callable
from typing import Any

from core.deliveries import earnings
from locales.mark import _
from menus.flow import choose, flow, fork, option
from menus.talk import Talk

WEEK = 7


def tally(days: int) -> Callable[[Talk], str]:
    """A look at his own figures of the last so many days."""

    def look(talk: Talk) -> str:
        view = earnings.own(talk.tx, talk.actor, days=days)
        talk.slots["tally"] = {
            "count": view.delivered,
            "number": view.failed,
            "earning": str(view.earned),
            "sum": str(view.owed),
            "due": str(view.cash_held),
        }
        return "shown"

    return look


def figures(talk: Talk) -> dict[str, Any]:
    """What was looked up."""
    return dict(talk.slots["tally"])


TODAY = flow(
    "today",
    fork("start", tally(1), ways={"shown": "day"}),
    choose(
        "day",
        _("Today: {count} delivered, {number} not. Earned {earning}. We owe you {sum}, you hold {due} cash."),
        values=figures,
        options=(option("1", _("Last 7 days"), "week_look"), option("2", _("Cash I hold"), "cash.start")),
    ),
    fork("week_look", tally(WEEK), ways={"shown": "week"}),
    choose("week", _("7 days: {count} delivered, {number} not. Earned {earning}."), values=figures),
)
