"""The weather where I am: the gravest warning first, and a calm word when there is none (DR-1601)."""

from collections.abc import Sequence
from textwrap import wrap

from core.clock import nairobi_date
from core.locations import hers as own_places
from core.weather import here
from locales.gsm import fold
from locales.mark import _
from menus.flow import LONGEST_LINE, Item, choose, flow, fork, option, pick
from menus.talk import Talk

FARMER = "farmer"


def look(talk: Talk) -> str:
    """What is in force or to come at her places and farms."""
    talk.session.slots = {}
    found = here.warnings(talk.tx, talk.actor)
    if not found:
        return calm(talk)
    talk.slots["warnings"] = [
        {
            "warning": dict(one.texts),
            "from": nairobi_date(one.valid_from).isoformat(),
            "until": nairobi_date(one.valid_to).isoformat(),
            "begun": one.valid_from <= talk.tx.now,
        }
        for one in found
    ]
    return show(talk)


def calm(talk: Talk) -> str:
    """No warning: for which ward that is said."""
    ward = own_places.ward_of(talk.tx, talk.actor)
    if ward is None:
        return "nowhere"
    talk.slots["place"] = talk.parts.places.get(ward).ward
    return "calm"


def show(talk: Talk) -> str:
    """The first of those not read yet."""
    return "now" if talk.slots["warnings"][0]["begun"] else "coming"


def its_day(talk: Talk) -> dict[str, str]:
    """The day on which the warning that is shown ends, or begins."""
    one = talk.slots["warnings"][0]
    return {"day": one["until"] if one["begun"] else one["from"]}


def lines(talk: Talk) -> Sequence[Item]:
    """The words of the warning that is shown, in lines that are turned like pages."""
    words = fold(talk.slots["warnings"][0]["warning"][talk.language])
    return [Item(line) for line in wrap(words, LONGEST_LINE, break_on_hyphens=False)]


def others(talk: Talk) -> bool:
    """Whether there are more warnings."""
    return len(talk.slots["warnings"]) > 1


def turn(talk: Talk) -> str:
    """The next warning; behind the last one the first again."""
    first, *rest = talk.slots["warnings"]
    talk.slots["warnings"] = [*rest, first]
    return show(talk)


def farms_here(talk: Talk) -> bool:
    """Whether she is a farmer, and so told by SMS (DR-1601)."""
    return talk.caller.role == FARMER


NEXT = (option("97", _("Next warning"), "next", when=others),)
WAYS = {"now": "now", "coming": "coming"}

WEATHER = flow(
    "weather",
    fork("start", look, ways={**WAYS, "calm": "calm", "nowhere": "nowhere"}),
    pick("now", _("Warning until {day}:"), values=its_day, items=lines, options=NEXT, again="start"),
    pick("coming", _("Warning from {day}:"), values=its_day, items=lines, options=NEXT, again="start"),
    fork("next", turn, ways=WAYS),
    choose(
        "calm",
        _("No weather warning for {place} now."),
        aside=_("When one comes, we text you."),
        aside_when=farms_here,
        again="start",
        options=(
            option("1", _("Market prices"), "prices.start"),
            option("2", _("Weather zone of my farm"), "farms.zones", when=farms_here),
        ),
    ),
    choose(
        "nowhere",
        _("Where are you? Save a place, and we tell you its weather."),
        options=(option("1", _("Add a place"), "places.ward"),),
    ),
)
