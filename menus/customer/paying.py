"""Paying an order by M-Pesa: from this phone or another, or by hand where no request can be sent."""

from collections.abc import Mapping
from typing import Any

from core.deliveries import purchases
from core.errors import DomainError
from core.money import ZERO
from core.msisdn import e164
from core.payment_methods import network
from core.payments import service as payments
from core.payments.errors import NotPayable, PromptOpen, TooManyPrompts
from core.settings.errors import PromptsPaused
from locales.mark import _
from menus.customer.purchases import keep_money, order_named
from menus.flow import act, ask, choose, flow, fork, option, say
from menus.talk import Talk


def how_to_pay(talk: Talk) -> str:
    """Whether M-Pesa can be asked now."""
    view = purchases.one(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    money = keep_money(talk)
    talk.slots["order"] = view.tail
    if not money.wants_money:
        return "nothing"
    if money.on_phone > ZERO:
        return "wait"
    return "ask" if money.prompts_left else "by_hand"


def phone_number(talk: Talk, answer: str) -> str:
    """Whose phone pays; any spelling of DR-108. It is kept for this hop only."""
    return e164(answer)


def ask_own(talk: Talk) -> str:
    """M-Pesa asks the phone in her hand."""
    return _ask(talk, talk.msisdn)


def ask_other(talk: Talk) -> str:
    """M-Pesa asks another phone (DR-807); where this one has no M-Pesa, that is how she pays from now on."""
    number = str(talk.slots.pop("payer"))
    if network.must_ask(talk.tx, talk.actor, msisdn=talk.msisdn):
        network.name(talk.tx, talk.actor, msisdn=talk.msisdn, phone=number)
    return _ask(talk, number)


def about_own(talk: Talk) -> str:
    """Whether this phone has M-Pesa is asked once, where its number is another network's."""
    return "whose" if network.must_ask_about(talk.tx, talk.actor, msisdn=talk.msisdn) else "own"


def has_m_pesa(talk: Talk) -> str:
    """This phone has M-Pesa, she says: kept, and not asked again."""
    network.name(talk.tx, talk.actor, msisdn=talk.msisdn, phone=talk.msisdn)
    return ask_own(talk)


def by_paybill(talk: Talk) -> dict[str, Any]:
    """How to pay by hand."""
    return {"paybill": talk.parts.paybill}


def too_soon(talk: Talk) -> dict[str, int]:
    """How long a request may still be on that phone."""
    return {"minutes": max(1, -(-(int(talk.slots["seconds"]) - 1) // 60))}


def _ask(talk: Talk, number: str) -> str:
    payments.pay(talk.tx, talk.actor, order_id=talk.slots["purchase"], msisdn=number)
    talk.slots["phone"] = number
    return "ok"


# No request can be sent now: wait, pay by hand, or there is nothing to pay.
_REFUSED: Mapping[str | type[DomainError], str] = {
    PromptOpen: "too_soon",
    TooManyPrompts: "by_hand",
    PromptsPaused: "by_hand",
    NotPayable: "start",
}

PAYING = flow(
    "paying",
    fork(
        "start", how_to_pay, ways={"ask": "who", "wait": "wait", "by_hand": "by_hand", "nothing": "nothing"}
    ),
    choose(
        "who",
        _("{order}: pay {due} by M-Pesa. Which phone shall we ask?"),
        options=(
            option("1", _("This phone"), "about_own"),
            option("2", _("Another number"), "other"),
            option("3", _("I pay by paybill"), "by_hand"),
        ),
        again="start",
    ),
    fork("about_own", about_own, ways={"whose": "whose", "own": "own"}),
    choose(
        "whose",
        _("{phone} is not a Safaricom number. Does this phone have M-Pesa?"),
        values=lambda talk: {"phone": talk.msisdn},
        options=(option("1", _("Yes"), "has_m_pesa"), option("2", _("Another number"), "other")),
    ),
    act(
        "has_m_pesa",
        has_m_pesa,
        ways={"ok": "asked", **_REFUSED},
    ),
    act(
        "own",
        ask_own,
        ways={"ok": "asked", **_REFUSED},
    ),
    ask(
        "other",
        _("Which number pays {due}? It gets an M-Pesa request now. Write it, for example 0712345678."),
        parse=phone_number,
        save="payer",
        then="other_asked",
    ),
    act(
        "other_asked",
        ask_other,
        ways={"ok": "asked", **_REFUSED},
    ),
    say(
        "asked",
        _("M-Pesa asks {phone} for {due} in a moment. Type the M-Pesa PIN only there. We text you."),
    ),
    choose(
        "wait",
        _("{order}: M-Pesa has asked a phone for it. Answer there, or wait {minutes} min."),
        options=(option("1", _("Look again"), "start"),),
    ),
    choose(
        "too_soon",
        _("An M-Pesa request may still be on that phone. Answer it, or wait {minutes} min."),
        values=too_soon,
        options=(option("1", _("Look again"), "start"), option("2", _("Another number"), "other")),
    ),
    choose(
        "by_hand",
        _("M-Pesa, Lipa na M-Pesa, Paybill {paybill}, account {reference}, amount {due}. We text you."),
        values=by_paybill,
    ),
    choose("nothing", _("{order}: there is nothing to pay now.")),
    title=_("paying {order}"),
    about=order_named,
)
