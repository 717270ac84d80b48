"""What we hold about a person: what she agreed to, a copy of it, and its end (DR-1901, DR-1902)."""

from collections.abc import Sequence
from typing import Any

from core.clock import nairobi_date
from core.privacy import service as privacy
from core.privacy import standing
from core.privacy.errors import StillOpen
from core.users import own, pins
from locales.mark import _, plural
from menus.account.pin import pin_steps, pin_ways
from menus.account.reading import lines_of, to_read
from menus.account.words import WRITE_TO_US
from menus.flow import Item, act, choose, flow, fork, option, pick, say
from menus.talk import Caller, Talk

AGREED = (
    _("We keep your name, number, places and orders, to sell, to deliver and to pay."),
    _("Of others only the buyer, farmer or rider of your order sees your name, on the way also your number."),
    _("If you delete your account, sums stay in our books without your name."),
    _("You may change your mind at any time, here or through our people."),
)
ADVERTS = {
    True: _("Adverts: you allowed them. You stop them under What we send you."),
    False: _("Adverts: none, since you have not asked for them."),
}
# What is still open, by kind, and what to do about it.
OPEN = {
    "order": _("Orders that are not over: {count}. Wait for them, or cancel them."),
    "listing": _("Produce for sale: {count}. Take it down under My produce."),
    "delivery": _("Deliveries in your hands: {count}. Bring them first."),
    "money": _("Money of yours with us. It is paid out first."),
    "back": _("Money on its way back to you. Wait until it is there."),
    "credit": _("A credit of yours, or something you owe. Write to us."),
    "cash": _("Cash of ours in your hands. Bring it in first."),
    "ticket": _("Your complaint about money. We answer it first."),
}
SAME = {
    "farmer_due": "money",
    "rider_due": "money",
    "payout": "money",
    "refund": "back",
    "refunds_due": "back",
    "suspense": "back",
    "order_funds": "back",
    "customer_credit": "credit",
    "rider_cash": "cash",
}


def look_at_agreed(talk: Talk) -> str:
    """What she said yes to, and when; and how it is with adverts."""
    given = own.agreed(talk.tx, talk.actor)
    adverts = own.view(talk.tx, talk.actor).switches["marketing_notifications"]
    said = [talk.words(text) for text in (*AGREED, ADVERTS[adverts])]
    if given is not None:
        day = nairobi_date(given.at).isoformat()
        said.insert(0, talk.words(_("You said yes on {day} {month}."), day=day, month=day))
    talk.slots["held_lines"] = [line for words in said for line in lines_of(words)]
    return "ok"


def kept_lines(talk: Talk) -> Sequence[Item]:
    """The lines that were looked up, to be read."""
    return to_read(talk.slots["held_lines"])


def clock(talk: Talk) -> dict[str, Any]:
    """Within how many days she hears from us."""
    return {"count": talk.parts.settings.value("privacy.request_days")}


def ask_copy(talk: Talk) -> str:
    """The clock of DR-1902 starts; asked twice is asked once."""
    pins.with_pin(
        talk.db,
        talk.actor,
        pin=talk.secret,
        once_key=talk.once,
        work=lambda tx: privacy.ask(tx, talk.actor, kind="export"),
    )
    return "ok"


def look_at_open(talk: Talk) -> str:
    """Whether money or orders stand in the way of an erasure, and what to do about each."""
    kinds: dict[str, int] = {}
    for kind, count in standing.open_kinds(talk.tx, talk.actor).items():
        name = SAME.get(kind, kind)
        kinds[name] = kinds.get(name, 0) + count
    said = [talk.words(text, count=kinds[name]) for name, text in OPEN.items() if name in kinds]
    talk.slots["held_lines"] = [line for words in said for line in lines_of(words)]
    return "open" if kinds else "free"


def erase(talk: Talk) -> str:
    """All goes; whoever dials from this number next is a stranger."""
    privacy.erase_own(talk.db, talk.actor, pin=talk.secret, once_key=talk.once)
    talk.session.caller = Caller(language=talk.language)
    talk.slots.clear()
    return "ok"


PRIVACY = flow(
    "privacy",
    choose(
        "start",
        _("What we hold about you:"),
        options=(
            option("1", _("What you agreed to"), "look_at_agreed"),
            option("2", _("A copy for me"), "copy"),
            option("3", _("Delete my account"), "look_at_open"),
        ),
    ),
    fork("look_at_agreed", look_at_agreed, ways={"ok": "agreed"}),
    pick("agreed", _("You agreed to this:"), items=kept_lines, again="look_at_agreed"),
    choose(
        "copy",
        plural(
            "A copy of all we hold about you: our people make it and call you within {count} day.",
            "A copy of all we hold about you: our people make it and call you within {count} days.",
        ),
        values=clock,
        options=(option("1", _("Yes, I want it"), "copy_pin"),),
    ),
    *pin_steps(then="ask_copy", name="copy_pin"),
    act("ask_copy", ask_copy, ways={"ok": "copy_asked", **pin_ways("copy_pin")}, alone=True),
    choose(
        "copy_asked",
        plural(
            "Noted. We call you on this number within {count} day.",
            "Noted. We call you on this number within {count} days.",
        ),
        values=clock,
    ),
    fork("look_at_open", look_at_open, ways={"open": "open", "free": "sure"}),
    pick(
        "open",
        _("Not yet. First these must be over:"),
        items=kept_lines,
        again="look_at_open",
        options=(option("71", WRITE_TO_US, "support.start"),),
    ),
    choose(
        "sure",
        _("Your name, number, places and messages are deleted for good. Nobody can bring them back."),
        options=(option("1", _("Yes, delete all"), "pin"), option("2", _("No, keep it"), "start")),
    ),
    *pin_steps(then="erase"),
    act("erase", erase, ways={"ok": "erased", StillOpen: "look_at_open", **pin_ways()}, alone=True),
    say("erased", _("All is deleted. If you want to come back, just dial again and register. Go well.")),
    title=_("what we hold about you"),
    in_a_line=True,
)
