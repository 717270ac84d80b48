"""Following a product: heard of when there is some near, and when its price moves (DR-506, DR-504)."""

from collections.abc import Sequence
from typing import Any

from core.following import hers as own_follows
from core.following import service as following
from core.locations import hers as own_places
from locales.mark import _
from menus.common.places import ward_steps
from menus.common.produce import product_steps
from menus.flow import Item, act, choose, flow, fork, option, pick
from menus.talk import Talk

NEAR = _("{product}, {place}")


def look(talk: Talk) -> str:
    """What she follows as it stands now."""
    talk.session.slots = {}
    found = own_follows.followed(talk.tx, talk.actor)
    talk.slots["follows"] = [
        {"product": one.product_id, "place": one.ward, "ward": one.ward_code} for one in found
    ]
    return "list" if found else "none"


def lines(talk: Talk) -> Sequence[Item]:
    """One line for each product, with the ward near which."""
    return [Item(talk.words(NEAR, **one), one) for one in talk.slots["follows"]]


def this_one(talk: Talk) -> dict[str, Any]:
    """The one that is open."""
    return dict(talk.slots["followed_one"])


def price_of(talk: Talk) -> str:
    """Its product and ward are what a look at its price needs."""
    one = talk.slots["followed_one"]
    talk.slots.update(product=one["product"], ward=one["ward"])
    return "ok"


def where(talk: Talk) -> str:
    """Near which ward: her usual place's, asked only where she has none."""
    ward = own_places.ward_of(talk.tx, talk.actor)
    if ward is None:
        return "nowhere"
    talk.slots["ward"] = ward
    return "ok"


def follow(talk: Talk) -> str:
    """Hear of it from now on."""
    answers = talk.slots
    following.follow(talk.tx, talk.actor, product_id=answers["product"], ward_code=answers["ward"])
    place = talk.parts.places.get(answers["ward"]).ward
    answers["followed_one"] = {"product": answers["product"], "place": place, "ward": answers["ward"]}
    return "ok"


def unfollow(talk: Talk) -> str:
    """Hear no more of it."""
    following.unfollow(talk.tx, talk.actor, product_id=talk.slots["followed_one"]["product"])
    talk.note(_("You follow it no more."))
    return "ok"


FOLLOW = flow(
    "follow",
    fork("start", look, ways={"list": "list", "none": "product"}),
    pick(
        "list",
        _("You follow:"),
        items=lines,
        save="followed_one",
        then="one",
        options=(option("97", _("Follow another"), "product"),),
        again="start",
    ),
    product_steps(
        _("Follow what? We text you when some is for sale near you or its price moves. Write its name:"),
        then="where",
    ),
    fork("where", where, ways={"ok": "follow", "nowhere": "ward"}),
    ward_steps(then="follow"),
    act("follow", follow, ways={"ok": "done"}),
    choose(
        "done",
        _("You follow {product} near {place}. We text you when some is for sale or its price moves."),
        values=this_one,
        options=(option("1", _("Price now"), "price"), option("2", _("Follow another"), "product")),
        again="start",
    ),
    choose(
        "one",
        _("You follow {product} near {place}."),
        values=this_one,
        options=(option("1", _("Price now"), "price"), option("2", _("Stop following"), "unfollow")),
        again="start",
    ),
    fork("price", price_of, ways={"ok": "prices.look"}),
    act("unfollow", unfollow, ways={"ok": "start"}),
    title=_("following a product"),
)
