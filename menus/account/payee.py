"""Where a person's money goes: payouts of farmers and riders, refunds of customers (DR-208)."""

from datetime import timedelta
from typing import Any

from core.errors import DomainError
from core.msisdn import e164, other_network
from core.payouts import naming
from core.payouts.naming import Naming
from core.users import payees, payees_look
from core.users.errors import PayeeNumberGone, PayeeNumberSame
from locales.errors import ERRORS
from locales.mark import _
from menus.account.pin import pin_steps, pin_ways
from menus.flow import act, ask, choose, flow, fork, option
from menus.talk import Again, Talk

WHICH_NUMBER = _("What you earn comes by M-Pesa. Which number gets it?")
HAS_M_PESA = _("This phone has M-Pesa")
ANOTHER = _("Another number")
STOP_OR_ANOTHER = (option("1", _("Stop this change"), "stop"), option("2", ANOTHER, "number"))


def purpose(talk: Talk) -> str:
    """A customer gets refunds, whoever sells or carries gets payouts."""
    return "refund" if talk.caller.role == "customer" else "payout"


def look(talk: Talk) -> str:
    """Where money goes now, and whether that is going to change."""
    seen = payees_look.mine(talk.tx, talk.actor, purpose=purpose(talk))
    talk.forget("number_id")
    talk.slots["number_now"] = seen.number
    named = of_payout(talk)
    if named.needed and not named.coming:
        return "unnamed"
    if seen.starts_at is None:
        return purpose(talk)
    talk.slots["number_next"] = seen.next_number
    talk.slots["number_from"] = seen.starts_at.isoformat()
    talk.slots["number_id"] = seen.payee_number_id
    return "waiting" if named.needed else "changing"


def of_payout(talk: Talk) -> Naming:
    """Whether her own phone is probably not on M-Pesa's network, and she has not said yet which number is."""
    asked = purpose(talk) == "payout" and other_network(talk.msisdn) and talk.actor.user_id is not None
    if not asked:
        return Naming(needed=False, coming=False, ever=False)
    return naming.standing(talk.tx, talk.actor.user_id or 0)


def first_or_change(talk: Talk) -> str:
    """A first number counts at once, unless the PIN is too new for it; another one after DR-208's hours."""
    if not of_payout(talk).needed:
        return "change"
    user_id, number = talk.actor.user_id or 0, talk.slots["number"]
    at_once = naming.counts_at_once(talk.tx, user_id, number=number, own=talk.msisdn)
    return "first" if at_once else "later"


def this_phone(talk: Talk) -> str:
    """This phone has M-Pesa, she says."""
    talk.slots["number"] = talk.msisdn
    return "pin"


def typed(talk: Talk) -> dict[str, Any]:
    """The number that was typed, whole, to be read once more."""
    return {"phone": talk.slots["number"]}


def now(talk: Talk) -> dict[str, Any]:
    """The number in effect, its middle hidden: others may read over her shoulder."""
    return {"phone": talk.slots["number_now"]}


def coming(talk: Talk) -> dict[str, Any]:
    """The number that comes, and from when on it counts."""
    begins = talk.slots["number_from"]
    return {"phone": talk.slots["number_next"], "day": begins, "time": begins}


def mobile(talk: Talk, answer: str) -> str:
    """A Kenyan mobile number in any spelling (DR-108), E.164."""
    try:
        return e164(answer)
    except DomainError:
        raise Again(ERRORS["msisdn.not_kenyan_mobile"]) from None


def chosen(talk: Talk) -> dict[str, Any]:
    """The number that was typed, whole, to be read once more; and when it takes effect."""
    hours = talk.parts.settings.value("payout.number_change_cooloff_hours")
    begins = (talk.parts.clock.now() + timedelta(hours=hours)).isoformat()
    return {"phone": talk.slots["number"], "day": begins, "time": begins}


def name(talk: Talk) -> str:
    """DR-208: it counts after the cool-off or, a first one, at once; the number of until then is told now."""
    try:
        naming.name_number(
            talk.db,
            talk.actor,
            purpose=purpose(talk),
            msisdn=talk.slots["number"],
            pin=talk.secret,
            once_key=talk.once,
        )
    except PayeeNumberSame:
        talk.note(ERRORS[PayeeNumberSame.code])
        return "ok"
    talk.forget("number")
    if not talk.notes:  # of a first PIN it is said already, and the screen says the rest
        talk.note(_("Saved."))
    return "ok"


def stop(talk: Talk) -> str:
    """The safe direction: no PIN."""
    payees.stop(talk.tx, talk.actor, payee_number_id=talk.slots["number_id"])
    talk.note(_("Stopped. Nothing changes."))
    return "ok"


PAYEE = flow(
    "payee",
    fork(
        "start",
        look,
        ways={name: name for name in ("payout", "refund", "changing", "waiting", "unnamed")},
    ),
    choose(
        "unnamed",
        WHICH_NUMBER,
        options=(option("1", HAS_M_PESA, "this_phone"), option("2", ANOTHER, "number")),
        again="start",
    ),
    fork("this_phone", this_phone, ways={"pin": "pin"}),
    choose(
        "payout",
        _("Your payouts go by M-Pesa to {phone}."),
        values=now,
        options=(option("1", ANOTHER, "number"),),
        again="start",
    ),
    choose(
        "refund",
        _("Money that comes back to you goes to {phone}, unless you paid from another phone."),
        values=now,
        options=(option("1", ANOTHER, "number"),),
        again="start",
    ),
    choose(
        "changing",
        _("From {day}, {time} your money goes to {phone}. Until then to the old number."),
        values=coming,
        options=STOP_OR_ANOTHER,
        again="start",
    ),
    choose(
        "waiting",
        _("From {day}, {time} your money goes to {phone}. Until then it stays with us."),
        values=coming,
        options=STOP_OR_ANOTHER,
        again="start",
    ),
    ask(
        "number",
        _("The M-Pesa number for your money, for example 0712345678:"),
        parse=mobile,
        save="number",
        then="first_or_change",
    ),
    fork(
        "first_or_change",
        first_or_change,
        ways={"first": "first_sure", "later": "later_sure", "change": "sure"},
    ),
    choose(
        "first_sure",
        _("{phone} gets your money by M-Pesa. Is it right?"),
        values=typed,
        options=(option("1", _("Yes"), "pin"), option("2", _("Write it again"), "number")),
    ),
    choose(
        "later_sure",
        _("{phone} gets your money from {day}, {time}. Until then it stays with us."),
        values=chosen,
        options=(option("1", _("Yes"), "pin"), option("2", _("Write it again"), "number")),
    ),
    choose(
        "sure",
        _("{phone} gets your money from {day}, {time}. The old number is told now and can stop it."),
        values=chosen,
        options=(option("1", _("Yes, change it"), "pin"), option("2", _("Write it again"), "number")),
    ),
    *pin_steps(then="name"),
    act("name", name, ways={"ok": "start", **pin_ways()}, alone=True),
    act("stop", stop, ways={"ok": "start", PayeeNumberGone: "start"}),
    title=_("your number for money"),
)
