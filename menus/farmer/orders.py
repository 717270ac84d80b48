"""A farmer prepares what was ordered: the sum of the day at once, or order by order (I1 to I4, I8, O10).

What is due first stands first. Every mark works on all of a sum or on one order; what she marks counts for
what she saw (core/orders/seen.py), and what has changed meanwhile is shown as it is now.
"""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from core.orders import board, buyer
from locales.mark import _, plural
from menus.farmer import waiting
from menus.farmer.counted import COUNT_STEPS
from menus.farmer.waiting import CHANGED, NEXT, can, more_waits, one_of_many, something_made, this
from menus.flow import Item, act, choose, flow, fork, option, pick
from menus.talk import Talk

SUM_LINE = _("{day}: {product} {qty_of}, {number} orders")
ORDER_LINE = _("{day}: {order}, {product} {amount_of}")
GROWING_LINE = _("{day}: {product} {qty_of}, growing")
PAYS = {
    "paid": _("Paid by M-Pesa or bank"),
    "cash": _("Cash at the door, took {count} before"),
    "first": _("Cash at the door, first order"),
}
WISH_LINE = 40
# What need not be asked of a sum after each mark, though its rest is only being marked (core.orders.many).
SAID = {"accept": "a", "harvest": "ah", "pack": "ahp"}
MADE = _("Made ready ({count})")
MADE_SHORT = _("Ready: {count}")


def start(talk: Talk) -> str:
    """Her orders as they stand now."""
    waiting.look(talk)
    return open_work(talk)


def open_work(talk: Talk) -> str:
    """What of it she is shown: a rider's count first, then what is to be prepared."""
    if talk.slots.get("counted"):
        return "counted"
    sums = talk.slots["sums"]
    if not sums:
        return "none"
    return waiting.mean_only(talk, sums[0]) if len(sums) == 1 else "list"


def changed(talk: Talk) -> str:
    """Somebody else was quicker: a calm word and the list, so that no key meets another order."""
    talk.note(_("This has changed meanwhile."))
    waiting.look(talk)
    return "list" if talk.slots["sums"] else "none"


def sum_lines(talk: Talk) -> Sequence[Item]:
    """One line a sum; an order that is alone is named."""
    return [Item(_line(talk, one), one) for one in talk.slots["sums"]]


def _line(talk: Talk, one: dict[str, Any]) -> str:
    if one["only"] is not None:
        return talk.words(ORDER_LINE, **one["only"])
    return talk.words(GROWING_LINE if one["growing"] else SUM_LINE, **one)


def picked(talk: Talk) -> str:
    """The sum of the line she picked."""
    return waiting.mean_only(talk, talk.slots["picked"])


def sum_again(talk: Talk) -> str:
    """The sum she came back to as it is now, if anything is left of it."""
    meant = talk.slots.get("sum", {})
    waiting.look(talk)
    same = ("product", "unit", "day")
    found = [one for one in talk.slots["sums"] if all(one[name] == meant.get(name) for name in same)]
    return waiting.mean_only(talk, found[0]) if found else open_work(talk)


def made(talk: Talk) -> dict[str, int]:
    """How many are ready or on their way."""
    return {"count": talk.slots.get("made", 0)}


def meant(talk: Talk) -> dict[str, Any]:
    """The order or sum that is meant, how many are ready already, when she is paid."""
    return {**this(talk), "count": talk.slots.get("made", 0)}


def growing(talk: Talk) -> dict[str, Any]:
    """The sum that is not harvested yet; `count` is of its orders."""
    return {**talk.slots["sum"], "count": talk.slots["sum"]["number"]}


def first(talk: Talk) -> str:
    """One by one: the oldest order of the sum."""
    items = waiting.of_sum(talk, board.open_items(talk.tx, talk.actor))
    return waiting.mean_one(talk, items[0]) if items else changed(talk)


def following(talk: Talk) -> str:
    """The order after this one, from the last the first again."""
    items = waiting.of_sum(talk, board.open_items(talk.tx, talk.actor))
    if not items:
        return changed(talk)
    now = talk.slots["one"]["item"]
    later = [item for item in items if item.order_item_id > now]
    return waiting.mean_one(talk, (later or items)[0])


def all_of_sum(talk: Talk) -> str:
    """The orders of the sum, to choose one."""
    items = waiting.of_sum(talk, board.open_items(talk.tx, talk.actor))
    talk.slots["orders"] = [waiting.order_slots(item) for item in items]
    return "orders" if items else changed(talk)


