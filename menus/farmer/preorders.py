"""Pre-orders: of what still grows, how much is promised against what is expected (DR-406, DR-407)."""

from collections.abc import Sequence

from core.listings import hers
from core.listings.hers import OwnListing
from core.orders import promises
from core.orders.promises import Promise
from locales.mark import _
from menus.flow import Item, choose, flow, fork, option, pick
from menus.talk import Talk

PROMISED_OF = _("{product} {day} {month}: {qty} of {amount_of}")


def look(talk: Talk) -> str:
    """What grows, the nearest day first, with what is promised of it; two looks."""
    growing = [one for one in hers.up(talk.tx, talk.actor) if one.growing]
    promised = promises.promised(talk.tx, talk.actor)
    by_day = sorted(growing, key=lambda one: (str(one.expected), one.listing_id))
    talk.slots["expected_ones"] = [
        [one.listing_id, _line(talk, one, promised.get(one.listing_id, Promise()))] for one in by_day
    ]
    return "list" if by_day else "none"


def lines(talk: Talk) -> Sequence[Item]:
    """One line for each harvest to come."""
    return [Item(label, listing_id) for listing_id, label in talk.slots["expected_ones"]]


def _line(talk: Talk, one: OwnListing, promised: Promise) -> str:
    in_all = {"qty": one.left + promised.quantity, "unit": one.unit, "kg": None}
    day = {"day": one.expected, "month": one.expected}
    return talk.words(PROMISED_OF, product=one.product_id, qty=promised.quantity, amount_of=in_all, **day)


PREORDERS = flow(
    "preorders",
    fork("start", look, ways={"list": "list", "none": "none"}),
    pick(
        "list",
        _("Promised, of what you expect:"),
        items=lines,
        save="listing",
        then="listings.open",
        again="start",
    ),
    choose(
        "none",
        _("Nothing of yours is sold ahead now. You can sell what still grows: choose its harvest day."),
        options=(option("1", _("Sell"), "sell.start"),),
    ),
    title=_("your produce"),
    in_a_line=True,
)
