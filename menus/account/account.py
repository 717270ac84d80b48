"""A person's own account: her name, her role; and the ways to PIN, numbers, places and data."""

from typing import Any

from core.users import own, profile, roles
from core.users.errors import RoleFixed
from locales.mark import _
from menus import parse
from menus.account.pin import pin_steps, pin_ways
from menus.account.words import WRITE_TO_US
from menus.flow import When, act, ask, choose, flow, fork, option
from menus.talk import Talk

BECOME = {
    "farmer": _("Done. Your menu is a farmer's now."),
    "customer": _("Done. Your menu is a buyer's now."),
    "rider": _("Done. Your menu is a boda rider's now."),
}


def who(talk: Talk) -> dict[str, Any]:
    """Whose account it is."""
    return {"name": talk.caller.name, "phone": talk.msisdn}


def role_is_not(name: str) -> When:
    """Whether the person has another role."""
    return lambda talk: talk.caller.role != name


def look_at_name(talk: Talk) -> str:
    """The name as it is written with us."""
    seen = own.view(talk.tx, talk.actor)
    talk.slots["text"] = f"{seen.first_name} {seen.last_name}".strip()
    return "ok"


def rename(talk: Talk) -> str:
    """DR-207: the name tells people apart, so the PIN is needed."""
    field, name = talk.slots["field"], talk.slots["named"]
    profile.update(talk.db, talk.actor, changes={field: name}, pin=talk.secret, once_key=talk.once)
    if field == "first_name":
        talk.caller.name = name
    talk.forget("field", "named")
    talk.note(_("Thank you, it is corrected."))
    return "ok"


def look_at_role(talk: Talk) -> str:
    """DR-201: her own to change until her first order, listing or delivery."""
    return "free" if own.may_choose_role(talk.tx, talk.actor) else "fixed"


def change_role(talk: Talk) -> str:
    """She is somebody else from now on, with that menu."""
    role = talk.slots.pop("become")
    roles.choose(talk.tx, talk.actor, role=role)
    talk.caller.role = role
    talk.note(BECOME[role])
    return "ok"


ACCOUNT = flow(
    "account",
    choose(
        "start",
        _("My account: {name}, {phone}"),
        values=who,
        options=(
            option("1", _("My name"), "look_at_name"),
            option("2", _("My PIN"), "pin.start"),
            option("3", _("Number for my money"), "payee.start"),
            option("4", _("My places"), "places.start"),
            option("5", _("Change what I do"), "look_at_role"),
            option("6", _("My data"), "privacy.start"),
        ),
    ),
    fork("look_at_name", look_at_name, ways={"ok": "name"}),
    choose(
        "name",
        _("We know you as {text}."),
        options=(
            option("1", _("Correct the first name"), "named", sets={"field": "first_name"}),
            option("2", _("Correct the other name"), "named", sets={"field": "last_name"}),
        ),
        again="look_at_name",
    ),
    ask(
        "named",
        _("Write it the right way, in letters:"),
        parse=parse.first_name,
        save="named",
        then="pin",
    ),
    *pin_steps(then="rename"),
    act("rename", rename, ways={"ok": "start", **pin_ways()}, alone=True),
    fork("look_at_role", look_at_role, ways={"free": "role", "fixed": "role_fixed"}),
    choose(
        "role",
        _("You have not sold, bought or carried anything yet, so you may still choose. You are:"),
        options=(
            option("1", _("A farmer"), "change_role", when=role_is_not("farmer"), sets={"become": "farmer"}),
            option(
                "2", _("A buyer"), "change_role", when=role_is_not("customer"), sets={"become": "customer"}
            ),
            option(
                "3", _("A boda rider"), "change_role", when=role_is_not("rider"), sets={"become": "rider"}
            ),
        ),
    ),
    act("change_role", change_role, ways={"ok": "home.again", RoleFixed: "role_fixed"}),
    choose(
        "role_fixed",
        _(
            "You have worked with us already, and others count on that. "
            "For another role use another number, or write to us."
        ),
        options=(option("1", WRITE_TO_US, "support.start"),),
    ),
    title=_("your account"),
)
