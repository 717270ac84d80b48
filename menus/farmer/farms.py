"""A farmer's farms: what is said of each, cash orders or not, its certificate; and another grower's farm.

A second grower on a shared phone is a second farm under her own name.
"""

from collections.abc import Sequence
from typing import Any

from core.farms import hers, keeping
from core.farms import service as farms
from core.farms.service import ZONES
from core.locations import hers as own_places
from core.locations import service as locations
from core.words import tidy
from locales.mark import _
from menus import parse
from menus.common.places import ward_steps
from menus.common.saved_places import NO_LANDMARK, line
from menus.flow import Item, act, ask, choose, flow, fork, option, pick
from menus.talk import Again, Talk

FARM_LINE = _("{farm}, {place}")
A_NAME = _("Write a name in letters, for example: Wanjiku")
CERTIFICATE_LONGEST = 40
A_NUMBER = _("Write the number that is on it.")
ZONE_NAMES = {
    "highland": _("Highland"),
    "midland": _("Midland"),
    "lowland": _("Lowland"),
    "coastal": _("Coast"),
    "arid": _("Dry land"),
}
YES, NO = _("yes"), _("no")
SAVED = _("Saved.")


def look(talk: Talk) -> str:
    """Her farms as they stand now; with one alone there is nothing to pick."""
    talk.session.slots = {}
    found = hers.farms(talk.tx, talk.actor)
    talk.slots["farms"] = [
        [one.farm_id, talk.words(FARM_LINE, farm=one.name, place=one.ward)] for one in found
    ]
    if len(found) == 1:
        _keep(talk, found[0])
        return "one"
    return "several" if found else "none"


def lines(talk: Talk) -> Sequence[Item]:
    """One line a farm."""
    return [Item(label, farm_id) for farm_id, label in talk.slots["farms"]]


def open_one(talk: Talk) -> str:
    """The picked farm as it stands now."""
    _keep(talk, hers.farm(talk.tx, talk.actor, farm_id=talk.slots["farm_id"]))
    return "ok"


def this_farm(talk: Talk) -> dict[str, Any]:
    """The open farm: its name, its ward, its weather zone; whether it takes cash, as a word."""
    at = talk.slots["at"]
    return {
        **at,
        "landmark": at["landmark"] or talk.words(NO_LANDMARK),
        "zone": talk.words(ZONE_NAMES[at["zone"]]),
        "kind": talk.words(YES if at["cash"] else NO),
    }


def certificate_state(talk: Talk) -> str:
    """How the certificate stands: none, pending, approved or refused."""
    return str(talk.slots["at"]["certificate"])


def farm_name(talk: Talk, answer: str) -> str:
    """A farm's or a grower's name."""
    return parse.in_words(answer, parse.NAME_LONGEST, A_NAME)


def certificate(talk: Talk, answer: str) -> str:
    """A certificate's number as it is written on it."""
    number = tidy(answer, CERTIFICATE_LONGEST)
    if sum(c.isalnum() for c in number) < 3:
        raise Again(A_NUMBER)
    return number


def zone_items(talk: Talk) -> Sequence[Item]:
    """The weather zones."""
    return [Item(talk.words(ZONE_NAMES[zone]), zone) for zone in ZONES]


def takes_cash(talk: Talk) -> bool:
    """Whether the open farm takes orders that are paid in cash."""
    return bool(talk.slots["at"]["cash"])


def takes_none(talk: Talk) -> bool:
    """Whether it takes none."""
    return not takes_cash(talk)


def cash_on(talk: Talk) -> str:
    """Take orders that are paid in cash (DR-908)."""
    keeping.change(talk.tx, talk.actor, farm_id=talk.slots["farm_id"], takes_cash=True)
    talk.note(SAVED)
    return "ok"


def cash_off(talk: Talk) -> str:
    """Take none any more; those that are open go on."""
    keeping.change(talk.tx, talk.actor, farm_id=talk.slots["farm_id"], takes_cash=False)
    talk.note(SAVED)
    return "ok"


def rename(talk: Talk) -> str:
    """Another name."""
    keeping.change(talk.tx, talk.actor, farm_id=talk.slots["farm_id"], name=talk.slots["farm"])
    talk.note(SAVED)
    return "ok"


def set_zone(talk: Talk) -> str:
    """Another weather zone: which warnings she gets (DR-1601)."""
    keeping.change(talk.tx, talk.actor, farm_id=talk.slots["farm_id"], weather_zone=talk.slots["new_zone"])
    talk.note(SAVED)
    return "ok"


def set_landmark(talk: Talk) -> str:
    """Other words for the door (DR-303)."""
    locations.set_landmark(
        talk.tx, talk.actor, location_id=talk.slots["at"]["location"], landmark=talk.slots["landmark"]
    )
    talk.note(SAVED)
    return "ok"


def claim(talk: Talk) -> str:
    """Name the certificate; an admin looks at it (DR-403)."""
    keeping.claim_certificate(
        talk.tx, talk.actor, farm_id=talk.slots["farm_id"], certificate=talk.slots["number_on_it"]
    )
    talk.note(_("Thank you. We look at it and text you."))
    return "ok"


def close(talk: Talk) -> str:
    """Close it; what it sells is taken down (DR-305)."""
    keeping.close(talk.tx, talk.actor, farm_id=talk.slots["farm_id"])
    talk.note(_("The farm is closed."))
    return "ok"


def her_places(talk: Talk) -> str:
    """Her places, for where the farm is to be."""
    found = own_places.places(talk.tx, talk.actor)
    talk.slots["places"] = [[one.location_id, line(talk, one)] for one in found]
    return "some" if found else "none"


def place_lines(talk: Talk) -> Sequence[Item]:
    """One line a place."""
    return [Item(label, location_id) for location_id, label in talk.slots["places"]]


