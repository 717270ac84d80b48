"""How I pay: M-Pesa numbers, cash, bank; the first is used unless she says otherwise (DR-304)."""

from collections.abc import Sequence
from typing import Any

from core.payment_methods import lists
from core.payment_methods import service as methods
from core.payments import kept
from locales.mark import _
from menus.customer.paying import phone_number
from menus.flow import Item, act, ask, choose, flow, fork, option, pick
from menus.talk import Talk

FIRST = {
    "mpesa": _("M-Pesa {phone}, used first"),
    "cash_on_delivery": _("Cash when it comes, used first"),
    "bank_transfer": _("Bank transfer, used first"),
}
LINES = {
    "mpesa": _("M-Pesa {phone}"),
    "cash_on_delivery": _("Cash when it comes"),
    "bank_transfer": _("Bank transfer"),
}


def look(talk: Talk) -> str:
    """Her ways to pay as they stand now, the first one first."""
    talk.slots["methods"] = [
        {
            "id": line.payment_method_id,
            "type": line.method_type,
            "phone": line.number,
            "first": line.is_default,
        }
        for line in lists.mine(talk.tx, talk.actor)
    ]
    return "list"


def begin(talk: Talk) -> str:
    """The same, under what we have of hers, or what was missing at her last door (DR-103, DR-902)."""
    hers = kept.mine(talk.tx, talk.actor)
    if hers.kept:
        talk.note(_("We keep {kept} for your next order."), kept=hers.kept)
    elif hers.short:
        talk.note(_("{short} was missing last time: it comes on your next order."), short=hers.short)
    return look(talk)


def lines(talk: Talk) -> Sequence[Item]:
    """One line a way to pay; of a number only its ends (S24)."""
    return [
        Item(talk.words((FIRST if line["first"] else LINES)[line["type"]], **line), line)
        for line in talk.slots["methods"]
    ]


def way(talk: Talk) -> str:
    """Each way has its own words."""
    return str(talk.slots["way"]["type"])


def this_way(talk: Talk) -> dict[str, Any]:
    """The way that was picked."""
    return dict(talk.slots["way"])


def is_not_first(talk: Talk) -> bool:
    """Whether another is used first."""
    return not talk.slots["way"]["first"]


def use_first(talk: Talk) -> str:
    """It is used unless she says otherwise (DR-301)."""
    methods.set_default(talk.tx, talk.actor, payment_method_id=talk.slots["way"]["id"])
    talk.note(_("Done. It is first now."))
    return look(talk)


def remove(talk: Talk) -> str:
    """It is deleted, softly; what was ordered with it stays as it is (DR-212)."""
    methods.remove(talk.tx, talk.actor, payment_method_id=talk.slots["way"]["id"])
    talk.note(_("Done. It is off your list."))
    return look(talk)


def add(method_type: str) -> Any:
    """An act: keep one more way to pay; her own number if no other was said."""

    def do(talk: Talk) -> str:
        phone = talk.slots.pop("payer", None)
        methods.add(talk.tx, talk.actor, method_type=method_type, phone=phone)
        talk.note(_("Done. It is first now."))
        return look(talk)

    return do


_CHANGES = (
    option("1", _("Use it first"), "use_first", when=is_not_first),
    option("2", _("Take it off the list"), "sure"),
)

METHODS = flow(
    "methods",
    fork("start", begin, ways={"list": "list"}),
    pick(
        "list",
        _("How you pay:"),
        items=lines,
        save="way",
        then="which",
        empty=_("You pay by M-Pesa from this phone. You can add other ways."),
        options=(option("71", _("Add another"), "more"),),
        again="start",
    ),
    fork("which", way, ways={"mpesa": "mpesa", "cash_on_delivery": "cash", "bank_transfer": "bank"}),
    choose("mpesa", _("M-Pesa from {phone}."), values=this_way, options=_CHANGES),
    choose("cash", _("Cash: you pay the rider when you hold the goods."), options=_CHANGES),
    choose("bank", _("Bank: we text you the account; the order waits for the money."), options=_CHANGES),
    act("use_first", use_first, ways={"list": "list"}),
    choose(
        "sure",
        _("Take it off your list? Orders that you made with it stay as they are."),
        options=(option("1", _("Yes, take it off"), "remove"), option("2", _("No"), "start")),
    ),
    act("remove", remove, ways={"list": "list"}),
    choose(
        "more",
        _("Which way to pay do you add?"),
        options=(
            option("1", _("M-Pesa, this phone"), "own"),
            option("2", _("M-Pesa, another number"), "other"),
            option("3", _("Cash when it comes"), "add_cash"),
            option("4", _("Bank transfer"), "add_bank"),
        ),
    ),
    ask(
        "other",
        _("Which M-Pesa number? Write it, for example 0712345678. Its owner must say yes each time, by PIN."),
        parse=phone_number,
        save="payer",
        then="add_other",
    ),
    act("own", add("mpesa"), ways={"list": "list"}),
    act("add_other", add("mpesa"), ways={"list": "list"}),
    act("add_cash", add("cash_on_delivery"), ways={"list": "list"}),
    act("add_bank", add("bank_transfer"), ways={"list": "list"}),
    title=_("how you pay"),
)
