"""Something was wrong with what came: which thing, what is wrong, what she wants; then our people (O16)."""

from collections.abc import Sequence
from typing import Any

from core.deliveries import purchases
from core.orders import purchase_items
from core.orders import service as orders
from core.orders.cash_rules import CASH
from core.users import payees_look
from locales.mark import _
from menus import parse
from menus.customer.inside import kept, this_line
from menus.customer.purchases import order_named
from menus.flow import Item, act, ask, choose, flow, fork, option, pick
from menus.talk import Talk

LONGEST = 110
LINE = _("{amount_of} {product}, {farm}")
SAY_WHAT = _("Write it in a few words, for example: half of it rotten.")


def what_came(talk: Talk) -> str:
    """The lines about which something may still be said (O16), each with its own time."""
    found = purchase_items.items(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    came = [item for item in found if item.item_status == "delivered"]
    lines = [kept(item) for item in came if item.claim_until and item.claim != "open"]
    talk.slots["lines"] = lines
    if len(lines) == 1:
        talk.slots["line"] = lines[0]
        return "one"
    if lines:
        return "many"
    return "open" if any(item.claim == "open" for item in came) else "late"


def which(talk: Talk) -> Sequence[Item]:
    """One line a thing that came."""
    return [Item(talk.words(LINE, **line), line) for line in talk.slots["lines"]]


def until(talk: Talk) -> dict[str, Any]:
    """The thing, and until when she may say something about it."""
    line = talk.slots["line"]
    return {**line, "day": line["until"], "time": line["until"]}


def complaint(talk: Talk, answer: str) -> str:
    """What is wrong, in her own words."""
    return parse.in_words(answer, LONGEST, SAY_WHAT, letters=3)


def send(talk: Talk) -> str:
    """Our people get it, and its farmer is not paid for it until they have decided."""
    wrong, wish = str(talk.slots["wrong"]), str(talk.slots["want"])
    orders.open_claim(
        talk.tx, talk.actor, order_item_id=talk.slots["line"]["id"], reason=f"{wrong}; wants {wish}"
    )
    talk.forget("wrong", "want")
    if not wish.endswith("money back") or not _paid_in_cash(talk):
        return "ok"
    talk.slots["phone"] = payees_look.mine(talk.tx, talk.actor, purpose="refund").number
    return "cash"


def _paid_in_cash(talk: Talk) -> bool:
    """What was paid at the door can only go back to a number of hers (DR-807)."""
    order = purchases.one(talk.tx, talk.actor, order_id=talk.slots["purchase"])
    return order.payment_method == CASH


def wrong(reason: str) -> dict[str, Any]:
    """What is wrong, as our people read it."""
    return {"wrong": reason}


def want(wish: str) -> dict[str, Any]:
    """What she wants, as our people read it."""
    return {"want": wish}


COMPLAIN = flow(
    "complain",
    fork("start", what_came, ways={"one": "what", "many": "which", "open": "open", "late": "late"}),
    pick("which", _("Which of them is not right?"), items=which, save="line", then="what", again="start"),
    choose(
        "what",
        _("{amount_of} {product}: what is wrong?"),
        values=this_line,
        options=(
            option("1", _("Spoiled or bad"), "want", sets=wrong("spoiled or bad")),
            option("2", _("Too little"), "want", sets=wrong("less than paid for")),
            option("3", _("Not what I ordered"), "want", sets=wrong("not what was ordered")),
            option("4", _("It never came"), "want", sets=wrong("never came")),
            option("5", _("Something else"), "words"),
        ),
    ),
    ask(
        "words",
        _("What is wrong? Write it in a few words."),
        parse=complaint,
        save="wrong",
        then="want",
        free=True,
    ),
    choose(
        "want",
        _("What shall we do?"),
        aside=_("Tell us by {day}, {time}."),
        values=until,
        options=(
            option("1", _("Give me my money back"), "send", sets=want("all the money back")),
            option("2", _("Give me a part of it back"), "send", sets=want("a part of the money back")),
            option("3", _("Bring it again"), "send", sets=want("it brought again")),
            option("4", _("Nothing, only note it"), "send", sets=want("only to say so")),
        ),
    ),
    act("send", send, ways={"ok": "sent", "cash": "sent_cash"}),
    choose(
        "sent_cash",
        _("Thank you, we have it. Our people decide and text you. What comes back goes to {phone}."),
        options=(
            option("1", _("Back to the order"), "purchases.look_past"),
            option("2", _("Another number"), "payee.start"),
        ),
    ),
    choose(
        "sent",
        _("Thank you, we have it. {farm} is not paid for it until our people have decided. We text you."),
        values=this_line,
        options=(option("1", _("Back to the order"), "purchases.look_past"),),
    ),
    choose("open", _("{order}: we have your complaint. Our people decide and text you.")),
    choose("late", _("{order}: it is too late to complain of it. Give it the stars that it earns.")),
    title=_("what is wrong with {order}"),
    about=order_named,
)
