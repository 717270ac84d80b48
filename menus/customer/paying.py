"""An order's money: what it costs, what is paid, due or on its way back; and paying it by M-Pesa."""

from collections.abc import Sequence
from typing import Any

from core.deliveries import purchases
from core.money import ZERO
from core.msisdn import e164
from core.payments import money_of
from core.payments import service as payments
from core.payments.errors import NotPayable, PromptOpen, TooManyPrompts
from core.settings.errors import PromptsPaused
from locales.mark import _
from menus.customer.purchases import keep_money
from menus.flow import Item, act, ask, choose, flow, fork, option, pick, say
from menus.talk import Talk

GOODS = _("Goods {goods}")
DELIVERY = _("Delivery {fee}")
DISCOUNT = _("Less {sum}")
IN_ALL = _("In all {total}")
CHARGED = _("You pay {total} for what was prepared")
RECEIVED = _("Paid {sum}")
NOTHING_YET = _("Nothing is paid yet")
DUE = _("To pay: {due}")
AT_THE_DOOR = _("To pay when it comes: {due}")
ON_PHONE = _("{sum}: answer the M-Pesa request on the phone")
FINDING_OUT = _("{sum}: we are asking M-Pesa what became of it")
# Money that goes back, by how far it is.
BACK = {
    "asked": _("{sum} back to you: our people look at it"),
    "coming": _("{sum} is on its way back to you"),
    "back": _("{sum} is back with you"),
    "kept": _("{sum} is kept for your next order"),
    "refused": _("{sum} does not come back"),
}


def look_at_money(talk: Talk) -> str:
    """Every sum of the order, as a line each."""
    view = purchases.one(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    money = keep_money(talk)
    talk.slots["order"] = view.tail
    talk.slots["sums"] = [[text, values] for text, values in _sums(view, money)]
    return "list"


def sum_lines(talk: Talk) -> Sequence[Item]:
    """The lines."""
    return [Item(talk.words(text, **values)) for text, values in talk.slots["sums"]]


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
    """M-Pesa asks somebody else's phone (DR-807)."""
    return _ask(talk, str(talk.slots.pop("payer")))


def by_paybill(talk: Talk) -> dict[str, Any]:
    """How to pay by hand."""
    return {"paybill": talk.parts.paybill}


def too_soon(talk: Talk) -> dict[str, int]:
    """How long a request may still be on that phone."""
    return {"minutes": -(-int(talk.slots["seconds"]) // 60)}


def _ask(talk: Talk, number: str) -> str:
    payments.pay(talk.tx, talk.actor, order_id=talk.slots["purchase"], msisdn=number)
    talk.slots["phone"] = number
    return "ok"


def _sums(view: purchases.PurchaseView, money: money_of.MoneyView) -> list[tuple[str, dict[str, str]]]:
    if view.order_status == "cancelled":
        lines = [(CHARGED, {"total": str(money.asked)})] if money.asked > ZERO else []
    else:
        lines = [(GOODS, {"goods": str(view.subtotal)}), (DELIVERY, {"fee": str(view.delivery_fee)})]
        if view.discount > ZERO:
            lines.append((DISCOUNT, {"sum": str(view.discount)}))
        lines.append((IN_ALL, {"total": str(view.asked)}))
    if money.received > ZERO:
        lines.append((RECEIVED, {"sum": str(money.received)}))
    elif money.due == ZERO:
        lines.append((NOTHING_YET, {}))
    if money.due > ZERO:
        lines.append((AT_THE_DOOR if money.at_the_door else DUE, {"due": str(money.due)}))
    if money.on_phone > ZERO:
        lines.append((ON_PHONE, {"sum": str(money.on_phone)}))
    if money.finding_out > ZERO:
        lines.append((FINDING_OUT, {"sum": str(money.finding_out)}))
    return [*lines, *((BACK[back.state], {"sum": str(back.sum)}) for back in money.backs)]


PAYING = flow(
    "paying",
    fork("money", look_at_money, ways={"list": "sums"}),
    pick("sums", _("The money of {order}:"), items=sum_lines, again="money"),
    fork(
        "start", how_to_pay, ways={"ask": "who", "wait": "wait", "by_hand": "by_hand", "nothing": "nothing"}
    ),
    choose(
        "who",
        _("{order}: pay {due} by M-Pesa. Which phone shall we ask?"),
        options=(
            option("1", _("This phone"), "own"),
            option("2", _("Another number"), "other"),
            option("3", _("I pay by paybill"), "by_hand"),
        ),
        again="start",
    ),
    act(
        "own",
        ask_own,
        ways={
            "ok": "asked",
            PromptOpen: "too_soon",
            TooManyPrompts: "by_hand",
            PromptsPaused: "by_hand",
            NotPayable: "nothing",
        },
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
        ways={
            "ok": "asked",
            PromptOpen: "too_soon",
            TooManyPrompts: "by_hand",
            PromptsPaused: "by_hand",
            NotPayable: "nothing",
        },
    ),
    say(
        "asked",
        _("M-Pesa asks {phone} for {due} in a moment. Type the M-Pesa PIN only there. We text you."),
    ),
    choose(
        "wait",
        _("{order}: M-Pesa has asked a phone for it. Answer there, or wait {minutes} minutes."),
        options=(option("1", _("Look again"), "start"),),
    ),
    choose(
        "too_soon",
        _("An M-Pesa request may still be on that phone. Answer it, or wait {minutes} minutes."),
        values=too_soon,
        options=(option("1", _("Look again"), "start"), option("2", _("Another number"), "other")),
    ),
    choose(
        "by_hand",
        _("M-Pesa, Lipa na M-Pesa, Paybill {paybill}, account {reference}, amount {due}. We text you."),
        values=by_paybill,
    ),
    choose("nothing", _("{order}: there is nothing to pay now.")),
    title=_("paying an order"),
)
