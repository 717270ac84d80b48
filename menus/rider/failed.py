"""Not handed over: why, what then becomes of the goods, and goods that go back (D7 to D9)."""

from typing import Any

from core.deliveries import failing, outlook
from core.deliveries.errors import NoSuchJob
from core.errors import WrongState
from locales.mark import _
from menus.flow import act, choose, flow, fork, option
from menus.rider.stops import TITLE, Ways, about, this
from menus.talk import Talk

LOST: Ways = {NoSuchJob: "job.lost", WrongState: "job.lost"}
GOODS_BACK = _("The goods are back")


def look(talk: Talk) -> str:
    """What it would mean for this reason: another attempt or the end, and whether he must have called."""
    stop = talk.slots["stop"]
    try:
        view = outlook.of_failing(talk.tx, talk.actor, order_id=stop["order_id"], reason=talk.slots["why"])
    except NoSuchJob:
        return "lost"
    talk.slots["then"] = {"day": view.next_day.isoformat(), "earning": str(view.earned)}
    if not view.final:
        return "again"
    return "last" if view.call_first else "end"


def then(talk: Talk) -> dict[str, Any]:
    """The order, the day of the next attempt, what this way earns."""
    return {**this(talk), **talk.slots["then"]}


def fail(talk: Talk) -> str:
    """D7: he says so, and that he has called where he must have."""
    stop = talk.slots["stop"]
    failing.fail(
        talk.tx, talk.actor, order_id=stop["order_id"], reason=talk.slots["why"], called=talk.slots["called"]
    )
    talk.note(_("Noted: {order} was not handed over."), order=stop["order"])
    return "ok"


def give_back(talk: Talk) -> str:
    """D9, or I11 where there is another attempt."""
    stop = talk.slots["stop"]
    failing.give_back(talk.tx, talk.actor, order_id=stop["order_id"])
    talk.note(_("Noted: the goods of {order} are back."), order=stop["order"])
    return "ok"


FAILED = flow(
    "failed",
    choose(
        "why",
        _("{order}: why not? Call {customer} {phone} first."),
        values=this,
        options=(
            option("1", _("Nobody there"), "look", sets={"why": "absent"}),
            option("2", _("Wrong place"), "look", sets={"why": "wrong_place"}),
            option("3", _("Does not want it"), "look", sets={"why": "refused"}),
            option("4", _("Goods are spoiled"), "look", sets={"why": "damaged"}),
            option("5", _("Another reason"), "look", sets={"why": "other"}),
        ),
    ),
    fork("look", look, ways={"again": "again", "last": "last", "end": "end", "lost": "job.lost"}),
    choose(
        "again",
        _("{order}: next try {day}, you keep the goods. You earn {earning} for the way."),
        values=then,
        options=(option("1", _("Yes, I have called"), "fail", sets={"called": True}),),
    ),
    choose(
        "last",
        _("{order} then ends: bring the goods back to the farm. You earn {earning} for the way."),
        values=then,
        options=(option("1", _("Yes, I have called"), "fail", sets={"called": True}),),
    ),
    choose(
        "end",
        _("{order} then ends: bring the goods back to the farm. You earn {earning} for the way."),
        values=then,
        options=(option("1", _("Yes"), "fail", sets={"called": False}),),
    ),
    act("fail", fail, ways={"ok": "job.start", **LOST}),
    choose(
        "held",
        _("{order}: next try {day}. Keep the goods, or bring them back: {farmer} {phone}, {place}"),
        values=this,
        options=(option("1", GOODS_BACK, "give_back"),),
    ),
    choose(
        "over",
        _("{order} has ended. Bring the goods back: {farmer} {phone}, {place}"),
        values=this,
        options=(option("1", GOODS_BACK, "give_back"),),
    ),
    act("give_back", give_back, ways={"ok": "job.start", **LOST}),
    title=TITLE,
    about=about,
)
