"""A rider's screens: vehicle, duty, the open offer, the job in hand up to the customer's code."""

from typing import Any

from core.deliveries import duty, offers
from core.deliveries import service as deliveries
from core.deliveries.errors import OfferGone
from locales.mark import _
from menus import parse
from menus.flow import When, act, ask, choose, flow, fork, option, say
from menus.people import greeting
from menus.rider.view import waiting_for_rider
from menus.talk import Talk
from menus.words import NEWS

LANDMARK = _("{landmark}")


def landmark_known(stop: str) -> When:
    """Whether anybody has said how to find the door of `stop` (pickup or drop)."""
    return lambda talk: bool(talk.slots["job"][stop]["landmark"])


def look(talk: Talk) -> str:
    """What waits for this rider: "offer", "pickup", "drop" or "none"."""
    if talk.caller.user_id is None:
        return "none"
    job = waiting_for_rider(talk.tx, talk.caller.user_id)
    if job is None:
        return "none"
    talk.slots["job"] = job
    if job["offer"] is not None:
        return "offer"
    return "pickup" if job["status"] == "assigned" else "drop"


def arrive(talk: Talk) -> str:
    """An offer or the job comes first, then what was cut off, then the menu."""
    waiting = look(talk)
    if waiting != "none":
        return waiting
    return "resume" if talk.cut_off else "home"


def offered(talk: Talk) -> dict[str, Any]:
    """The open offer: from where, to where, how far, how heavy, for how much."""
    job = talk.slots["job"]
    return {**job, "place": job["pickup"]["place"], "where": job["drop"]["place"]}


def pickup(talk: Talk) -> dict[str, Any]:
    """Where to collect."""
    job = talk.slots["job"]
    return {**job, **job["pickup"], "farmer": job["pickup"]["person"]}


def drop(talk: Talk) -> dict[str, Any]:
    """Where to bring it."""
    job = talk.slots["job"]
    return {**job, **job["drop"], "customer": job["drop"]["person"]}


def accept(talk: Talk) -> str:
    """D2: the delivery is his; OfferGone if it went to another."""
    offers.answer(talk.tx, talk.actor, offer_id=talk.slots["job"]["offer"], accept=True)
    talk.tx.flush()
    talk.note(_("The job is yours."))
    return "ok"


def decline(talk: Talk) -> str:
    """The next rider is asked."""
    offers.answer(talk.tx, talk.actor, offer_id=talk.slots["job"]["offer"], accept=False)
    talk.note(_("Declined."))
    return "ok"


def picked_up(talk: Talk) -> str:
    """D4: the goods are with the rider."""
    deliveries.pick_up(talk.tx, talk.actor, order_id=talk.slots["job"]["order_id"])
    return "ok"


def hand_over(talk: Talk) -> str:
    """D6, with the customer's code; a wrong one is counted in a transaction of its own (DR-214)."""
    order = talk.slots["job"]["order"]
    deliveries.deliver(talk.db, talk.actor, order_ref=order, code=talk.secret, once_key=talk.once)
    return "ok"


def duty_state(talk: Talk) -> str:
    """Whether he may work and does: "on", "off", "waiting" (not approved yet) or "none" (no vehicle)."""
    if talk.caller.user_id is None:
        return "none"
    state = duty.state(talk.tx, talk.caller.user_id)
    if state.vehicle is None:
        return "none"
    talk.slots["plate"] = state.vehicle.plate
    if state.vehicle.vehicle_status != "approved":
        return "waiting"
    return "on" if state.on_duty else "off"


def set_duty(*, on: bool) -> Any:
    """An act that begins or ends his duty."""

    def do(talk: Talk) -> str:
        duty.set_duty(talk.tx, talk.actor, on=on)
        talk.note(_("You are on duty.") if on else _("You are off duty."))
        return "ok"

    return do


RIDER = flow(
    "rider",
    fork(
        "arrive",
        arrive,
        ways={"offer": "offer", "pickup": "pickup", "drop": "drop", "resume": "home.resume", "home": "home"},
    ),
    fork("job", look, ways={"offer": "offer", "pickup": "pickup", "drop": "drop", "none": "no_job"}),
    choose(
        "home",
        _("Tunda. Welcome {name}."),
        values=greeting,
        options=(
            option("1", _("My job"), "job"),
            option("2", _("On or off duty"), "duty"),
            option("3", _("My vehicle"), "vehicle.look"),
            option("4", _("Language"), "home.language"),
            option("5", _("Help"), "help"),
            option("6", NEWS, "news.look"),
        ),
        top=True,
    ),
    choose("no_job", _("No job waits for you now. We text you.")),
    choose(
        "offer",
        _("Job: {place} to {where}, {km}km, {kg}kg. You earn {earning}."),
        values=offered,
        options=(option("1", _("Accept"), "accept"), option("2", _("Decline"), "decline")),
    ),
    act("accept", accept, ways={"ok": "job", OfferGone: "gone"}),
    act("decline", decline, ways={"ok": "home", OfferGone: "gone"}),
    choose("gone", _("That job has gone to another rider.")),
    choose(
        "pickup",
        _("Collect {order}, {kg}kg: {farmer}, {phone}, {place}"),
        aside=LANDMARK,
        aside_when=landmark_known("pickup"),
        values=pickup,
        options=(option("1", _("I have it"), "picked_up"),),
    ),
    act("picked_up", picked_up, ways={"ok": "job"}),
    choose(
        "drop",
        _("Bring {order}: {customer}, {phone}, {place}"),
        aside=LANDMARK,
        aside_when=landmark_known("drop"),
        values=drop,
        options=(option("1", _("Delivered"), "code"),),
    ),
    ask(
        "code",
        _("Ask the customer for the 4-digit code of {order} and write it:"),
        values=drop,
        parse=parse.code,
        then="hand_over",
        secret=True,
    ),
    act("hand_over", hand_over, ways={"ok": "done"}, alone=True),
    say("done", _("{order} is delivered, thank you. You earn {earning}."), values=drop),
    fork(
        "duty",
        duty_state,
        ways={"on": "on", "off": "off", "waiting": "vehicle.waiting", "none": "vehicle.kind"},
    ),
    choose(
        "on",
        _("You are on duty."),
        options=(option("1", _("Go off duty"), "go_off"),),
    ),
    choose(
        "off",
        _("You are off duty."),
        options=(option("1", _("Go on duty"), "go_on"),),
    ),
    act("go_on", set_duty(on=True), ways={"ok": "home"}),
    act("go_off", set_duty(on=False), ways={"ok": "home"}),
    say(
        "help",
        _(
            "Go on duty by dialling {dial}. We text you jobs: answer YES, then PICKED, then the customer's "
            "code. For help, text HELP to {sms}."
        ),
        values=greeting,
    ),
)
