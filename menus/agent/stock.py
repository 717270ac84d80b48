"""What a farmer sells, and how much of it there is now; her agent changes stock, not price (DR-221)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.listings import for_others
from core.listings import service as listings
from locales.mark import _
from menus import parse
from menus.agent.farms import here
from menus.flow import Item, act, ask, flow, fork, option, pick
from menus.talk import Again, Talk

LINE = _("{amount_of} {product} {price}")


def look(talk: Talk) -> str:
    """Her listings as they stand now."""
    talk.slots["stock"] = [
        {
            "id": one.listing_id,
            "product": one.product_id,
            "unit": one.unit,
            "price": str(one.price),
            "amount_of": {"qty": str(one.free), "unit": one.unit, "kg": None},
        }
        for one in for_others.stock_of(talk.tx, talk.actor, farm_id=talk.slots["at"]["id"])
    ]
    return "list"


def lines(talk: Talk) -> Sequence[Item]:
    """One line a listing, also of what is sold out: it may be filled again."""
    return [Item(talk.words(LINE, **one), one) for one in talk.slots["stock"]]


def this_one(talk: Talk) -> dict[str, Any]:
    """The picked listing."""
    return dict(talk.slots["listing"])


def free(talk: Talk, answer: str) -> str:
    """How much can be sold now; nothing is an answer too. As text."""
    unit = talk.slots["listing"]["unit"]
    value = Decimal(0) if not answer.strip("0., ") else parse.number(answer)
    if value > parse.MOST:
        raise Again(parse.TOO_MANY, qty=parse.MOST)
    if value != value.to_integral() and unit not in parse.DIVISIBLE:
        raise Again(parse.WHOLE_ONLY)
    return str(value)


def fill(talk: Talk) -> str:
    """What is free to be sold from now on; the farmer is told and may take it down (HAPANA)."""
    listing, now = talk.slots["listing"], Decimal(talk.slots["free"])
    listings.set_quantity(talk.tx, talk.actor, listing_id=listing["id"], quantity=now)
    shown = {"qty": str(now), "unit": listing["unit"], "kg": None}
    talk.note(
        _("Noted: {amount_of} {product}. {farmer} gets an SMS."),
        amount_of=shown,
        product=listing["product"],
        farmer=talk.slots["at"]["farmer"],
    )
    return "ok"


STOCK = flow(
    "agent_stock",
    fork("start", look, ways={"list": "list"}),
    pick(
        "list",
        _("{farm} sells:"),
        values=here,
        items=lines,
        save="listing",
        then="free",
        empty=_("Nothing is for sale from this farm."),
        options=(option("97", _("Sell from here"), "agent_sell.start"),),
        again="start",
    ),
    ask(
        "free",
        _("{product}: {amount_of} can be sold. How many {units} are there now?"),
        values=this_one,
        parse=free,
        save="free",
        then="fill",
        number=True,
        zero=True,
    ),
    act("fill", fill, ways={"ok": "start"}),
)
