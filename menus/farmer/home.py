"""A farmer's screens: what is waiting stands first, then the menu, her listings, language and help."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.listings import service as listings
from core.orders import service as orders
from locales.mark import _
from menus.flow import Item, act, choose, flow, fork, option, pick, say
from menus.people import greeting
from menus.talk import Talk
from menus.words import NEWS

ORDER_LINE = _("Order {order}: {amount_of} {product}")
LISTING_LINE = _("{amount_of} {product} {price}")


def look_for_orders(talk: Talk) -> int:
    """Keep the paid orders that wait for this farmer among the answers; returns how many."""
    talk.slots["waiting"] = [
        {
            "id": waiting.order_item_id,
            "order": waiting.tail,
            "product": waiting.product_id,
            "amount_of": {"qty": str(waiting.quantity), "unit": waiting.unit, "kg": str(waiting.kg)},
            "gets": str(waiting.you_get),
            "day": waiting.due.isoformat(),
            "status": waiting.item_status,
            "accepted": waiting.accepted,
        }
        for waiting in orders.waiting_for_farmer(talk.tx, talk.actor)
    ]
    return len(talk.slots["waiting"])


def arrive(talk: Talk) -> str:
    """Paid orders come first, then what was cut off, then the menu."""
    if look_for_orders(talk):
        return "orders"
    return "resume" if talk.cut_off else "home"


def orders_again(talk: Talk) -> str:
    """The orders as they stand now."""
    return "orders" if look_for_orders(talk) else "none"


def order_lines(talk: Talk) -> Sequence[Item]:
    """One line an order: `Oda A3B7: 5kg Nyanya`."""
    return [Item(talk.words(ORDER_LINE, **waiting), waiting) for waiting in talk.slots["waiting"]]


def this_order(talk: Talk) -> dict[str, Any]:
    """The order that was picked."""
    return dict(talk.slots["item"])


def status_is(*statuses: str) -> Any:
    """Whether the picked order's item is in one of `statuses`."""
    return lambda talk: talk.slots["item"]["status"] in statuses


def not_accepted(talk: Talk) -> bool:
    """Whether the picked item still waits for a first word."""
    return talk.slots["item"]["status"] == "pending" and not talk.slots["item"]["accepted"]


def mark(event: str, status: str) -> Any:
    """An act that moves the picked item by `event` (I1 to I4) and leaves the screen with `status`."""

    def do(talk: Talk) -> str:
        picked = talk.slots["item"]
        orders.mark(talk.tx, talk.actor, order_item_id=picked["id"], event=event)
        talk.slots["item"] = {**picked, "status": status or picked["status"], "accepted": True}
        if event != "ready":
            talk.note(_("Noted, thank you."))
        return "ok"

    return do


def own_listings(talk: Talk) -> Sequence[Item]:
    """One line a listing that has something left."""
    return [
        Item(
            talk.words(
                LISTING_LINE,
                product=listing.product_id,
                price=listing.current_price,
                amount_of={"qty": listing.quantity_available, "unit": listing.unit, "kg": None},
            )
        )
        for listing in listings.own(talk.tx, talk.actor)
        if listing.listing_status != "inactive" and listing.quantity_available > Decimal(0)
    ]


FARMER = flow(
    "farmer",
    fork("arrive", arrive, ways={"orders": "orders", "resume": "home.resume", "home": "home"}),
    choose(
        "first",
        _("Welcome, {name}. You are registered. Do you have produce to sell now?"),
        values=greeting,
        options=(option("1", _("Sell now"), "sell.start"), option("2", _("Later"), "later")),
        top=True,
    ),
    say("later", _("Good. Dial us when you have produce to sell.")),
    fork("orders_again", orders_again, ways={"orders": "orders", "none": "no_orders"}),
    pick(
        "orders",
        _("Paid orders, waiting for you:"),
        items=order_lines,
        save="item",
        then="order",
        again="orders_again",
    ),
    choose("no_orders", _("No order waits for you now. We text you when one is paid.")),
    choose(
        "order",
        _("{order}: {amount_of} {product}. You get {gets}."),
        aside=_("Needed by {day}."),
        values=this_order,
        options=(
            option("1", _("Ready"), "ready"),
            option("2", _("Harvested"), "harvested", when=status_is("pending")),
            option("3", _("Packed"), "packed", when=status_is("pending", "harvested")),
            option("4", _("Only accept"), "accept", when=not_accepted),
        ),
    ),
    act("ready", mark("ready", "ready"), ways={"ok": "is_ready"}),
    act("harvested", mark("harvest", "harvested"), ways={"ok": "order"}),
    act("packed", mark("pack", "packed"), ways={"ok": "order"}),
    act("accept", mark("accept", ""), ways={"ok": "order"}),
    say(
        "is_ready",
        _("{order} is ready. The rider calls you and collects it. You get {gets} by M-Pesa after delivery."),
        values=this_order,
    ),
    choose(
        "home",
        _("Tunda. Welcome {name}."),
        values=greeting,
        options=(
            option("1", _("Orders"), "orders_again"),
            option("2", _("Sell"), "sell.start"),
            option("3", _("My produce"), "listings"),
            option("4", _("Language"), "home.language"),
            option("5", _("Help"), "help"),
            option("6", NEWS, "news.look"),
        ),
        top=True,
    ),
    pick(
        "listings",
        _("For sale:"),
        items=own_listings,
        empty=_("You have nothing for sale now."),
    ),
    say(
        "help",
        _(
            "Dial {dial} to sell and to see your orders. We text you when an order is paid."
            " For help, text HELP to {sms}."
        ),
        values=greeting,
    ),
)
