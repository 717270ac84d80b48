"""A farmer has less than was ordered, or none: of one order, or of all of a product for a day (I5, I6).

The oldest orders are served first. Before she says yes she sees whom it leaves out and what she gets.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from core.orders import board, seen
from core.orders import service as orders
from core.orders.board import OpenItem
from core.orders.errors import NotLess
from locales.errors import ERRORS
from locales.mark import _
from menus import parse
from menus.farmer import waiting
from menus.farmer.waiting import CHANGED, NEXT, more_waits, this
from menus.flow import act, ask, choose, flow, fork, option
from menus.talk import Again, Talk

LONGEST_REASON = 60


def start(talk: Talk) -> str:
    """The unit in which she answers."""
    talk.slots["unit"] = this(talk)["unit"]
    return "less"


def shares(talk: Talk) -> str:
    """Whom it would leave out, and what she would get; nothing is changed yet."""
    there = Decimal(talk.slots["less"])
    items = _meant(talk)
    if not items:
        return "changed"
    needed = sum((item.quantity for item in items), Decimal(0))
    if there >= needed:
        raise Again(ERRORS[NotLess.code], qty=needed, unit=talk.slots["unit"])
    found = board.shares(talk.tx, items, there)
    served = found.whole + found.part
    talk.slots["share"] = {
        "amount_of": waiting.amount(there, items[0].unit),
        "gets": str(found.you_get),
        "left": served,
        "number": len(items),
        "count": found.none,
        "may_cancel": found.may_cancel,
    }
    return str(talk.slots["which"])


def _meant(talk: Talk) -> list[OpenItem]:
    items = board.open_items(talk.tx, talk.actor)
    if talk.slots["which"] == waiting.SUM:
        return waiting.of_sum(talk, items)
    return [item for item in items if item.order_item_id == talk.slots["one"]["item"] and item.at_work]


def share(talk: Talk) -> dict[str, Any]:
    """What is meant, and what would become of it."""
    return {**this(talk), **talk.slots["share"]}


def supply(talk: Talk) -> str:
    """I5 and I6, the oldest served first."""
    there, now = Decimal(talk.slots["less"]), this(talk)
    if not waiting.still_so(talk):
        return "changed"
    if talk.slots["which"] == waiting.ONE:
        orders.short(talk.tx, talk.actor, order_item_id=now["item"], quantity=there)
    else:
        orders.short_sum(
            talk.tx,
            talk.actor,
            product_id=now["product"],
            day=date.fromisoformat(now["day"]),
            quantity=there,
            unit=now["unit"],
        )
    return _done(talk)


def reject(talk: Talk) -> str:
    """I6 for all that is meant, with her reason."""
    now = this(talk)
    if not waiting.still_so(talk):
        return "changed"
    if talk.slots["which"] == waiting.ONE:
        orders.reject(talk.tx, talk.actor, order_item_id=now["item"], reason=talk.slots["reason"])
    else:
        seen.mark_sum(
            talk.tx,
            talk.actor,
            product_id=now["product"],
            day=date.fromisoformat(now["day"]),
            unit=now["unit"],
            event="reject",
            seen=Decimal(now["seen"]),
            reason=talk.slots["reason"],
        )
    return _done(talk)


def _done(talk: Talk) -> str:
    talk.tx.flush()
    which = str(talk.slots["which"])
    waiting.look(talk)
    return which


def reason(talk: Talk, answer: str) -> str:
    """Her own words why, for our people."""
    return parse.in_words(answer, LONGEST_REASON, parse.MORE_WORDS, letters=3)


def which(talk: Talk) -> str:
    """Whether one order is meant, or all of a sum."""
    return str(talk.slots["which"])


LESS = flow(
    "less",
    fork("start", start, ways={"less": "less"}),
    ask(
        "less",
        _("Ordered: {amount_of} {product}. How many {units} do you have?"),
        values=this,
        parse=parse.quantity,
        save="less",
        then="shares",
        number=True,
    ),
    fork("shares", shares, ways={"one": "less_one", "sum": "less_sum", "changed": "orders.changed"}),
    choose(
        "less_one",
        _("{order}: only {amount_of} {product}. You get {gets}."),
        aside=_("The customer may still cancel it."),
        aside_when=lambda talk: bool(talk.slots["share"]["may_cancel"]),
        values=share,
        options=(option("1", _("Yes, only that"), "supply"), option("2", _("Change"), "less")),
    ),
    choose(
        "less_sum",
        _("Only {amount_of} {product}: for {left} of {number} orders, oldest first. You get {gets}."),
        values=share,
        options=(option("1", _("Yes, only that"), "supply"), option("2", _("Change"), "less")),
    ),
    act("supply", supply, ways={"one": "supplied", "sum": "supplied", **CHANGED}),
    choose(
        "supplied",
        _("Noted: {amount_of} {product}. You get {gets}."),
        aside=_("Off sale until you list more: {product}"),
        values=share,
        options=(option("1", NEXT, "orders.next", when=more_waits),),
        again="orders.start",
    ),
    choose(
        "why",
        _("Why can you not supply {amount_of} {product}?"),
        values=this,
        options=(
            option("1", _("Sold already"), "sure", sets={"reason": "sold"}),
            option("2", _("Spoiled"), "sure", sets={"reason": "spoiled"}),
            option("3", _("Not ripe yet"), "sure", sets={"reason": "not ripe"}),
            option("4", _("Too few harvested"), "sure", sets={"reason": "poor harvest"}),
            option("5", _("Another reason"), "words"),
        ),
    ),
    ask(
        "words",
        _("Why? Write it in a few words:"),
        parse=reason,
        save="reason",
        then="sure",
        free=True,
    ),
    fork("sure", which, ways={"one": "sure_one", "sum": "sure_sum"}),
    choose(
        "sure_one",
        _("Cancel {order}, {amount_of} {product}? You lose {gets}. The customer is told."),
        values=this,
        options=(option("1", _("Yes, cancel"), "reject"), option("2", _("I have less"), "start")),
    ),
    choose(
        "sure_sum",
        _("Cancel all {number} orders, {amount_of} {product}? You lose {gets}. The customers are told."),
        values=this,
        options=(option("1", _("Yes, cancel"), "reject"), option("2", _("I have less"), "start")),
    ),
    act("reject", reject, ways={"one": "rejected", "sum": "rejected", **CHANGED}),
    choose(
        "rejected",
        _("Cancelled: {amount_of} {product}. We tell the customers at once."),
        aside=_("Off sale until you list more: {product}"),
        values=this,
        options=(option("1", NEXT, "orders.next", when=more_waits),),
        again="orders.start",
    ),
    title=_("{amount_of} {product}: less or none"),
    about=this,
)
