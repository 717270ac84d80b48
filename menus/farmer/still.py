"""A silent farmer is back: what was paused is for sale again, and she is asked about the largest (DR-815)."""

from decimal import Decimal
from typing import Any

from core.errors import NotFound
from core.listings import service as listings
from core.listings import waking
from core.money import ZERO
from locales.mark import _
from menus import parse
from menus.farmer import waiting
from menus.flow import act, ask, choose, flow, option
from menus.talk import Talk


def paused(talk: Talk) -> bool:
    """Whether her dial brings anything back; asked only of whom we have not heard today."""
    if not talk.caller.silent:
        return False
    talk.slots["paused"] = waking.paused(talk.tx, talk.actor)
    return bool(talk.slots["paused"])


def wake(talk: Talk) -> None:
    """Bring it back, and keep what she is asked about."""
    back = waking.wake(talk.tx, talk.actor, talk.slots.pop("paused"))
    if back is not None:
        talk.slots["still"] = {
            "listing": back.listing_id,
            "product": back.product_id,
            "unit": back.unit,
            "amount_of": waiting.amount(back.quantity, back.unit),
            "number": back.others,
        }


def asked(talk: Talk) -> dict[str, Any]:
    """The listing she is asked about."""
    return dict(talk.slots["still"])


def yes(talk: Talk) -> str:
    """Still so: heard of it, and nothing else changes."""
    listings.still_there(talk.tx, talk.actor, listing_id=talk.slots["still"]["listing"])
    talk.note(_("Thank you. It is for sale."))
    return _answered(talk)


def unit(talk: Talk, answer: str) -> str:
    """How much there is, in the listing's unit (as parse.quantity)."""
    talk.slots["unit"] = talk.slots["still"]["unit"]
    return parse.quantity(talk, answer)


def less(talk: Talk) -> str:
    """So much is there now."""
    return _set(talk, Decimal(talk.slots["there"]))


def none_left(talk: Talk) -> str:
    """Nothing is left of it."""
    return _set(talk, ZERO)


def _set(talk: Talk, quantity: Decimal) -> str:
    about = talk.slots["still"]
    listings.set_quantity(talk.tx, talk.actor, listing_id=about["listing"], quantity=quantity)
    if quantity:
        talk.note(_("Thank you: {amount_of} for sale."), amount_of=waiting.amount(quantity, about["unit"]))
    else:
        talk.note(_("Thank you. It is off sale."))
    return _answered(talk)


def _answered(talk: Talk) -> str:
    """Go on where there are other listings to look at, else home."""
    others = talk.slots.pop("still")["number"]
    return "others" if others else "home"


STILL = flow(
    "still",
    choose(
        "ask",
        _("Still {amount_of} {product}?"),
        aside=_("For sale again too: {number} more"),
        aside_when=lambda talk: bool(talk.slots["still"]["number"]),
        values=asked,
        options=(
            option("1", _("Yes"), "yes"),
            option("2", _("Less"), "how_much"),
            option("3", _("No"), "no"),
        ),
        waits=True,
    ),
    act("yes", yes, ways={"others": "others", "home": "farmer.home", NotFound: "farmer.home"}),
    ask(
        "how_much",
        _("{product}: how many {units} do you have?"),
        values=asked,
        parse=unit,
        save="there",
        then="less",
        number=True,
    ),
    act("less", less, ways={"others": "others", "home": "farmer.home", NotFound: "farmer.home"}),
    act("no", none_left, ways={"others": "others", "home": "farmer.home", NotFound: "farmer.home"}),
    choose(
        "others",
        _("Your other listings are for sale again too."),
        options=(option("1", _("See my produce"), "listings.start"),),
    ),
    title=_("what you still have"),
)
