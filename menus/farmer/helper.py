"""The one number that accepts and marks ready for a farmer, and never sees money (DR-815)."""

import re
from typing import Any

from core.farms import agents, helping
from core.farms.errors import HelperUnknown
from core.msisdn import NotKenyanMobile, e164, national
from locales.errors import ERRORS
from locales.mark import _
from menus.flow import act, ask, choose, flow, fork, option
from menus.talk import Again, Talk


def start(talk: Talk) -> str:
    """Whether she has a helper; one look."""
    number = helping.helper_of(talk.tx, talk.actor)
    talk.slots["phone"] = number
    return "has" if number else "none"


def number(talk: Talk, answer: str) -> str:
    """A Kenyan mobile number that is not her own, as stored."""
    try:
        msisdn = e164(re.sub(r"[\s-]", "", answer))
    except NotKenyanMobile:
        raise Again(ERRORS[NotKenyanMobile.code]) from None
    if msisdn == talk.msisdn:
        raise Again(ERRORS[HelperUnknown.code])
    return msisdn


def named(talk: Talk) -> dict[str, Any]:
    """The number, and what the helper dials."""
    return {"phone": talk.slots["phone"], "dial": talk.parts.service_code}


def name(talk: Talk) -> str:
    """She lets this number accept and mark ready."""
    agents.name_helper(talk.tx, talk.actor, msisdn=national(talk.slots["phone"]))
    return "named"


def drop(talk: Talk) -> str:
    """Nobody any more."""
    agents.drop_helper(talk.tx, talk.actor)
    talk.note(_("Done. Nobody marks your orders but you."))
    return "none"


HELPER = flow(
    "helper",
    fork("start", start, ways={"has": "has", "none": "none"}),
    choose(
        "none",
        _("A helper accepts your orders and marks them ready when you cannot, and never sees money."),
        options=(option("1", _("Name a helper"), "number"),),
    ),
    choose(
        "has",
        _("Your helper: {phone}. Accepts orders and marks them ready, never sees money."),
        values=named,
        options=(option("1", _("Another number"), "number"), option("2", _("No helper any more"), "drop")),
        again="start",
    ),
    ask(
        "number",
        _("Your helper's phone number, for example 0712345678:"),
        parse=number,
        save="phone",
        then="sure",
        number=True,
    ),
    choose(
        "sure",
        _("{phone} may accept your orders and mark them ready?"),
        values=named,
        options=(option("1", _("Yes"), "name"), option("2", _("Another number"), "number")),
    ),
    act("name", name, ways={"named": "named"}),
    act("drop", drop, ways={"none": "none"}),
    choose(
        "named",
        _("Done: {phone} is your helper. To help you, that phone dials {dial} and chooses More, My farmers."),
        values=named,
    ),
    title=_("a helper's number"),
)
