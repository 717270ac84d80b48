"""On and off duty, and why no job comes (DR-1201, DR-1203, DR-903)."""

from collections.abc import Callable
from typing import Any

from core.deliveries import duty, standing
from locales.mark import _, plural
from menus.flow import act, choose, flow, fork, option
from menus.rider.vehicle import called
from menus.talk import Talk


def look(talk: Talk) -> str:
    """How he stands: the first thing that keeps jobs away from him, else on or off."""
    view = standing.own(talk.tx, talk.actor)
    plate = called(talk, view.vehicle_type, view.plate)
    talk.slots.update(plate=plate, count=view.open_jobs, sum=str(view.held))
    if not view.vehicle_status:
        return "none"
    if view.vehicle_status != "approved":
        return "waiting"
    if not view.on_duty:
        return "put_off" if view.put_off else "off"
    if not view.any_jobs:
        return "blocked"
    if view.full:
        return "full"
    return "on" if view.cash_jobs else "no_cash"


def set_duty(*, on: bool) -> Callable[[Talk], str]:
    """An act that begins or ends his duty."""

    def do(talk: Talk) -> str:
        duty.set_duty(talk.tx, talk.actor, on=on)
        return "ok"

    return do


GO_OFF = option("1", _("Go off duty"), "go_off")
GO_ON = option("1", _("Go on duty"), "go_on")
BRING_IN = option("2", _("Bring the cash in"), "cash.start")
STATES: dict[str, Any] = {state: state for state in ("on", "full", "no_cash", "blocked", "off", "put_off")}

DUTY = flow(
    "duty",
    fork("start", look, ways={**STATES, "waiting": "vehicle.waiting", "none": "vehicle.kind"}),
    choose("on", _("You are on duty. We text you when a job comes."), options=(GO_OFF,)),
    choose(
        "full",
        plural(
            "You are on duty and have {count} job, the most at a time. Finish it for the next.",
            "You are on duty and have {count} jobs, the most at a time. Finish one for the next.",
        ),
        options=(GO_OFF,),
    ),
    choose(
        "no_cash",
        _("You are on duty. You hold {sum} cash: no cash jobs till you bring it in."),
        options=(GO_OFF, BRING_IN),
    ),
    choose(
        "blocked",
        _("You are on duty, but hold {sum} cash: no jobs at all till you bring it in."),
        options=(GO_OFF, BRING_IN),
    ),
    choose("off", _("You are off duty: no jobs come."), options=(GO_ON,)),
    choose(
        "put_off",
        _("You are off duty: several jobs in a row had no answer from you. No jobs come."),
        options=(GO_ON,),
    ),
    act("go_on", set_duty(on=True), ways={"ok": "start"}),
    act("go_off", set_duty(on=False), ways={"ok": "start"}),
)
