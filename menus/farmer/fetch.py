"""What a farmer has made ready: who fetches it, where it is, and what she hands over herself (DR-1210)."""

from collections.abc import Sequence
from typing import Any

from core.deliveries import farmside
from core.deliveries import service as deliveries
from core.deliveries.errors import NoSuchJob
from core.orders.errors import OrderUnknown
from locales.mark import _
from menus import parse
from menus.farmer import waiting
from menus.flow import Item, act, ask, choose, flow, fork, option, pick
from menus.talk import Talk

LINE = _("{order}, {product} {amount_of}")


def start(talk: Talk) -> str:
    """What is ready or on its way, as it stands now."""
    talk.slots["ready"] = [
        {
            "order_id": one.order_id,
            "whole": one.order_number,
            "order": one.tail,
            "product": one.product_id,
            "amount_of": waiting.amount(one.quantity, one.unit),
            "gets": str(one.you_get),
            "day": one.due.isoformat(),
            "step": one.step,
            "person": one.person,
            "phone": one.phone,
        }
        for one in farmside.made_ready(talk.tx, talk.actor)
    ]
    return "list"


def lines(talk: Talk) -> Sequence[Item]:
    """One line an order."""
    return [Item(talk.words(LINE, **one), one) for one in talk.slots["ready"]]


def step(talk: Talk) -> str:
    """Where the picked one is: wait, fetch, road or hand_over."""
    return str(talk.slots["fetched"]["step"])


def picked(talk: Talk) -> dict[str, Any]:
    """The picked one; `person` carries it or comes for it."""
    one = talk.slots["fetched"]
    return {**one, "rider": one["person"], "customer": one["person"], "count": waiting.payday(talk)}


def cash(talk: Talk) -> str:
    """What she takes in cash before she hands it over (DR-901)."""
    due = farmside.cash_for(talk.tx, talk.actor, order_id=talk.slots["fetched"]["order_id"])
    talk.slots["due"] = str(due)
    return "cash" if due else "code"


def hand_over(talk: Talk) -> str:
    """D6, with the customer's code; a wrong one is counted in a transaction of its own (DR-214)."""
    order = talk.slots["fetched"]["whole"]
    deliveries.deliver(talk.db, talk.actor, order_ref=order, code=talk.secret, once_key=talk.once)
    return "done"


FETCH = flow(
    "fetch",
    fork("start", start, ways={"list": "list"}),
    pick(
        "list",
        _("Ready or on the way:"),
        items=lines,
        save="fetched",
        then="step",
        empty=_("Nothing waits for a rider now."),
        again="start",
    ),
    fork("step", step, ways={"wait": "wait", "fetch": "fetch", "road": "road", "hand_over": "hand"}),
    choose(
        "wait",
        _("{order}, {amount_of} {product}: we look for a rider. He calls you. You get {gets}."),
        values=picked,
    ),
    choose(
        "fetch",
        _("{order}, {amount_of} {product}: {rider} fetches it, call {phone}. You get {gets}."),
        values=picked,
    ),
    choose(
        "road",
        _("{order}: {rider}, {phone}, is on the way with it. You get {gets} {count} days after delivery."),
        values=picked,
    ),
    choose(
        "hand",
        _("{order}, {amount_of} {product}: {customer} comes for it, call {phone}. You get {gets}."),
        values=picked,
        options=(option("1", _("Hand it over now"), "cash"),),
    ),
    fork("cash", cash, ways={"cash": "take", "code": "code"}),
    choose(
        "take",
        _("{order}: first take {due} in cash from {customer}."),
        values=picked,
        options=(option("1", _("I have it"), "code"),),
    ),
    ask(
        "code",
        _("Ask the customer for the 4-digit code of {order} and write it:"),
        values=picked,
        parse=parse.code,
        then="hand_over",
        secret=True,
    ),
    act("hand_over", hand_over, ways={"done": "done", NoSuchJob: "gone", OrderUnknown: "gone"}, alone=True),
    choose(
        "done",
        _("{order} is with the customer, thank you. You get {gets} by M-Pesa about {count} days from now."),
        values=picked,
        options=(option("1", _("My orders"), "orders.start"),),
    ),
    choose(
        "gone",
        _("{order} is not in your hands any more."),
        values=picked,
        options=(option("1", _("My orders"), "orders.start"),),
    ),
)
