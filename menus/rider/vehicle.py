"""A rider's vehicle: what it is, its plate, and whether an admin has approved it (DR-1209)."""

from collections.abc import Sequence

from core.deliveries import duty, vehicles
from core.deliveries.errors import HasVehicle
from locales.mark import _
from menus import parse
from menus.flow import Item, act, ask, choose, flow, fork, pick, say
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
    if talk.caller.user_id is None:
        return "none"
    vehicle = duty.state(talk.tx, talk.caller.user_id).vehicle
    if vehicle is None:
        return "none"
    talk.slots["plate"] = vehicle.plate
    return "approved" if vehicle.vehicle_status == "approved" else "waiting"


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
    """DR-1209: an admin approves it before its first job."""
    vehicle = vehicles.register(
        talk.tx, talk.actor, vehicle_type=talk.slots["kind"], plate=talk.slots["plate"]
    )
    talk.slots["plate"] = vehicle.plate
    return "ok"


VEHICLE = flow(
    "vehicle",
    fork("welcome", welcome, ways={"ok": "kind"}),
    fork("look", state, ways={"none": "kind", "waiting": "waiting", "approved": "approved"}),
    choose("approved", _("Your vehicle {plate} is approved.")),
    choose("waiting", _("Your vehicle {plate} waits for approval. We text you.")),
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
