"""Cancelling an order: what it costs at this stage first (7.3), then her yes, or a word to our people."""

from typing import Any

from core.money import ZERO
from core.orders import cancel_terms
from core.orders import service as orders
from core.orders.errors import TooLateToCancel
from locales.mark import _
from menus import parse
from menus.customer.purchases import order_named
from menus.flow import act, ask, choose, flow, fork, option, say
from menus.talk import Talk

LONGEST_REASON = 160
SAY_WHY = _("Write it in a few words.")
YES = option("1", _("Yes, cancel it"), "cancel")
NO = option("2", _("No, keep it"), "purchases.look_past")
ASK_THEM = option("1", _("Ask to cancel"), "why")


def terms(talk: Talk) -> str:
    """What cancelling would mean now."""
    found = cancel_terms.terms(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    talk.slots.update(pay=str(found.charged), sum=str(found.back))
    if found.stage == "free":
        return "paid" if found.back > ZERO else "free"
    if found.stage == "request":
        return "charged" if found.charged > ZERO else "decided"
    return found.stage


def cancel(talk: Talk) -> str:
    """O5, O9: by her own word."""
    orders.cancel(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    return "paid" if talk.slots["sum"] not in ("0", "0.00") else "free"


def why_cancel(talk: Talk, answer: str) -> str:
    """Why, in her own words."""
    return parse.in_words(answer, LONGEST_REASON, SAY_WHY, letters=1)


def ask_our_people(talk: Talk) -> str:
    """O10: an admin decides."""
    orders.request_cancel(
        talk.tx, talk.actor, order_id=talk.slots["purchase"], reason=str(talk.slots.pop("why"))
    )
    return "ok"


def because(words: str) -> dict[str, Any]:
    """A reason that our people read, in their language."""
    return {"why": words}


CANCEL = flow(
    "cancel",
    fork(
        "start",
        terms,
        ways={
            "free": "free",
            "paid": "paid",
            "charged": "charged",
            "decided": "decided",
            "asked": "waits",
            "door": "door",
            "over": "over",
        },
    ),
    choose("free", _("Cancel {order}? It costs you nothing."), options=(YES, NO)),
    choose(
        "paid",
        _("Cancel {order}? It costs nothing. {sum} comes back to whoever paid."),
        options=(YES, NO),
    ),
    choose(
        "charged",
        _("The farmer has begun on {order}: our people decide. You may pay {pay} of it; {sum} comes back."),
        options=(ASK_THEM, NO),
    ),
    choose(
        "decided",
        _("The farmer has begun on {order}, so our people decide and text you."),
        options=(ASK_THEM, NO),
    ),
    choose(
        "why",
        _("Why do you want to cancel {order}?"),
        options=(
            option("1", _("I need it no more"), "ask", sets=because("no longer needed")),
            option("2", _("It takes too long"), "ask", sets=because("takes too long")),
            option("3", _("I ordered the wrong thing"), "ask", sets=because("ordered the wrong thing")),
            option("4", _("Something else"), "words"),
        ),
    ),
    ask("words", _("Why? Write it in a few words."), parse=why_cancel, save="why", then="ask", free=True),
    act("ask", ask_our_people, ways={"ok": "waits"}),
    act("cancel", cancel, ways={"free": "gone", "paid": "gone_back", TooLateToCancel: "start"}),
    say("gone", _("{order} is cancelled. You pay nothing.")),
    say(
        "gone_back",
        _("{order} is cancelled. {sum} goes back to whoever paid. We text you when it is there."),
    ),
    choose("waits", _("You asked to cancel {order}. Our people decide and text you. Till then it goes on.")),
    choose(
        "door",
        _("{order} is on its way. You may refuse it at the door, but good fresh produce is not paid back."),
    ),
    choose("over", _("{order} can no longer be cancelled. If something is wrong, tell us.")),
    title=_("cancelling {order}"),
    about=order_named,
)
