"""Where every dial begins, and where `00` leads."""

from collections.abc import Sequence

from core.users import service as users
from locales.mark import _
from menus.flow import Item, Option, When, act, choose, flow, fork, option, pick, say
from menus.people import OFF, who
from menus.shortcuts import CODES, SHORTCUTS
from menus.talk import STRANGER, Talk

HOMES = {"farmer": "farmer.home", "customer": "customer.home", "rider": "rider.home"}
RESUME = "home.resume"
ARRIVALS = {"farmer": "farmer.arrive", "customer": "customer.arrive", "rider": "rider.arrive"}
OTHERS = {STRANGER: "register.role", "admin": "admin", OFF: "off"}


def recognise(talk: Talk) -> str:
    """Look the number up, once a dial; a stranger may have been registering when the line fell."""
    caller = who(talk.tx, talk.msisdn)
    if caller is not None:
        talk.session.caller = caller
        return "missed" if caller.missed and caller.role in ARRIVALS else caller.role
    if not talk.cut_off or talk.unfinished is None:
        return STRANGER
    talk.caller.language = talk.unfinished.caller.language
    return "unfinished"


def home_of(talk: Talk) -> str:
    """Home, without asking the database again; whatever was being told is dropped."""
    talk.session.slots.clear()
    return talk.caller.role


def lost_place(talk: Talk) -> str:
    """Where the lost conversation stood, with the answers given until then and the way back over them."""
    lost = talk.unfinished
    if not talk.cut_off or lost is None:
        return "gone"
    talk.session.slots, talk.session.trail = dict(lost.slots), list(lost.trail)
    talk.session.page, talk.came = lost.page, None
    return lost.state


def drop_lost(talk: Talk) -> str:
    """What was cut off is not wanted any more."""
    talk.unfinished = None
    return "ok"


def lost_title(talk: Talk) -> dict[str, str]:
    """What the lost conversation was about."""
    return {"text": talk.lost()}


def whose_language(talk: Talk) -> str:
    """A stranger is spoken to otherwise from here on; a member's language is written down."""
    if talk.caller.user_id is not None:
        return "member"
    talk.caller.language = str(talk.slots.pop("speak"))
    return "stranger"


def speak(talk: Talk) -> str:
    """Change the person's language, on every channel (DR-1503)."""
    language = str(talk.slots.pop("speak"))
    users.set_language(talk.tx, talk.actor, language=language)
    talk.caller.language = language
    talk.note(_("Done: we speak English now."))
    return "ok"


def spoken_otherwise(code: str) -> When:
    """Whether another language than `code` is spoken."""
    return lambda talk: talk.language != code


def languages(then: str) -> tuple[Option, ...]:
    """The three languages, each under its own name; the one that is spoken is left out."""
    names = (
        ("7", _("Kiswahili"), "sw"),
        ("8", _("English"), "en"),
        ("9", _("Gĩkũyũ"), "kikuyu"),
    )
    return tuple(
        option(key, name, then, when=spoken_otherwise(code), sets={"speak": code})
        for key, name, code in names
    )


def codes(talk: Talk) -> Sequence[Item]:
    """The codes that mean something to this person."""
    role = talk.caller.role
    mine = [(code, its) for code, its in SHORTCUTS.items() if role in its.targets and code != CODES]
    return [Item(f"{code} {talk.words(its.name)}") for code, its in mine]


def with_a_code(talk: Talk) -> dict[str, str]:
    """How one dials with a code: *384*88632*57#."""
    return {"dial": f"{talk.parts.service_code.rstrip('#')}*57#"}


HOME = flow(
    "home",
    fork("dial", recognise, ways={**ARRIVALS, **OTHERS, "unfinished": "resume", "missed": "missed.start"}),
    fork("again", home_of, ways={**HOMES, **OTHERS}),
    choose(
        "resume",
        _("Welcome back. Your last call was cut off."),
        options=(option("1", _("Continue: {text}"), "continue"), option("2", _("Start again"), "anew")),
        values=lost_title,
        top=True,
    ),
    fork("anew", drop_lost, ways={"ok": "again"}),
    fork("continue", lost_place, ways={"gone": "again"}, resumes=True),
    choose("language", _("Choose a language:"), options=languages("spoken")),
    fork("spoken", whose_language, ways={"member": "speak", "stranger": "return"}),
    act("speak", speak, ways={"ok": "return"}),
    fork("return", lambda talk: "back", ways={}, returns=True),
    pick(
        "codes",
        _("Codes for the first screen, or as you dial ({dial}):"),
        values=with_a_code,
        items=codes,
    ),
    say("admin", _("Administrators work on the web.")),
    say("off", _("Your account is switched off. Please contact us.")),
)
