"""What a farmer's screens keep of her open work between two hops: the sums, one order, and which is meant.

`which` is "one" or "sum", and `one` and `sum` hold the words for either; the acts of orders.py and less.py
work on whichever it names.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.errors import DomainError, WrongState
from core.orders import board, seen
from core.orders import service as orders
from core.orders.board import OpenItem, OpenSum
from core.orders.errors import ItemUnknown, NothingToMark, ShortUnknown, SumChanged
from locales.mark import _
from menus.flow import LONGEST_LIST, When
from menus.talk import Talk

NEXT = _("Next order")
# To who answers for her.
ASKED_OF_HERS = _(
    "{order}, {amount_of} {product}: the customer asks to cancel. Better wait: the farmer is texted."
)
# Where an act leads when what she saw is not so any more.
CHANGED: dict[str | type[DomainError], str] = {
    "changed": "orders.changed",
    NothingToMark: "orders.changed",
    SumChanged: "orders.changed",
    ItemUnknown: "orders.changed",
    WrongState: "orders.changed",
    ShortUnknown: "orders.changed",
}

ONE, SUM = "one", "sum"


def look(talk: Talk) -> None:
    """Keep her open work among the answers, by one statement: the sums, what is ready, a rider's count."""
    keep(talk, board.open_items(talk.tx, talk.actor))


def keep(talk: Talk, items: Sequence[OpenItem]) -> None:
    """Keep these as her open work."""
    sums = board.summed(items)
    talk.slots["sums"] = [sum_slots(one) for one in sums[:LONGEST_LIST]]
    talk.slots["made"] = sum(not item.at_work for item in items)
    talk.forget("counted")
    for item in items:
        if item.short_id is not None and item.counted is not None and item.answer_by is not None:
            talk.slots["counted"] = {
                "short": item.short_id,
                "order": item.tail,
                "product": item.product_id,
                "amount_of": amount(item.counted, item.unit),
                "time": item.answer_by.isoformat(),
            }
            break


def sum_slots(one: OpenSum) -> dict[str, Any]:
    """A sum in the words of the screens; `only` is its order where it has but one."""
    first = one.first
    return {
        "farmer": first.farmer,
        "farmer_id": first.farmer_id,
        "product": first.product_id,
        "unit": first.unit,
        "day": first.due.isoformat(),
        "amount_of": amount(one.quantity, first.unit, one.kg),
        "seen": str(one.quantity),
        "qty": str(one.quantity),
        "number": one.orders if one.orders > 1 else len(one.items),
        "gets": str(one.you_get),
        "marks": one.marks,
        "left": one.asked,
        "growing": one.expected is not None,
        "rider": all(item.way == "rider" for item in one.items),
        "only": order_slots(first) if len(one.items) == 1 else None,
    }


def order_slots(item: OpenItem) -> dict[str, Any]:
    """One order in the words of the screens."""
    return {
        "item": item.order_item_id,
        "farmer": item.farmer,
        "order": item.tail,
        "product": item.product_id,
        "unit": item.unit,
        "day": item.due.isoformat(),
        "amount_of": amount(item.quantity, item.unit, item.kg),
        "seen": str(item.quantity),
        "gets": str(item.you_get),
        "marks": item.marks,
        "asked": item.cancel_asked,
        "rider": item.way == "rider",
    }


def amount(quantity: Decimal, unit: str, kg: Decimal | None = None) -> dict[str, Any]:
    """The value of the slot `amount_of`."""
    return {"qty": str(quantity), "unit": unit, "kg": str(kg) if kg is not None else None}


def this(talk: Talk) -> dict[str, Any]:
    """The order or sum that is meant."""
    return dict(talk.slots[talk.slots["which"]])


def mean_one(talk: Talk, item: OpenItem) -> str:
    """From here on this order is meant; "asked" if its customer wants to cancel it, else "order"."""
    talk.slots["one"], talk.slots["which"] = order_slots(item), ONE
    return "asked" if item.cancel_asked else "order"


def mean_only(talk: Talk, picked: dict[str, Any]) -> str:
    """A sum was picked: its one order, all of it, or what still grows is meant."""
    talk.slots["sum"] = picked
    if picked["growing"]:
        talk.slots["which"] = SUM
        return "growing"
    if picked["only"] is not None:
        talk.slots["one"], talk.slots["which"] = picked["only"], ONE
        return "asked" if picked["only"]["asked"] else "order"
    talk.slots["which"] = SUM
    talk.forget("one")
    return "sum"


def of_sum(talk: Talk, items: Sequence[OpenItem]) -> list[OpenItem]:
    """Those of `items` that belong to the sum that is meant, oldest order first."""
    meant = talk.slots["sum"]
    return [
        item
        for item in items
        if item.at_work
        and item.product_id == meant["product"]
        and item.unit == meant["unit"]
        and item.due == date.fromisoformat(meant["day"])
        and (not item.farmer or item.farmer_id == meant["farmer_id"])
    ]


def still_so(talk: Talk, items: Sequence[OpenItem] | None = None) -> bool:
    """Whether what is meant is still as she saw it, among `items` or hers; the core looks again, locked."""
    meant = this(talk)
    if items is None:
        items = board.open_items(talk.tx, talk.actor)
    if talk.slots["which"] == ONE:
        found = [item for item in items if item.order_item_id == meant["item"] and item.at_work]
    else:
        found = of_sum(talk, items)
    return bool(found) and sum((item.quantity for item in found), Decimal(0)) == Decimal(meant["seen"])


def mark_meant(talk: Talk, event: str, *, farmer_id: int | None = None) -> None:
    """`event` happens to what is meant; to a sum only if it is still the one that was shown (DR-801)."""
    meant = this(talk)
    if talk.slots["which"] == ONE:
        orders.mark(talk.tx, talk.actor, order_item_id=meant["item"], event=event)
        return
    seen.mark_sum(
        talk.tx,
        talk.actor,
        product_id=meant["product"],
        day=date.fromisoformat(meant["day"]),
        unit=meant["unit"],
        event=event,
        seen=Decimal(meant["seen"]),
        farmer_id=farmer_id,
    )


def can(mark: str) -> When:
    """Whether this mark (a, h or p) would say something new of what is meant."""
    return lambda talk: mark in this(talk)["marks"]


def one_of_many(talk: Talk) -> bool:
    """Whether she goes through the orders of a sum one by one."""
    return bool(talk.slots.get("sum") and talk.slots["sum"]["only"] is None)


def something_made(talk: Talk) -> bool:
    """Whether anything is ready, or on its way."""
    return bool(talk.slots.get("made"))


def more_waits(talk: Talk) -> bool:
    """Whether there is a way on after this: other orders, or the question that a silent farmer is asked."""
    return bool(talk.slots.get("sums") or talk.slots.get("still"))


def payday(talk: Talk) -> int:
    """In how many days after the delivery she is paid: the hold, and then the next daily run (DR-1301)."""
    hold = talk.parts.settings.value("payout.hold_hours")
    return int(-(-hold // 24) + 1)
