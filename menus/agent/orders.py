"""What waits at a farm or at all of them: one by one, or all in one go; the farmer gets one SMS (DR-221)."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.orders import for_others
from core.orders import service as orders
from core.orders.errors import NothingToMark
from locales.mark import _, plural
from menus.agent.farms import here
from menus.farmer.waiting import ASKED_OF_HERS
from menus.flow import Item, When, act, choose, flow, fork, option, pick
from menus.talk import Talk

CHANGED = _("This has changed meanwhile.")
SOME_ASKED = _("Customers who ask to cancel: {number}")
LINE = _("{order}: {amount_of} {product}, {day}")


def look(talk: Talk) -> str:
    """The items that wait at this farm, or at all; kept, so that a number keeps its meaning."""
    found = for_others.items_of(talk.tx, talk.actor, farm_id=talk.slots["at"]["id"])[:49]
    talk.slots["items"] = [
        {
            "id": one.order_item_id,
            "order": one.tail,
            "farm": one.farm,
            "product": one.product_id,
            "amount_of": {"qty": str(one.quantity), "unit": one.unit, "kg": str(one.kg)},
            "day": one.due.isoformat(),
            "status": one.item_status,
            "accepted": one.accepted,
            "asked": one.cancel_asked,
        }
        for one in found
    ]
    left = sum(not item["accepted"] for item in talk.slots["items"])
    talk.slots["at"] = {**talk.slots["at"], "count": len(found), "left": left}
    if not found:
        return "none"
    return "all" if talk.slots["at"]["id"] == 0 else "list"


def lines(talk: Talk) -> Sequence[Item]:
    """One line an item."""
    return [Item(talk.words(LINE, **item), item) for item in talk.slots["items"]]


def this_item(talk: Talk) -> dict[str, Any]:
    """The picked item."""
    return dict(talk.slots["item"])


def status_is(*statuses: str) -> When:
    """Whether the picked item is in one of `statuses`."""
    return lambda talk: talk.slots["item"]["status"] in statuses


def picked(talk: Talk) -> str:
    """Whether its customer asks to cancel the picked item ("asked")."""
    return "asked" if talk.slots["item"]["asked"] else "item"


def asked(talk: Talk, event: str) -> int:
    """How many of those that one word is about their customers ask to cancel."""
    return sum(item["asked"] for item in talk.slots["items"] if event == "ready" or not item["accepted"])


def sure(event: str) -> Callable[[Talk], dict[str, Any]]:
    """Where it is, how many, and of how many the customers ask to cancel (`number`)."""
    return lambda talk: {**here(talk), "number": asked(talk, event)}


def some_asked(event: str) -> When:
    """Whether a customer asks to cancel one of them."""
    return lambda talk: asked(talk, event) > 0


def unaccepted(talk: Talk) -> bool:
    """Whether the picked item still waits for a first word."""
    return talk.slots["item"]["status"] == "pending" and not talk.slots["item"]["accepted"]


def some_unaccepted(talk: Talk) -> bool:
    """Whether some of them wait for a first word."""
    return bool(talk.slots["at"]["left"])


def still_so(talk: Talk, shown: Sequence[Mapping[str, Any]]) -> bool:
    """Whether these items still wait, each with the amount that the screen had."""
    found = for_others.items_of(talk.tx, talk.actor, farm_id=talk.slots["at"]["id"])
    now = {one.order_item_id: one.quantity for one in found}
    return all(now.get(item["id"]) == Decimal(item["amount_of"]["qty"]) for item in shown)


def mark(event: str) -> Callable[[Talk], str]:
    """An act that moves the picked item; the farmer is told by SMS."""

    def do(talk: Talk) -> str:
        if not still_so(talk, [talk.slots["item"]]):
            talk.note(CHANGED)
            return "ok"
        orders.mark(talk.tx, talk.actor, order_item_id=talk.slots["item"]["id"], event=event)
        talk.note(_("Noted. The farmer gets an SMS."))
        return "ok"

    return do


def mark_all(event: str) -> Callable[[Talk], str]:
    """An act that moves everything that was shown, each farmer told once."""

    def do(talk: Talk) -> str:
        if not still_so(talk, talk.slots["items"]):
            talk.note(CHANGED)
            return "ok"
        done = for_others.mark_all(
            talk.tx,
            talk.actor,
            event=event,
            farm_id=talk.slots["at"]["id"],
            seen=[item["id"] for item in talk.slots["items"]],
        )
        talk.note(_("Noted for {count}. Each farmer gets one SMS."), count=done.items)
        return "ok"

    return do


ALL_READY = option("96", _("All are ready"), "sure_ready")
ACCEPT_ALL = option("95", _("Accept all"), "sure_accept", when=some_unaccepted)

ORDERS = flow(
    "agent_orders",
    fork("start", look, ways={"list": "list", "all": "every", "none": "nothing"}),
    fork("all", look, ways={"list": "list", "all": "every", "none": "nothing"}),
    choose(
        "nothing",
        _("Nothing waits now. We text the farmer when an order is paid."),
        options=(option("1", _("My farms"), "agent.start"),),
    ),
    pick(
        "list",
        _("{farm}, to prepare:"),
        values=here,
        items=lines,
        save="item",
        then="picked",
        options=(ACCEPT_ALL, ALL_READY),
        again="start",
    ),
    pick(
        "every",
        _("All farms, to prepare:"),
        items=lines,
        save="item",
        then="picked",
        options=(ACCEPT_ALL, ALL_READY),
        again="start",
    ),
    fork("picked", picked, ways={"item": "item", "asked": "asked"}),
    choose("asked", ASKED_OF_HERS, values=this_item, options=(option("1", _("See the order"), "item"),)),
    choose(
        "item",
        _("{farm} {order}: {amount_of} {product}. Needed by {day}."),
        values=this_item,
        options=(
            option("1", _("Ready"), "ready"),
            option("2", _("Harvested"), "harvested", when=status_is("pending")),
            option("3", _("Packed"), "packed", when=status_is("pending", "harvested")),
            option("4", _("Only accept"), "accept", when=unaccepted),
        ),
    ),
    act("ready", mark("ready"), ways={"ok": "start"}),
    act("harvested", mark("harvest"), ways={"ok": "start"}),
    act("packed", mark("pack"), ways={"ok": "start"}),
    act("accept", mark("accept"), ways={"ok": "start"}),
    choose(
        "sure_ready",
        plural(
            "Say that the {count} is packed and ready? A rider comes for it.",
            "Say that all {count} are packed and ready? Riders come for them.",
        ),
        values=sure("ready"),
        aside=SOME_ASKED,
        aside_when=some_asked("ready"),
        options=(option("1", _("Yes, all are ready"), "all_ready"),),
    ),
    choose(
        "sure_accept",
        _("Accept all that have no answer yet ({left})? The farmer must have the goods."),
        values=sure("accept"),
        aside=SOME_ASKED,
        aside_when=some_asked("accept"),
        options=(option("1", _("Yes, accept all"), "all_accepted"),),
    ),
    act("all_ready", mark_all("ready"), ways={"ok": "start", NothingToMark: "start"}),
    act("all_accepted", mark_all("accept"), ways={"ok": "start", NothingToMark: "start"}),
    title=_("orders at a farm"),
    in_a_line=True,
)
