"""A rider's home, and what a dial shows him first: an offer, else his route."""

from typing import Any

from core.deliveries import offers
from core.deliveries.errors import OfferGone, OfferUnknown
from locales.mark import _
from menus.common import others
from menus.flow import Option, act, choose, flow, fork, option
from menus.people import greeting
from menus.rider import stops
from menus.talk import Talk
from menus.words import MORE_MENU, NEWS

JOB = _("Job: {place} to {where}, {km}km, {kg}kg. You earn {earning}.")


def arrive(talk: Talk) -> str:
    """An offer or the route comes first, then what was cut off, then the menu."""
    waits = stops.look(talk)
    if waits == "offer":
        return stops.offered(talk)
    if waits == "stops":
        return "route"
    return others.waits(talk) or ("resume" if talk.was_telling else "home")


def offered(talk: Talk) -> dict[str, Any]:
    """The open offer: from where, to where, how far, how heavy, for how much, until when."""
    return dict(talk.slots["offer"])


def accept(talk: Talk) -> str:
    """D2: the delivery is his."""
    offers.answer(talk.tx, talk.actor, offer_id=talk.slots["offer"]["offer"], accept=True)
    talk.note(_("The job is yours."))
    return "ok"


def decline(talk: Talk) -> str:
    """The next rider is asked."""
    offers.answer(talk.tx, talk.actor, offer_id=talk.slots["offer"]["offer"], accept=False)
    talk.note(_("Declined."))
    return "ok"


ANSWERS: tuple[Option, ...] = (option("1", _("Accept"), "accept"), option("2", _("Decline"), "decline"))

RIDER = flow(
    "rider",
    fork(
        "arrive",
        arrive,
        ways={
            "offer": "offer",
            "cash_offer": "cash_offer",
            "route": "job.list",
            **others.WAYS,
            "resume": "home.resume",
            "home": "home",
        },
    ),
    choose("offer", JOB, aside=_("Answer by {time}."), values=offered, options=ANSWERS),
    choose(
        "cash_offer",
        JOB,
        aside=_("Paid in cash at the door. Answer by {time}."),
        values=offered,
        options=ANSWERS,
    ),
    act("accept", accept, ways={"ok": "job.start", OfferGone: "gone", OfferUnknown: "gone"}),
    act("decline", decline, ways={"ok": "home", OfferGone: "gone", OfferUnknown: "gone"}),
    choose(
        "gone",
        _("That job has gone to another rider. Stay on duty for the next."),
        options=(option("1", _("My route"), "job.start"),),
    ),
    choose(
        "home",
        _("Tunda. What would you like to do?"),
        values=greeting,
        options=(
            option("1", _("My route"), "job.start"),
            option("2", _("On or off duty"), "duty.start"),
            option("3", _("Earnings"), "earnings.start"),
            option("4", _("Cash I hold"), "cash.start"),
            option("5", _("Today"), "today.start"),
            option("6", _("My vehicle"), "vehicle.look"),
            option("8", NEWS, "news.look"),
            option("9", MORE_MENU, "more.menu"),
        ),
        top=True,
    ),
)
