"""What a farmer sells, and how much of it there is now; her agent changes stock, not price (DR-221)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.errors import WrongState
from core.listings import for_others
from core.listings import service as listings
from locales.mark import _
from menus import parse
from menus.agent.farms import here
from menus.flow import Item, act, ask, choose, flow, fork, option, pick
from menus.talk import Again, Talk

LINE = _("{amount_of} {product} {price}")
GROWING = _("{amount_of} {product}, {day} {month}")


def look(talk: Talk) -> str:
    """Her listings as they stand now."""
    talk.slots["stock"] = [
        {
            "id": one.listing_id,
            "product": one.product_id,
            "unit": one.unit,
            "price": str(one.price),
            "amount_of": {"qty": str(one.free), "unit": one.unit, "kg": None},
            "day": one.expected and one.expected.isoformat(),
            "month": one.expected and one.expected.isoformat(),
        }
        for one in for_others.stock_of(talk.tx, talk.actor, farm_id=talk.slots["at"]["id"])
    ]
    return "list"


def lines(talk: Talk) -> Sequence[Item]:
    """One line a listing, also of what is sold out: it may be filled again."""
    return [Item(talk.words(GROWING if one["day"] else LINE, **one), one) for one in talk.slots["stock"]]


def which(talk: Talk) -> str:
    """Of what still grows the harvest is noted; of all else what is there now."""
    return "growing" if talk.slots["listing"]["day"] else "free"


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


def in_all(talk: Talk) -> dict[str, Any]:
    """The harvest as he has counted it."""
    listing = this_one(talk)
    return {**listing, "amount_of": {"qty": talk.slots["free"], "unit": listing["unit"], "kg": None}}


def harvest(talk: Talk) -> str:
    """L3: orders share it, the oldest first (DR-407); the farmer is told."""
    listing, there = talk.slots["listing"], Decimal(talk.slots["free"])
    listings.harvested(talk.tx, talk.actor, listing["id"], there)
    talk.note(_("Noted. The farmer gets an SMS."))
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
        then="which",
        empty=_("Nothing is for sale from this farm."),
        options=(option("97", _("Sell from here"), "agent_sell.start"),),
        again="start",
    ),
    fork("which", which, ways={"free": "free", "growing": "growing"}),
    ask(
        "growing",
        _("{product}: how many {units} were harvested in all, promised or not?"),
        values=this_one,
        parse=free,
        save="free",
        then="harvest_sure",
        number=True,
        zero=True,
    ),
    choose(
        "harvest_sure",
        _("{product}: {amount_of} harvested in all? Who ordered first gets it; the others are paid back."),
        values=in_all,
        options=(option("1", _("Yes"), "harvest"), option("2", _("No"), "growing")),
    ),
    act("harvest", harvest, ways={"ok": "start", WrongState: "start"}),
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
    title=_("what a farm sells"),
    in_a_line=True,
)
