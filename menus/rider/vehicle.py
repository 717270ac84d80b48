"""A rider's vehicle: what it is, its plate, whether an admin has approved it, another one (DR-1209)."""

from collections.abc import Sequence

from core.deliveries import standing, vehicles
from core.deliveries.errors import HasVehicle
from locales.mark import _
from menus import parse
from menus.flow import Item, act, ask, choose, flow, fork, option, pick, say
from menus.people import greeting
from menus.talk import Talk

KINDS = {
    "motorcycle": _("Motorbike"),
    "bicycle": _("Bicycle"),
    "tuktuk": _("Tuktuk"),
    "pickup": _("Pickup"),
    "van": _("Van"),
    "truck": _("Lorry"),
}


def welcome(talk: Talk) -> str:
    """Straight from registration to the vehicle."""
    talk.note(_("You are registered, {name}."), name=talk.caller.name)
    return "ok"


def state(talk: Talk) -> str:
    """How far the rider's vehicle is: "none", "waiting" or "approved"; its plate is kept."""
    view = standing.own(talk.tx, talk.actor)
    if view.vehicle_id is None:
        return "none"
    talk.slots.update(vehicle=view.vehicle_id, kg=str(view.capacity_kg))
    talk.slots["plate"] = called(talk, view.vehicle_type, view.plate)
    return "approved" if view.vehicle_status == "approved" else "waiting"


def called(talk: Talk, kind: str, plate: str) -> str:
    """A vehicle by its plate; a bicycle has none of its own."""
    return talk.words(KINDS["bicycle"]) if kind == "bicycle" else plate


def kinds(talk: Talk) -> Sequence[Item]:
    """The kinds of vehicle, the commonest first."""
    return [Item(talk.words(name), kind) for kind, name in KINDS.items()]


def plate_needed(talk: Talk) -> str:
    """A bicycle has no plate."""
    if talk.slots["kind"] != "bicycle":
        return "ask"
    talk.slots["plate"] = ""
    return "none"


def add(talk: Talk) -> str:
    """An admin approves it before its first job."""
    vehicle = vehicles.register(
        talk.tx, talk.actor, vehicle_type=talk.slots["kind"], plate=talk.slots["plate"]
    )
    talk.slots["plate"] = called(talk, vehicle.vehicle_type, vehicle.plate)
    return "ok"


def put_away(talk: Talk) -> str:
    """It is his no more, and he is off duty; refused with open deliveries."""
    vehicle = vehicles.deactivate(talk.tx, talk.actor, vehicle_id=talk.slots["vehicle"])
    plate = called(talk, vehicle.vehicle_type, vehicle.plate)
    talk.note(_("{plate} is put away."), plate=plate)
    return "ok"


ANOTHER = option("1", _("Use another vehicle"), "sure")

VEHICLE = flow(
    "vehicle",
    fork("welcome", welcome, ways={"ok": "kind"}),
    fork("look", state, ways={"none": "kind", "waiting": "waiting_known", "approved": "approved"}),
    choose("approved", _("Your vehicle {plate} is approved for up to {kg}kg."), options=(ANOTHER,)),
    choose(
        "waiting_known",
        _("Your vehicle {plate} waits for approval. We text you."),
        options=(ANOTHER,),
    ),
    choose(
        "waiting",
        _("Your vehicle {plate} waits for approval, then you can go on duty. We text you."),
        options=(option("1", _("My vehicle"), "look"),),
    ),
    choose(
        "sure",
        _("Put {plate} away? You go off duty, and the next vehicle must be approved first."),
        options=(option("1", _("Yes, put it away"), "put_away"),),
    ),
    act("put_away", put_away, ways={"ok": "kind"}),
    pick("kind", _("What do you ride or drive?"), items=kinds, save="kind", then="plate_needed"),
    fork("plate_needed", plate_needed, ways={"ask": "plate", "none": "add"}),
    ask(
        "plate",
        _("Its number plate, for example KMFB 123C:"),
        parse=parse.plate,
        save="plate",
        then="add",
    ),
    act("add", add, ways={"ok": "registered", HasVehicle: "look"}),
    say(
        "registered",
        _("Thank you. We check {plate} and text you when it is approved. Then dial {dial} to go on duty."),
        values=greeting,
    ),
    title=_("your vehicle"),
)