def order_lines(talk: Talk) -> Sequence[Item]:
    """One line an order of the sum."""
    return [Item(talk.words(ORDER_LINE, **one), one) for one in talk.slots["orders"]]


def order_picked(talk: Talk) -> str:
    """The order of the line she picked."""
    talk.slots["one"], talk.slots["which"] = talk.slots["picked"], waiting.ONE
    return "asked" if talk.slots["one"]["asked"] else "order"


def all_at_once(talk: Talk) -> str:
    """All of the sum is meant."""
    talk.slots["which"] = waiting.SUM
    return "all"


def mark(event: str, said: str) -> Any:
    """An act that moves what is meant by `event` (I1 to I4); `said` is noted above the next screen."""

    def do(talk: Talk) -> str:
        now = this(talk)
        if not waiting.still_so(talk):
            return "changed"
        waiting.mark_meant(talk, event)
        talk.tx.flush()
        items = board.open_items(talk.tx, talk.actor)
        waiting.keep(talk, items)
        if event == "ready":
            return str(talk.slots["which"])
        talk.note(said, **now)
        return _marked(talk, items, SAID[event])

    return do


def _marked(talk: Talk, items: Sequence[board.OpenItem], said: str) -> str:
    """The same order or sum once more, with what can still be said of it."""
    if talk.slots["which"] == waiting.SUM:
        found = waiting.sum_slots(board.summed(waiting.of_sum(talk, items))[0])
        left = "".join(mark for mark in found["marks"] if mark not in said)
        talk.slots["sum"] = {**found, "marks": left}
        return "sum"
    item = next(item for item in items if item.order_item_id == talk.slots["one"]["item"])
    talk.slots["one"] = waiting.order_slots(item)
    return "one"


def is_ready(talk: Talk) -> dict[str, Any]:
    """What is ready, and when she is paid."""
    return {**this(talk), "count": waiting.payday(talk)}


def next_one(talk: Talk) -> str:
    """The way on: the next order of the same sum, else what else waits, else the question put to a silent
    farmer."""
    items = board.open_items(talk.tx, talk.actor)
    if talk.slots.get("which") == waiting.ONE and one_of_many(talk):
        same = waiting.of_sum(talk, items)
        if same:
            return waiting.mean_one(talk, same[0])
    waiting.keep(talk, items)
    if not talk.slots["sums"] and talk.slots.get("still"):
        return "still"
    return open_work(talk)


def buyer_of(talk: Talk) -> str:
    """Keep what she may know of the order's buyer (DR-801, DR-908)."""
    known = buyer.of_item(talk.tx, talk.actor, order_item_id=talk.slots["one"]["item"])
    talk.slots["buyer"] = {
        "customer": known.first_name,
        "place": known.ward,
        "wish": known.instructions,
        "count": known.paid_before,
    }
    paid = "cash" if known.cash else "paid"
    talk.slots["pays"] = paid if known.paid_before or not known.cash else "first"
    talk.slots["at_farm"] = known.at_farm
    return "buyer"


def buyer_lines(talk: Talk) -> Sequence[Item]:
    """Who it is for, how it is paid, how it goes, and what the buyer asks."""
    known = talk.slots["buyer"]
    lines = [talk.words(_("{customer}, {place}"), **known), talk.words(PAYS[talk.slots["pays"]], **known)]
    if talk.slots["at_farm"]:
        lines.append(talk.words(_("The customer comes to your farm")))
    if known["wish"]:
        lines += [talk.words(_("Asks:")), *wrap(known["wish"], WISH_LINE, break_on_hyphens=False)]
    return [Item(line) for line in lines]


SHOWN = {
    "counted": "counted",
    "list": "list",
    "sum": "sum",
    "growing": "growing",
    "order": "order",
    "asked": "asked",
    "none": "none",
}
MARKS = (
    option("1", _("Ready"), "ready"),
    option("2", _("Harvested"), "harvested", when=can("h")),
    option("3", _("Packed"), "packed", when=can("p")),
    option("4", _("Accept"), "accept", when=can("a")),
    option("5", _("I have less"), "less.start"),
    option("6", _("I have none"), "less.why"),
)
ORDER_GETS = _("{order}: {amount_of} {product} by {day}. You get {gets}.")
ONE_ORDER = (
    *MARKS,
    option("7", NEXT, "following", when=one_of_many),
    option("8", _("Choose an order"), "all_of_sum", when=one_of_many),
    option("9", _("For whom?"), "buyer_of"),
    option("97", MADE_SHORT, "fetch.start", when=something_made),
)

