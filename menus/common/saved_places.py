"""A person's saved places, whatever her role: added by ward, found by a landmark, one the usual one."""

from collections.abc import Sequence
from typing import Any

from core.locations import hers
from core.locations import service as locations
from core.locations.service import LABEL_LENGTH
from locales.mark import _
from menus import parse
from menus.common.places import ward_steps
from menus.flow import Item, act, ask, choose, flow, fork, option, pick
from menus.talk import Talk

CALLED = _("{label}: {place}")
FOUND_BY = _("{place}, {label}")
JUST_WARD = _("{place}")
NO_LANDMARK = _("no landmark yet")
A_NAME = _("Write a name in letters, for example: home")


def look(talk: Talk) -> str:
    """Her places as they stand now, the usual one first."""
    talk.session.slots = {}
    found = hers.places(talk.tx, talk.actor)
    talk.slots["places"] = [[one.location_id, line(talk, one)] for one in found]
    return "list" if found else "none"


def line(talk: Talk, one: hers.OwnPlace) -> str:
    """One line for a list: what she calls it, else by what it is found."""
    if one.label:
        return talk.words(CALLED, label=one.label, place=one.ward)
    if one.landmark:
        return talk.words(FOUND_BY, place=one.ward, label=one.landmark)
    return talk.words(JUST_WARD, place=one.ward)


def lines(talk: Talk) -> Sequence[Item]:
    """The lines; each stands for a place's id."""
    return [Item(label, location_id) for location_id, label in talk.slots["places"]]


def open_one(talk: Talk) -> str:
    """The picked place as it stands now."""
    one = hers.place(talk.tx, talk.actor, location_id=talk.slots["location"])
    talk.slots["at"] = {
        "place": one.ward,
        "text": one.label,
        "landmark": one.landmark,
        "usual": one.is_default,
    }
    return "ok"


def this_place(talk: Talk) -> dict[str, Any]:
    """The place that is open, with words where it has no landmark."""
    at = talk.slots["at"]
    return {**at, "landmark": at["landmark"] or talk.words(NO_LANDMARK)}


def is_usual(talk: Talk) -> bool:
    """Whether the open place is the default."""
    return bool(talk.slots["at"]["usual"])


def not_usual(talk: Talk) -> bool:
    """Whether it is not."""
    return not is_usual(talk)


def label(talk: Talk, answer: str) -> str:
    """What a person calls a place."""
    return parse.in_words(answer, LABEL_LENGTH, A_NAME)


def add(talk: Talk) -> str:
    """Keep a new place; the first one is the usual one (DR-301)."""
    answers = talk.slots
    place = locations.add(
        talk.tx, talk.actor, ward_code=answers["ward"], landmark=answers["landmark"], default=False
    )
    talk.tx.flush()
    answers["location"] = place.location_id
    talk.note(_("Saved."))
    return "ok"


def change_landmark(talk: Talk) -> str:
    """Other words for the door (DR-303)."""
    where, words = talk.slots["location"], talk.slots["landmark"]
    locations.set_landmark(talk.tx, talk.actor, location_id=where, landmark=words)
    talk.note(_("Saved."))
    return "ok"


def change_label(talk: Talk) -> str:
    """Another name for it."""
    locations.change(talk.tx, talk.actor, location_id=talk.slots["location"], label=talk.slots["called"])
    talk.note(_("Saved."))
    return "ok"


def make_usual(talk: Talk) -> str:
    """From now on it is the default (DR-301)."""
    locations.set_default(talk.tx, talk.actor, location_id=talk.slots["location"])
    talk.note(_("This is your usual place now."))
    return "ok"


def remove(talk: Talk) -> str:
    """Take it off the list (DR-302)."""
    locations.remove(talk.tx, talk.actor, location_id=talk.slots["location"])
    talk.note(_("The place is removed."))
    return "ok"


PLACES = flow(
    "places",
    fork("start", look, ways={"list": "list", "none": "ward"}),
    pick(
        "list",
        _("Your places:"),
        items=lines,
        save="location",
        then="open",
        options=(option("97", _("Add a place"), "ward"),),
        again="start",
    ),
    ward_steps(then="new_landmark"),
    ask(
        "new_landmark",
        _("How is the door found? For example: behind the Kinoo church"),
        parse=parse.landmark,
        save="landmark",
        then="add",
        free=True,
    ),
    act("add", add, ways={"ok": "open"}),
    fork("open", open_one, ways={"ok": "place"}),
    choose(
        "place",
        _("{place}: {landmark}"),
        values=this_place,
        aside=_("Your usual place."),
        aside_when=is_usual,
        options=(
            option("1", _("Landmark"), "landmark"),
            option("2", _("Its name"), "label"),
            option("3", _("Make it my usual place"), "usual", when=not_usual),
            option("4", _("Remove it"), "sure"),
        ),
    ),
    ask(
        "landmark",
        _("How is the door found? For example: behind the Kinoo church"),
        parse=parse.landmark,
        save="landmark",
        then="change_landmark",
        free=True,
    ),
    act("change_landmark", change_landmark, ways={"ok": "open"}),
    ask(
        "label",
        _("What do you call this place? For example: home, shop"),
        parse=label,
        save="called",
        then="change_label",
    ),
    act("change_label", change_label, ways={"ok": "open"}),
    act("usual", make_usual, ways={"ok": "open"}),
    choose(
        "sure",
        _("Remove {place} from your places?"),
        values=this_place,
        options=(option("1", _("Remove it"), "remove"), option("2", _("Keep it"), "place")),
    ),
    act("remove", remove, ways={"ok": "start"}),
    title=_("your places"),
)
