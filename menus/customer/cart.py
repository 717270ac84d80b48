"""A customer's basket: how much, how dear, what is short; prices that have changed are agreed to first."""

from decimal import Decimal
from typing import Any

from core.carts import lines as carts_lines
from core.carts import service as carts
from core.carts.errors import CartItemUnknown
from core.carts.stock import BELOW_MINIMUM, NOT_FOR_SALE
from core.listings.errors import NotForSale
from core.money import ZERO
from locales.mark import _
from menus import parse
from menus.customer import goods
from menus.flow import act, ask, choose, flow, fork, option, pick
from menus.talk import Talk


def look(talk: Talk) -> str:
    """The basket as it stands now."""
    _read(talk)
    lines = talk.slots["lines"]
    if not lines:
        return "empty"
    return "changed" if any(goods.is_changed(line) for line in lines) else "lines"


def _read(talk: Talk) -> None:
    found = carts_lines.lines(talk.tx, talk.actor)
    talk.slots["lines"] = [goods.line_of(line) for line in found]
    talk.slots["total"] = str(sum((line.total for line in found if not line.fault), ZERO))


def ready(talk: Talk) -> str:
    """Whether all of it can be ordered; else the first line that cannot."""
    _read(talk)
    lines = talk.slots["lines"]
    wrong = next((line for line in lines if line["fault"]), None)
    if wrong is not None:
        talk.slots["line"] = wrong
        return "wrong"
    if not lines:
        return "empty"
    return "changed" if any(goods.is_changed(line) for line in lines) else "ready"


def line(talk: Talk) -> str:
    """What can be said of the picked line."""
    picked = talk.slots["line"]
    talk.slots.update(picked)
    if not picked["fault"]:
        return "fine"
    if picked["fault"] == NOT_FOR_SALE or Decimal(picked["left"]) < Decimal(picked["qty"]):
        return "gone"
    return "least" if picked["fault"] == BELOW_MINIMUM else "short"


def agree(talk: Talk) -> str:
    """She has seen today's prices and agrees (DR-602)."""
    carts.accept_prices(talk.tx, talk.actor)
    return "ok"


def change(talk: Talk) -> str:
    """Have so much of the line."""
    _set(talk, talk.slots.pop("quantity"))
    return "ok"


def take_left(talk: Talk) -> str:
    """Have what is left of it."""
    _set(talk, talk.slots["left"])
    return "ok"


def take_least(talk: Talk) -> str:
    """Have the least that its farm sells."""
    _set(talk, talk.slots["qty"])
    return "ok"


def _set(talk: Talk, quantity: str) -> None:
    carts.update(talk.tx, talk.actor, cart_item_id=talk.slots["cart_item_id"], quantity=Decimal(quantity))


def take_out(talk: Talk) -> str:
    """Have none of it."""
    carts.remove(talk.tx, talk.actor, cart_item_id=talk.slots["cart_item_id"])
    talk.note(_("Taken out."))
    return "ok"


def swap(talk: Talk) -> str:
    """Have it from another farm."""
    carts.remove(talk.tx, talk.actor, cart_item_id=talk.slots["cart_item_id"])
    return "ok"


def clear(talk: Talk) -> str:
    """Have nothing."""
    carts.clear(talk.tx, talk.actor)
    return "ok"


def how_many(talk: Talk) -> dict[str, Any]:
    """How many things there are."""
    return {"count": len(talk.slots["lines"])}


_OUT, _OTHERS = _("Take it out"), _("Other farms")
_OR_NOT = (option("2", _OUT, "take_out"), option("3", _OTHERS, "swap"))

CART = flow(
    "cart",
    fork("start", look, ways={"empty": "empty", "changed": "changed", "lines": "lines"}),
    choose("empty", _("Your basket is empty."), options=(option("1", _("Buy"), "buy.start"),)),
    pick(
        "changed",
        _("Prices have changed:"),
        items=goods.changed_prices,
        options=(
            option("70", _("I agree"), "agree"),
            option("71", _("Basket"), "lines"),
        ),
        again="start",
    ),
    act("agree", agree, ways={"ok": "start"}, quiet=True),
    pick(
        "lines",
        _("Basket: {total}. Choose a line to change it."),
        items=goods.cart_lines,
        save="line",
        then="line",
        options=(
            option("70", _("Order"), "ready"),
            option("71", _("Add"), "buy.start"),
            option("72", _("Empty"), "sure"),
        ),
        again="start",
    ),
    fork(
        "ready",
        ready,
        ways={"ready": "checkout.start", "wrong": "line", "changed": "changed", "empty": "empty"},
    ),
    fork("line", line, ways={"fine": "one", "short": "short", "least": "least", "gone": "gone"}),
    choose(
        "one",
        _("{amount_of} {product} from {farm}, {price} per {unit}: {goods}."),
        options=(option("1", _("Change how much"), "amount"), option("2", _OUT, "take_out")),
    ),
    ask(
        "amount",
        _("{product}: how many {units} in all? Now {amount_of}. Least {qty}."),
        parse=parse.quantity,
        save="quantity",
        then="change",
        number=True,
    ),
    act("change", change, ways={"ok": "start", NotForSale: "start", CartItemUnknown: "start"}),
    choose(
        "short",
        _("{product} from {farm}: only {left_of} left."),
        options=(option("1", _("Take {left_of}"), "take_left"), *_OR_NOT),
    ),
    act("take_left", take_left, ways={"ok": "start"}),
    choose(
        "least",
        _("{farm} sells {qty_of} of {product} or more."),
        options=(option("1", _("Take {qty_of}"), "take_least"), *_OR_NOT),
    ),
    act("take_least", take_least, ways={"ok": "start"}),
    choose(
        "gone",
        _("{product} from {farm} is sold out."),
        options=(option("1", _OUT, "take_out"), option("2", _OTHERS, "swap")),
    ),
    act("take_out", take_out, ways={"ok": "start", CartItemUnknown: "start"}),
    act("swap", swap, ways={"ok": "buy.near", CartItemUnknown: "buy.near"}),
    choose(
        "sure",
        _("Take everything out of the basket? Things in it: {count}"),
        values=how_many,
        options=(option("1", _("Yes, empty it"), "clear"), option("2", _("No"), "start")),
    ),
    act("clear", clear, ways={"ok": "start"}),
    title=_("your basket"),
)