ORDERS = flow(
    "orders",
    fork("start", start, ways=SHOWN),
    fork("open", open_work, ways={**SHOWN, "order": "order_first"}),
    fork("sum_again", sum_again, ways=SHOWN),
    fork("changed", changed, ways=SHOWN),
    fork("next", next_one, ways={**SHOWN, "still": "still.ask"}),
    pick(
        "list",
        _("To prepare:"),
        values=made,
        items=sum_lines,
        save="picked",
        then="picked",
        again="start",
        options=(option("97", MADE_SHORT, "fetch.start", when=something_made),),
    ),
    fork("picked", picked, ways=SHOWN),
    choose(
        "none",
        _("No order waits for you now. We text you when one is paid."),
        values=made,
        options=(
            option("1", MADE, "fetch.start", when=something_made),
            option("2", _("Sell"), "sell.start"),
        ),
        again="start",
    ),
    choose(
        "sum",
        _("{day}: {product} {amount_of}, {number} orders."),
        aside=_("Cancelling asked: {left}"),
        aside_when=lambda talk: bool(this(talk)["left"]),
        values=meant,
        options=(
            option("1", _("All"), "all_at_once"),
            option("2", _("One by one"), "first"),
            option("3", MADE, "fetch.start", when=something_made),
        ),
        again="sum_again",
    ),
    choose(
        "growing",
        plural(
            "{day}: {product} {amount_of}, {count} order before the harvest.",
            "{day}: {product} {amount_of}, {count} orders before the harvest.",
        ),
        values=growing,
        options=(
            option("1", _("It is harvested"), "preorders.start"),
            option("2", _("All"), "all_at_once", when=one_of_many),
            option("3", _("One by one"), "first"),
        ),
        again="sum_again",
    ),
    fork("all_at_once", all_at_once, ways={"all": "all"}),
    choose(
        "all",
        _("All {number} orders: {amount_of} {product} by {day}. You get {gets}."),
        values=meant,
        options=MARKS,
    ),
    fork("first", first, ways=SHOWN),
    fork("following", following, ways=SHOWN),
    fork("all_of_sum", all_of_sum, ways={**SHOWN, "orders": "orders"}),
    pick(
        "orders",
        _("Which order?"),
        items=order_lines,
        save="picked",
        then="order_picked",
        again="all_of_sum",
    ),
    fork("order_picked", order_picked, ways=SHOWN),
    choose(
        "asked",
        _("{order}, {amount_of} {product}: the customer asks to cancel. Wait: we decide, and text you."),
        values=meant,
        options=(
            option("1", _("See the order"), "order"),
            option("2", NEXT, "following", when=one_of_many),
        ),
    ),
    choose("order", ORDER_GETS, values=meant, options=ONE_ORDER),
    # A dial begins with it: whoever holds the phone reads no sum.
    choose("order_first", _("{order}: {amount_of} {product} by {day}."), values=meant, options=ONE_ORDER),
    fork("buyer_of", buyer_of, ways={"buyer": "buyer"}),
    pick(
        "buyer",
        _("Order {order} is for:"),
        values=meant,
        items=buyer_lines,
        again="start",
    ),
    act("ready", mark("ready", ""), ways={"one": "one_ready", "sum": "all_ready", **CHANGED}),
    act(
        "harvested",
        mark("harvest", _("Noted: harvested.")),
        ways={"one": "order", "sum": "all", **CHANGED},
    ),
    act("packed", mark("pack", _("Noted: packed.")), ways={"one": "order", "sum": "all", **CHANGED}),
    act(
        "accept",
        mark("accept", _("Accepted. Have it ready by {day}.")),
        ways={"one": "order", "sum": "all", **CHANGED},
    ),
    choose(
        "one_ready",
        plural(
            "{order} is ready. You get {gets} by M-Pesa about {count} day after delivery.",
            "{order} is ready. You get {gets} by M-Pesa about {count} days after delivery.",
        ),
        aside=_("The rider calls you and fetches it."),
        aside_when=lambda talk: bool(this(talk)["rider"]),
        values=is_ready,
        options=(option("1", NEXT, "next", when=more_waits),),
        again="start",
    ),
    choose(
        "all_ready",
        plural(
            "{number} orders are ready. You get {gets} by M-Pesa about {count} day after each delivery.",
            "{number} orders are ready. You get {gets} by M-Pesa about {count} days after each delivery.",
        ),
        aside=_("The rider calls you and fetches it."),
        aside_when=lambda talk: bool(this(talk)["rider"]),
        values=is_ready,
        options=(option("1", NEXT, "next", when=more_waits),),
        again="start",
    ),
    COUNT_STEPS,
)
