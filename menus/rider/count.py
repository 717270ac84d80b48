"""Less is there than the order says: what, and how much came; the farmer is asked (I8)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from locales.mark import _
from menus import parse
from menus.flow import Item, ask, choose, flow, fork, option, pick
from menus.rider.job import GOODS_LINE
from menus.rider.stops import TITLE, about
from menus.talk import Again, Talk

NOT_MORE = _("That is more than the order says: {qty}.")


def start(talk: Talk) -> str:
    """Which one is asked only where there are several."""
    talk.slots["counted"] = {}
    goods = talk.slots["stop"]["goods"]
    if len(goods) > 1:
        return "several"
    talk.slots["goods"] = goods[0]
    return "one"


def lines(talk: Talk) -> Sequence[Item]:
    """What should be there."""
    return [Item(talk.words(GOODS_LINE, **goods), goods) for goods in talk.slots["stop"]["goods"]]


def this_one(talk: Talk) -> dict[str, Any]:
    """The goods that are counted, and the farmer who is asked."""
    return {
        **talk.slots["goods"],
        "qty": talk.slots.get("there", "0"),
        "farmer": talk.slots["stop"]["person"],
    }


def counted(talk: Talk, answer: str) -> str:
    """How many are there: nothing, up to what the order says. As text."""
    goods = talk.slots["goods"]
    value = Decimal(0) if not answer.strip("0., ") else parse.number(answer)
    if value > Decimal(goods["qty"]):
        raise Again(NOT_MORE, qty=goods["qty"])
    if value != value.to_integral() and goods["unit"] not in parse.DIVISIBLE:
        raise Again(parse.WHOLE_ONLY)
    return str(value)


def noted(talk: Talk) -> str:
    """Keep the count; where all of it is there, nothing is less."""
    goods, there = talk.slots["goods"], talk.slots["there"]
    others = {k: v for k, v in talk.slots["counted"].items() if k != str(goods["item"])}
    if Decimal(there) == Decimal(goods["qty"]):
        talk.slots["counted"] = others
        talk.note(_("Then all of it is there."))
        return "less" if others else "all"
    talk.slots["counted"] = {**others, str(goods["item"]): there}
    return "less"


def several(talk: Talk) -> bool:
    """Whether there is more than one thing to count."""
    return len(talk.slots["stop"]["goods"]) > 1


COUNT = flow(
    "count",
    fork("start", start, ways={"one": "many", "several": "which"}),
    pick("which", _("What is missing?"), items=lines, save="goods", then="many"),
    ask(
        "many",
        _("{product}: {amount_of} should be there. How many {units} are there?"),
        values=this_one,
        parse=counted,
        save="there",
        then="noted",
        number=True,
        zero=True,
    ),
    fork("noted", noted, ways={"less": "sure", "all": "job.pickup"}),
    choose(
        "sure",
        _("{product}: {qty} of {amount_of}. You carry what is there, we ask {farmer}."),
        values=this_one,
        options=(
            option("1", _("Yes, I have it"), "job.picked_up"),
            option("2", _("Count again"), "many"),
            option("3", _("Another is short"), "which", when=several),
        ),
    ),
    title=TITLE,
    about=about,
)
