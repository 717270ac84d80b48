"""On which day an order comes, and in which part of it: behind the yes, the first day on key 1 (DR-705)."""

from collections.abc import Sequence
from typing import Any

from locales.mark import _
from menus.flow import Item, Screen, fork, pick
from menus.talk import Talk

SLOTS_OF_DAY = {
    "morning": _("Morning, {hours}"),
    "midday": _("Midday, {hours}"),
    "afternoon": _("Afternoon, {hours}"),
    "any": _("Any time of the day"),
}
ON_DAY = _("{day}")


def when(talk: Talk) -> dict[str, Any]:
    """The day, and the hours of the chosen part of it."""
    chosen = talk.slots.get("slot", "any")
    hours = "" if chosen == "any" else _parts_of_day(talk).get(chosen, "")
    return {"when": {"day": talk.slots["day"], "hours": hours}}


def _parts_of_day(talk: Talk) -> dict[str, str]:
    setting: str = talk.parts.settings.value("order.slots")
    return {name: (rest[0] if rest else "") for name, *rest in (part.split() for part in setting.split(","))}


def parts_of_day(talk: Talk) -> Sequence[Item]:
    """The parts of the day in which it may come (order.slots)."""
    return [
        Item(talk.words(SLOTS_OF_DAY.get(name, "{hours}"), hours=hours or name), name)
        for name, hours in _parts_of_day(talk).items()
    ]


def days(talk: Talk) -> Sequence[Item]:
    """The days on which it may come, the first one first (DR-705)."""
    return [Item(talk.words(ON_DAY, day=day), day) for day in talk.slots["days"]]


def which_when(talk: Talk) -> str:
    """Where there is but one day, only the part of it is asked for."""
    return "days" if len(talk.slots["days"]) > 1 else "part_of_day"


def timed(talk: Talk) -> str:
    """Another day than was priced is looked at anew: another price may be in force, or nothing left."""
    return "check" if talk.slots.get("picked_day", talk.slots["day"]) == talk.slots["day"] else "price"


def that_day(talk: Talk) -> dict[str, str]:
    """The day whose part is asked for."""
    return {"day": talk.slots.get("picked_day", talk.slots["day"])}


WHEN_STEPS: tuple[Screen, ...] = (
    fork("which_when", which_when, ways={"days": "days", "part_of_day": "part_of_day"}),
    pick("days", _("On which day?"), items=days, save="picked_day", then="part_of_day"),
    pick("part_of_day", _("When on {day}?"), values=that_day, items=parts_of_day, save="slot", then="timed"),
    fork("timed", timed, ways={"check": "which_check", "price": "price"}),
)
