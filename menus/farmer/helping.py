"""What a farmer's helper does for her: accept and mark ready, the sum at once or one by one (DR-815).

The helper is anybody with us, whatever the role; nothing of money stands on these screens.
"""

from collections.abc import Sequence
from typing import Any

from core.errors import DomainError, NotAllowed, WrongState
from core.orders import board
from core.orders.errors import ItemUnknown, NothingToMark, SumChanged
from locales.mark import _, plural
from menus.farmer import waiting
from menus.farmer.waiting import ASKED_OF_HERS, can, this
from menus.flow import Item, act, choose, flow, fork, option, pick
from menus.talk import Talk

SUM_LINE = _("{farmer}, {day}: {product} {amount_of}")
ORDER_LINE = _("{order}, {product} {amount_of}")
CHANGED: dict[str | type[DomainError], str] = {
    NothingToMark: "changed",
    SumChanged: "changed",
    ItemUnknown: "changed",
    WrongState: "changed",
    NotAllowed: "changed",
}


def start(talk: Talk) -> str:
    """What waits at the farms the caller helps; one look."""
    waiting.keep(talk, board.helped_items(talk.tx, talk.actor))
    return "list"


def changed(talk: Talk) -> str:
    """What waits now, with a calm word."""
    talk.note(_("This has changed meanwhile."))
    return start(talk)


def sum_lines(talk: Talk) -> Sequence[Item]:
    """One line a farmer's sum."""
    return [Item(talk.words(SUM_LINE, **one), one) for one in talk.slots["sums"]]


def picked(talk: Talk) -> str:
    """The sum of the line that was picked; one order alone is that order, or "asked" as in `order_picked`."""
    way = waiting.mean_only(talk, talk.slots["picked"])
    return way if way == "asked" else str(talk.slots["which"])


def all_of_sum(talk: Talk) -> str:
    """The orders of the sum, to choose one."""
    items = waiting.of_sum(talk, board.helped_items(talk.tx, talk.actor))
    talk.slots["orders"] = [waiting.order_slots(item) for item in items]
    return "orders" if items else changed(talk)


def order_lines(talk: Talk) -> Sequence[Item]:
    """One line an order."""
    return [Item(talk.words(ORDER_LINE, **one), one) for one in talk.slots["orders"]]


def order_picked(talk: Talk) -> str:
    """The order of the line that was picked; "asked" if its customer wants to cancel it."""
    talk.slots["one"], talk.slots["which"] = talk.slots["order_picked"], waiting.ONE
    return "asked" if talk.slots["one"]["asked"] else "one"


def mark(event: str, said: str) -> Any:
    """An act of the helper's on what is meant (I1, I4)."""

    def do(talk: Talk) -> str:
        one = talk.slots["which"] == waiting.ONE
        if one and not waiting.still_so(talk, board.helped_items(talk.tx, talk.actor)):
            raise NothingToMark(order_item_id=this(talk)["item"])
        waiting.mark_meant(talk, event, farmer_id=this(talk).get("farmer_id"))
        talk.tx.flush()
        talk.note(said)
        return start(talk)

    return do


HELPING = flow(
    "helping",
    choose(
        "waits",
        plural(
            "{count} order where you help has no answer yet.",
            "{count} orders where you help have no answer yet.",
        ),
        options=(option("1", _("Look at it"), "start"), option("4", _("Main menu"), "home.again")),
        top=True,
    ),
    fork("start", start, ways={"list": "list"}),
    fork("changed", changed, ways={"list": "list"}),
    pick(
        "list",
        _("Orders you help with:"),
        items=sum_lines,
        save="picked",
        then="picked",
        empty=_("No order waits at the farms you help. The farmer names you as helper on her phone."),
        again="start",
    ),
    fork("picked", picked, ways={"one": "one", "sum": "sum", "asked": "asked"}),
    choose("asked", ASKED_OF_HERS, values=this, options=(option("1", _("See the order"), "one"),)),
    choose(
        "sum",
        _("{farmer}, {day}: {product} {amount_of}, {number} orders."),
        aside=_("Cancelling asked: {left}"),
        aside_when=lambda talk: bool(this(talk)["left"]),
        values=this,
        options=(
            option("1", _("All ready"), "ready"),
            option("2", _("Accept all"), "accept", when=can("a")),
            option("3", _("One by one"), "all_of_sum"),
        ),
    ),
    fork("all_of_sum", all_of_sum, ways={"orders": "orders", "list": "list"}),
    pick(
        "orders",
        _("Which order?"),
        items=order_lines,
        save="order_picked",
        then="order_picked",
        again="all_of_sum",
    ),
    fork("order_picked", order_picked, ways={"one": "one", "asked": "asked"}),
    choose(
        "one",
        _("{farmer}, {order}: {amount_of} {product} by {day}."),
        values=this,
        options=(
            option("1", _("Ready"), "ready"),
            option("2", _("Accept"), "accept", when=can("a")),
        ),
    ),
    act("ready", mark("ready", _("Ready. The rider comes for it.")), ways={"list": "list", **CHANGED}),
    act("accept", mark("accept", _("Accepted, thank you.")), ways={"list": "list", **CHANGED}),
    title=_("orders you help with"),
)
