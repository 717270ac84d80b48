"""A rider's route, and at a farm: collected, not all there, given back (D3, D4, DR-1207, I8)."""

from collections.abc import Sequence
from typing import Any

from core.deliveries import assignment
from core.deliveries import service as deliveries
from core.deliveries.errors import NoSuchJob
from core.deliveries.machine import IN_HAND
from core.errors import WrongState
from locales.mark import _
from menus.flow import Item, act, choose, flow, fork, option, pick
from menus.rider import stops
from menus.rider.stops import Ways, landmark_known, this
from menus.talk import Talk

LANDMARK = _("{landmark}")
GOODS_LINE = _("{amount_of} {product}")
LINES = {
    "pickup": _("Collect {order}: {place}, {kg}kg"),
    "unready": _("Not packed yet {order}: {place}"),
    "drop": _("Bring {order}: {place}"),
    "cash": _("Bring {order}: {place}, cash"),
    "hand_out": _("Hand over {order}: {place}"),
    "back": _("With you {order}: back to {place}"),
}


def start(talk: Talk) -> str:
    """The route as it is now; a rider who has none is told how he stands instead."""
    waits = stops.look(talk)
    if waits != "none" and talk.slots["stops"]:
        return "stops"
    if waits == "offer":
        return stops.offered(talk)
    if talk.caller.role != "rider":
        return "none"
    talk.note(_("No job waits for you now."))
    return "idle"


def line(talk: Talk, stop: dict[str, Any]) -> str:
    """One line of the route, with nobody's name and no money: it is the first screen of a dial."""
    kind = str(stop["kind"])
    if kind == "pickup" and not stop["ready"]:
        kind = "unready"
    elif kind == "drop" and float(stop["collect"]):
        kind = "cash"
    return talk.words(LINES[kind], **stop)


def lines(talk: Talk) -> Sequence[Item]:
    """The stops in the order in which to do them."""
    return [Item(line(talk, stop), stop) for stop in talk.slots["stops"]]


def open_stop(talk: Talk) -> str:
    """Which screen the picked stop has."""
    stop = talk.slots["stop"]
    if stop["kind"] == "back":
        return "over" if stop["over"] else "held"
    if stop["kind"] == "pickup":
        return "pickup"
    if stop["kind"] == "drop" and stop["status"] == "picked_up":
        return "leave"
    return "cash" if float(stop["collect"]) else "door"


def goods_lines(talk: Talk) -> Sequence[Item]:
    """What there is to collect or to hand over."""
    return [Item(talk.words(GOODS_LINE, **goods)) for goods in talk.slots["stop"]["goods"]]


def all_there(talk: Talk) -> str:
    """He has all of it: what he counted before, and gave up, does not count."""
    talk.forget("counted")
    return "ok"


def picked_up(talk: Talk) -> str:
    """D4: what is at this farm is with the rider, all of it or as he has counted (I8)."""
    stop = talk.slots["stop"]
    counted = talk.slots.pop("counted", {})
    delivery = deliveries.pick_up(
        talk.tx,
        talk.actor,
        order_id=stop["order_id"],
        farm_id=stop["farm"],
        counted={int(item): quantity for item, quantity in counted.items()},
    )
    if delivery.rider_id != talk.caller.user_id or delivery.delivery_status not in IN_HAND:
        return "lost"
    if counted:
        talk.note(_("Noted. We ask {farmer} about the count."), farmer=stop["person"])
    else:
        talk.note(_("Noted: {order} is with you."), order=stop["order"])
    return "ok"


def drop_out(talk: Talk) -> str:
    """D3: he gives it back before he has collected anything; others are asked."""
    stop = talk.slots["stop"]
    assignment.drop_out(talk.tx, talk.actor, order_id=stop["order_id"], reason=talk.slots.pop("why"))
    talk.note(_("{order} goes to another rider."), order=stop["order"])
    return "ok"


# Where each kind of stop is opened, from this flow and from others.
OPENS = {
    "pickup": "job.pickup",
    "door": "door.prepaid",
    "cash": "door.cash",
    "leave": "door.leave",
    "held": "failed.held",
    "over": "failed.over",
}
LOST: Ways = {NoSuchJob: "lost", WrongState: "lost"}

JOB = flow(
    "job",
    fork(
        "start",
        start,
        ways={
            "stops": "list",
            "offer": "rider.offer",
            "cash_offer": "rider.cash_offer",
            "idle": "duty.start",
            "none": "none",
        },
    ),
    choose("none", _("Nothing waits for you to carry or to hand over now.")),
    pick("list", _("Your route:"), items=lines, save="stop", then="open", again="start"),
    fork(
        "open",
        open_stop,
        ways=OPENS,
    ),
    choose(
        "lost",
        _("That job is no longer yours: it was cancelled, or another rider has it."),
        options=(option("1", _("My route"), "start"),),
    ),
    choose(
        "pickup",
        _("Collect {order}: {farmer} {phone}, {place}"),
        aside=LANDMARK,
        aside_when=landmark_known,
        values=this,
        options=(
            option("1", _("I have it all"), "all_there"),
            option("2", _("Some is missing"), "count.start"),
            option("3", _("Goods, {kg}kg"), "goods"),
            option("4", _("I cannot"), "drop_out"),
        ),
    ),
    pick("goods", _("{order}, {kg}kg:"), values=this, items=goods_lines),
    fork("all_there", all_there, ways={"ok": "picked_up"}),
    act("picked_up", picked_up, ways={"ok": "start", "lost": "lost", **LOST}),
    choose(
        "drop_out",
        _("Give {order} back? Another rider gets it and the {earning}. Why?"),
        values=this,
        options=(
            option("1", _("My vehicle is broken"), "dropped", sets={"why": "vehicle"}),
            option("2", _("It is too far"), "dropped", sets={"why": "too far"}),
            option("3", _("I have no time"), "dropped", sets={"why": "no time"}),
            option("4", _("Another reason"), "dropped", sets={"why": "other"}),
        ),
    ),
    act("dropped", drop_out, ways={"ok": "start", **LOST}),
)
