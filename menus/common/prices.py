"""What the market pays near me, how that moved, where it pays most; always with market and month (DR-507)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.following import hers as own_follows
from core.following import near
from core.following import service as following
from core.insights import lists
from core.listings import hers as own_listings
from core.locations import hers as own_places
from locales.mark import _
from menus.common.places import ward_steps
from menus.common.produce import product_items, product_steps
from menus.flow import Choose, Item, Option, act, choose, flow, fork, option, pick
from menus.talk import Talk

MOST_OWN = 9
FARMER = "farmer"
RETAIL, WHOLESALE = _("retail"), _("wholesale")
PAYS = _("{price} {where} {km}km, {month}")


def start(talk: Talk) -> str:
    """Where she is, and of what she may want the price: what she sells and what she follows."""
    talk.session.slots = {}
    return know_ward(talk)


def know_ward(talk: Talk) -> str:
    """The ward of her usual place, asked only where she has none."""
    ward = own_places.ward_of(talk.tx, talk.actor)
    if ward is None:
        return "nowhere"
    talk.slots["ward"] = ward
    return "ok"


def what(talk: Talk) -> str:
    """Whether she has said already of what she wants the price."""
    return "known" if "product" in talk.slots else "ask"


def her_own(talk: Talk) -> str:
    """Keep the products she sells and follows; without any she is asked for letters."""
    sold = own_listings.before(talk.tx, talk.actor) if talk.caller.role == FARMER else []
    followed = own_follows.followed(talk.tx, talk.actor)
    ids = dict.fromkeys([*(one.product_id for one in sold), *(one.product_id for one in followed)])
    talk.slots.update(own=list(ids)[:MOST_OWN], followed=[one.product_id for one in followed])
    return "some" if ids else "none"


def another(talk: Talk) -> str:
    """Back to where the product was asked."""
    return "look" if "own" not in talk.slots else "own" if talk.slots["own"] else "ask"


def own_items(talk: Talk) -> Sequence[Item]:
    """The products of slot `own`."""
    return product_items(talk, talk.slots["own"])


def look(talk: Talk) -> str:
    """The price near her, and how it moved against the figure before."""
    answers = talk.slots
    if "ward" not in answers and know_ward(talk) == "nowhere":
        return "nowhere"
    county = talk.parts.places.get(answers["ward"]).county_code
    now = lists.in_county(talk.tx, product_id=answers["product"], county_code=county)
    if "followed" not in answers:
        answers["followed"] = [one.product_id for one in own_follows.followed(talk.tx, talk.actor)]
    if now is None:
        return nearest(talk)
    moved = (now.change_percent or Decimal(0)).quantize(Decimal(1), ROUND_HALF_UP)
    answers["shown"] = {
        "product": answers["product"],
        "price": str(now.price),
        "unit": now.unit,
        "where": now.market,
        "month": now.month.isoformat(),
        "kind": now.price_type,
        "market": str(now.before),
        "percent": str(abs(moved)),
    }
    if now.before is None:
        return "alone"
    return "up" if moved > 0 else "down" if moved < 0 else "same"


def nearest(talk: Talk) -> str:
    """No market says anything: the nearest that is for sale, wherever it is (DR-506)."""
    answers = talk.slots
    found = near.nearest(talk.tx, answers["product"], answers["ward"])
    answers["shown"] = {"product": answers["product"]}
    if found is None:
        return "nothing"
    answers["shown"] |= {
        "price": str(found.price),
        "unit": found.unit,
        "place": found.place,
        "km": str(found.km),
    }
    return "for_sale"


def shown(talk: Talk) -> dict[str, Any]:
    """What was found, with the kind of price in the phone's words."""
    found = dict(talk.slots["shown"])
    if "kind" in found:
        found["kind"] = talk.words(WHOLESALE if found["kind"] == "wholesale" else RETAIL)
    return found


def dearest(talk: Talk) -> str:
    """The markets that pay most, kept so that their lines stay the same while she turns the pages."""
    answers = talk.slots
    here = talk.parts.places.get(answers["ward"]).point
    found = lists.dearest(talk.tx, product_id=answers["product"], here=here, unit=answers["shown"]["unit"])
    answers["markets"] = [
        talk.words(PAYS, price=one.price, where=one.market, km=one.km, month=one.month) for one in found
    ]
    return "ok"


def market_lines(talk: Talk) -> Sequence[Item]:
    """The lines, the dearest first."""
    return [Item(label) for label in talk.slots["markets"]]


def follow(talk: Talk) -> str:
    """Hear of the product near her (DR-506)."""
    answers = talk.slots
    following.follow(talk.tx, talk.actor, product_id=answers["product"], ward_code=answers["ward"])
    answers["followed"] = [*answers["followed"], answers["product"]]
    talk.note(_("You follow it now: we text you."))
    return "ok"


def not_follows(talk: Talk) -> bool:
    """Whether she does not follow the product yet."""
    return talk.slots["product"] not in talk.slots["followed"]


def sells(talk: Talk) -> bool:
    """Whether she is a farmer."""
    return talk.caller.role == FARMER


CHOICES: tuple[Option, ...] = (
    option("2", _("Follow it"), "follow", when=not_follows),
    option("3", _("Another"), "another"),
    option("4", _("Sell it"), "sell.this", when=sells),
)
PRICED = (option("1", _("Best markets"), "dearest"), *CHOICES)
NOW = _("{product}: {price} per {unit}, {kind}, {where}, {month}.")


def priced(name: str, aside: str) -> Choose:
    """The price near me, and in one line how it moved."""
    return choose(name, NOW, values=shown, aside=aside, options=PRICED, again="look")


PRICES = flow(
    "prices",
    fork("start", start, ways={"ok": "her_own", "nowhere": "ward"}),
    ward_steps(then="what"),
    fork("what", what, ways={"known": "look", "ask": "her_own"}),
    fork("another", another, ways={"own": "own", "ask": "product", "look": "her_own"}),
    fork("her_own", her_own, ways={"some": "own", "none": "product"}),
    pick(
        "own",
        _("Price of what?"),
        items=own_items,
        save="product",
        then="look",
        options=(option("97", _("Another product"), "product"),),
        again="her_own",
    ),
    product_steps(_("Price of what? Write its name, for example: tomatoes"), then="look"),
    fork(
        "look",
        look,
        ways={
            **{name: name for name in ("up", "down", "same", "alone", "for_sale", "nothing")},
            "nowhere": "ward",
        },
    ),
    priced("up", _("Before: {market} (+{percent}%)")),
    priced("down", _("Before: {market} (-{percent}%)")),
    priced("same", _("Before: the same.")),
    priced("alone", ""),
    choose(
        "for_sale",
        _("No market price of {product} now. Nearest farm that sells: {place}, {km}km, {price} per {unit}."),
        values=shown,
        options=CHOICES,
        again="look",
    ),
    choose(
        "nothing",
        _("No market price of {product} now, and nobody sells it yet. Follow it, and we text you."),
        values=shown,
        options=CHOICES,
        again="look",
    ),
    fork("dearest", dearest, ways={"ok": "markets"}),
    pick(
        "markets",
        _("{product}, one {unit}, the dearest first:"),
        values=shown,
        items=market_lines,
    ),
    act("follow", follow, ways={"ok": "look"}),
    title=_("market prices"),
)