def placed(talk: Talk) -> str:
    """The place is known: a farm that stands moves there, a new one is opened."""
    return "move" if talk.slots.get("moves") else "open"


def _place(talk: Talk) -> int:
    """The picked place, or the new one that was described."""
    answers = talk.slots
    if answers.get("location") is None:
        place = locations.add(
            talk.tx, talk.actor, ward_code=answers["ward"], landmark=answers["landmark"], default=False
        )
        talk.tx.flush()
        answers["location"] = place.location_id
    return int(answers["location"])


def move(talk: Talk) -> str:
    """The farm is somewhere else; what it sells is found there."""
    keeping.change(talk.tx, talk.actor, farm_id=talk.slots["farm_id"], location_id=_place(talk))
    talk.note(SAVED)
    return "ok"


def open_new(talk: Talk) -> str:
    """Open another farm (DR-305)."""
    opened = farms.open_farm(talk.tx, talk.actor, name=talk.slots["farm"], location_id=_place(talk))
    talk.slots["farm_id"] = opened.farm_id
    talk.note(_("The farm is open."))
    return "ok"


def _keep(talk: Talk, one: hers.OwnFarm) -> None:
    talk.slots.update(
        farm_id=one.farm_id,
        moves=False,
        at={
            "farm": one.name,
            "place": one.ward,
            "location": one.location_id,
            "landmark": one.landmark,
            "zone": one.zone,
            "certificate": one.certificate_status,
            "text": one.certificate,
            "cash": one.takes_cash,
        },
    )


CERTIFICATE_AGAIN = (option("1", _("Write another number"), "number"),)

FARMS = flow(
    "farms",
    fork("start", look, ways={"one": "farm", "several": "list", "none": "new"}),
    fork("zones", look, ways={"one": "zone", "several": "list", "none": "new"}),
    pick(
        "list",
        _("Your farms:"),
        items=lines,
        save="farm_id",
        then="open",
        options=(option("97", _("Open another farm"), "new"),),
        again="start",
    ),
    fork("open", open_one, ways={"ok": "farm"}),
    choose(
        "farm",
        _("{farm}, {place}. Zone: {zone}. Cash orders: {kind}."),
        values=this_farm,
        options=(
            option("1", _("Take no cash orders"), "cash_off", when=takes_cash),
            option("2", _("Take cash orders"), "cash_on", when=takes_none),
            option("3", _("Change it"), "change"),
            option("4", _("Organic certificate"), "certificate"),
            option("5", _("Open another farm"), "new", sets={"moves": False}),
        ),
        again="open",
    ),
    choose(
        "change",
        _("{farm}, {place}. Landmark: {landmark}"),
        values=this_farm,
        options=(
            option("1", _("Its name"), "name"),
            option("2", _("Landmark"), "landmark"),
            option("3", _("Weather zone"), "zone"),
            option("4", _("It is somewhere else"), "places", sets={"moves": True}),
            option("5", _("Close it"), "sure"),
        ),
    ),
    act("cash_off", cash_off, ways={"ok": "open"}),
    act("cash_on", cash_on, ways={"ok": "open"}),
    ask("name", _("What is the farm called?"), parse=farm_name, save="farm", then="rename"),
    act("rename", rename, ways={"ok": "open"}),
    ask(
        "landmark",
        _("Where does the rider find you? For example: behind the Kinoo church"),
        parse=parse.landmark,
        save="landmark",
        then="set_landmark",
        free=True,
    ),
    act("set_landmark", set_landmark, ways={"ok": "open"}),
    pick(
        "zone",
        _("What is the land like? We warn you of its weather."),
        items=zone_items,
        save="new_zone",
        then="set_zone",
    ),
    act("set_zone", set_zone, ways={"ok": "open"}),
    fork(
        "certificate",
        certificate_state,
        ways={"none": "number", "pending": "pending", "approved": "approved", "refused": "refused"},
    ),
    choose(
        "pending",
        _("We are looking at your certificate {text}. We text you."),
        values=this_farm,
        options=CERTIFICATE_AGAIN,
    ),
    choose(
        "approved",
        _("Your certificate {text} counts: what you sell may be called organic."),
        values=this_farm,
    ),
    choose(
        "refused",
        _("Certificate {text} could not be confirmed."),
        values=this_farm,
        options=CERTIFICATE_AGAIN,
    ),
    ask(
        "number",
        _("What number is on your organic certificate? We look at it and text you."),
        parse=certificate,
        save="number_on_it",
        then="claim",
        free=True,
    ),
    act("claim", claim, ways={"ok": "open"}),
    choose(
        "sure",
        _("Close {farm}? What it has for sale is taken down."),
        values=this_farm,
        options=(option("1", _("Close it"), "close"), option("2", _("Keep it"), "farm")),
    ),
    act("close", close, ways={"ok": "start"}),
    ask(
        "new",
        _("Whose farm is it, or what is it called? For example: Wanjiku"),
        parse=farm_name,
        save="farm",
        then="places",
    ),
    fork("places", her_places, ways={"some": "where", "none": "ward"}),
    pick(
        "where",
        _("Where is the farm?"),
        items=place_lines,
        save="location",
        then="placed",
        options=(option("97", _("Another place"), "ward", sets={"location": None}),),
    ),
    ward_steps(then="door"),
    ask(
        "door",
        _("Where does the rider find you? For example: behind the Kinoo church"),
        parse=parse.landmark,
        save="landmark",
        then="placed",
        free=True,
    ),
    fork("placed", placed, ways={"move": "move", "open": "open_new"}),
    act("move", move, ways={"ok": "open"}),
    act("open_new", open_new, ways={"ok": "open"}),
    title=_("your farms"),
)
