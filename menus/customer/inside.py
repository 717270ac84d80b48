"""What is in an order, farm by farm, how far each line is, and taking one line out of it."""

from collections.abc import Sequence
from typing import Any

from core.orders import purchase_items
from core.orders import service as orders
from core.orders.machine import DEAD_ITEMS
from core.orders.purchase_items import PurchaseItem
from locales.mark import _
from menus.customer.purchases import THIS_ORDER, order_named
from menus.flow import Item, act, choose, flow, fork, option, pick
from menus.talk import Talk

LINE = {
    "unpaid": _("{amount_of} {product}, {farm}"),
    "pending": _("{amount_of} {product}, {farm}: not begun"),
    "asked": _("{amount_of} {product}: another farm?"),
    "late": _("{amount_of} {product}, {farm}: harvest late"),
    "accepted": _("{amount_of} {product}, {farm}: accepted"),
    "harvested": _("{amount_of} {product}, {farm}: harvested"),
    "packed": _("{amount_of} {product}, {farm}: packed"),
    "ready": _("{amount_of} {product}, {farm}: ready"),
    "picked_up": _("{amount_of} {product}, {farm}: with the rider"),
    "delivered": _("{amount_of} {product}, {farm}: delivered"),
    "rejected": _("{amount_of} {product}, {farm}: not coming"),
    "cancelled": _("{amount_of} {product}, {farm}: taken out"),
    "returned": _("{amount_of} {product}, {farm}: went back"),
    "claim_open": _("{amount_of} {product}: your complaint is open"),
    "claim_upheld": _("{amount_of} {product}: you were right, {sum} back"),
    "claim_refused": _("{amount_of} {product}: complaint not accepted"),
}


def look(talk: Talk) -> str:
    """The lines of the picked order as they stand now."""
    found = purchase_items.items(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    talk.slots["inside"] = [kept(item) for item in found]
    if talk.slots["unpaid"]:
        for line in talk.slots["inside"]:
            line["kind"] = "unpaid"
    return "list"


def kept(item: PurchaseItem) -> dict[str, Any]:
    """A line as the slots keep it."""
    status = "accepted" if item.item_status == "pending" and item.accepted else item.item_status
    status = "asked" if item.asked else "late" if item.late else status
    return {
        "id": item.order_item_id,
        "kind": f"claim_{item.claim}" if item.claim else status,
        "status": item.item_status,
        "product": item.product_id,
        "amount_of": {"qty": str(item.quantity), "unit": item.unit, "kg": str(item.kg)},
        "farm": item.farm,
        "total": str(item.total),
        "sum": str(item.refund),
        "may_leave": item.until is not None,
        "claim": item.claim,
        "until": item.claim_until.isoformat() if item.claim_until else "",
    }


def lines(talk: Talk) -> Sequence[Item]:
    """One line an item, `5kg tomatoes, Green Valley: packed`."""
    return [
        Item(talk.words(LINE[line["kind"]], **line), line, name=line["farm"]) for line in talk.slots["inside"]
    ]


def this_line(talk: Talk) -> dict[str, Any]:
    """The picked line."""
    return dict(talk.slots["line"])


def may_leave_out(talk: Talk) -> bool:
    """Whether she may take the line out by herself (I7); core decides in the end."""
    line = talk.slots["line"]
    return not talk.slots["unpaid"] and bool(line["status"] == "pending" or line["may_leave"])


def may_complain(talk: Talk) -> bool:
    """Whether something may still be said against it (O16)."""
    line = talk.slots["line"]
    return bool(line["until"] and line["claim"] != "open")


def in_line(talk: Talk) -> str:
    """A line that is over has nothing to choose, but one that she is asked about."""
    line = talk.slots["line"]
    if line["kind"] == "asked":
        talk.slots["item"] = line["id"]
        return "asked"
    return "over" if line["status"] in DEAD_ITEMS else "line"


def leave_out(talk: Talk) -> str:
    """I7: the line is taken out, free of charge; with the last one the order ends (O8)."""
    orders.cancel_item(talk.tx, talk.actor, order_item_id=talk.slots["line"]["id"])
    talk.note(_("It is taken out. You do not pay for it."))
    return "ok"


INSIDE = flow(
    "inside",
    fork("start", look, ways={"list": "list"}),
    pick("list", _("In {order}:"), items=lines, save="line", then="open", again="start"),
    fork("open", in_line, ways={"line": "line", "over": "over", "asked": "asked.replacement"}),
    choose(
        "line",
        _("{amount_of} {product} from {farm}, {total}."),
        values=this_line,
        options=(
            option("1", _("Take it out"), "sure", when=may_leave_out),
            option("2", _("Something is wrong with it"), "complain.what", when=may_complain),
        ),
    ),
    choose(
        "over", _("{amount_of} {product} from {farm} does not come. You do not pay for it."), values=this_line
    ),
    choose(
        "sure",
        _("Take {amount_of} {product} out? It costs nothing; if you have paid, {total} comes back."),
        values=this_line,
        options=(option("1", _("Yes, take it out"), "leave_out"), option("2", _("No, keep it"), "start")),
    ),
    act("leave_out", leave_out, ways={"ok": "start"}),
    title=THIS_ORDER,
    about=order_named,
)
