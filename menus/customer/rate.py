"""Stars for what came: one number for all of it, or thing by thing, the rider too; words if she likes."""

from collections.abc import Sequence
from typing import Any

from core.reviews import service as reviews
from core.reviews import waiting
from core.reviews.rules import LONGEST_TEXT
from locales.mark import _
from menus import parse
from menus.flow import Item, Option, act, ask, choose, flow, fork, option, pick
from menus.talk import Talk

LINE = _("{order}: {product}, {day}")
LINE_AND_MORE = _("{order}: {product} and more, {day}")
PRODUCT = _("{product}, {farm}")
RIDER = _("The rider, {rider}")
WRITE_IT = _("Write a few words, for example: very fresh.")
STARS = (_("Bad"), _("Poor"), _("Fair"), _("Good"), _("Very good"))


def look(talk: Talk) -> str:
    """Her orders that are not rated yet; one alone is opened at once."""
    skipped = talk.slots.get("skipped", [])
    found = [order for order in waiting.orders(talk.tx, talk.actor) if order.order_id not in skipped]
    talk.slots["unrated"] = [_kept(order) for order in found]
    if len(found) == 1:
        talk.slots["rated"] = talk.slots["unrated"][0]
        return _screen_of(talk)
    return "many" if found else "none"


def look_at_this(talk: Talk) -> str:
    """The order that was just looked at, if it waits for stars."""
    this = talk.slots["purchase"]
    found = [order for order in waiting.orders(talk.tx, talk.actor) if order.order_id == this]
    if not found:
        return "done"
    talk.slots["rated"] = _kept(found[0])
    return _screen_of(talk)


def picked(talk: Talk) -> str:
    """The screen for the order that was picked."""
    return _screen_of(talk)


def lines(talk: Talk) -> Sequence[Item]:
    """One line an order: `A3B7: tomatoes and more, Tue 24`."""
    return [
        Item(talk.words(LINE_AND_MORE if order["lines"] > 1 else LINE, **order), order)
        for order in talk.slots["unrated"]
    ]


def this_order(talk: Talk) -> dict[str, Any]:
    """The order that is rated."""
    return dict(talk.slots["rated"])


def give(talk: Talk) -> str:
    """DR-1404: the stars are for everything that came, and for who brought it."""
    stars = int(talk.slots["stars"])
    reviews.rate_order(talk.tx, talk.actor, order_id=talk.slots["rated"]["id"], stars=stars)
    return "thanks" if stars > 2 else "sorry"


def things(talk: Talk) -> str:
    """What of the order has no stars yet."""
    found = waiting.things(talk.tx, talk.actor, order_id=talk.slots["rated"]["id"])
    talk.slots["things"] = [
        {
            "item": thing.order_item_id,
            "delivery": thing.delivery_id,
            "product": thing.product_id,
            "farm": thing.name,
            "rider": thing.name,
        }
        for thing in found
    ]
    return "things" if found else "words_wanted"


def thing_lines(talk: Talk) -> Sequence[Item]:
    """One line a thing: a product of a farm, or the rider."""
    return [
        Item(talk.words(PRODUCT if thing["item"] else RIDER, **thing), thing)
        for thing in talk.slots["things"]
    ]


def which_thing(talk: Talk) -> str:
    """A product or the rider: each has its own question."""
    return "product" if talk.slots["thing"]["item"] else "rider"


def this_thing(talk: Talk) -> dict[str, Any]:
    """The thing that is rated."""
    return dict(talk.slots["thing"])


def give_thing(talk: Talk) -> str:
    """Stars for one thing (DR-1401)."""
    thing, stars = talk.slots["thing"], int(talk.slots["stars"])
    if thing["item"]:
        reviews.review_item(talk.tx, talk.actor, order_item_id=thing["item"], stars=stars)
    else:
        reviews.review_delivery(talk.tx, talk.actor, delivery_id=thing["delivery"], stars=stars)
    return "ok"


def skip(talk: Talk) -> str:
    """Not now: the next one, if there is another; it is asked again another day."""
    talk.slots["skipped"] = [*talk.slots.get("skipped", []), talk.slots["rated"]["id"]]
    return look(talk)


def own_words(talk: Talk, answer: str) -> str:
    """What she says with her stars."""
    return parse.in_words(answer, LONGEST_TEXT, WRITE_IT, letters=1)


def add_words(talk: Talk) -> str:
    """Her words go with the stars she gave this order."""
    order_id = talk.slots["rated"]["id"]
    waiting.add_words(talk.tx, talk.actor, order_id=order_id, text=str(talk.slots.pop("words")))
    talk.note(_("Thank you. Others can read it."))
    return look(talk)


def to_complaint(talk: Talk) -> str:
    """She gave few stars, and says more than stars can say."""
    talk.slots["purchase"] = talk.slots["rated"]["id"]
    talk.slots["order"] = talk.slots["rated"]["order"]
    return "ok"


def _kept(order: waiting.ToRate) -> dict[str, Any]:
    return {
        "id": order.order_id,
        "order": order.tail,
        "product": order.product_id,
        "lines": order.lines,
        "rider": order.rider,
        "day": order.day.isoformat(),
    }


def _screen_of(talk: Talk) -> str:
    return "brought" if talk.slots["rated"]["rider"] else "fetched"


def _stars(then: str) -> tuple[Option, ...]:
    return tuple(
        option(str(stars), label, then, sets={"stars": stars}) for stars, label in enumerate(STARS, 1)
    )


_MORE = (option("6", _("Thing by thing"), "things_of"), option("7", _("Not now"), "skip"))
_WORDS = (option("1", _("Say why, in words"), "words"), option("2", _("No, that is all"), "start"))
_NEXT = {
    "many": "list",
    "brought": "brought",
    "fetched": "fetched",
    "none": "none",
}

RATING = flow(
    "rate",
    fork("start", look, ways=_NEXT),
    fork("this", look_at_this, ways={"brought": "brought", "fetched": "fetched", "done": "done"}),
    pick(
        "list", _("Which order do you give stars?"), items=lines, save="rated", then="picked", again="start"
    ),
    fork("picked", picked, ways={"brought": "brought", "fetched": "fetched"}),
    choose(
        "brought",
        _("{order}: {product}, {day}, brought by {rider}. How was it?"),
        values=this_order,
        options=(*_stars("give"), *_MORE),
    ),
    choose(
        "fetched",
        _("{order}: {product}, {day}. How was it?"),
        values=this_order,
        options=(*_stars("give"), *_MORE),
    ),
    act("give", give, ways={"thanks": "thanks", "sorry": "sorry"}),
    choose("thanks", _("Thank you. Will you say why? Others can read it."), options=_WORDS, waits=True),
    choose(
        "sorry",
        _("We are sorry. Say why, or tell our people if something is wrong."),
        options=(*_WORDS, option("3", _("Something is wrong"), "tell_us")),
        waits=True,
    ),
    fork("tell_us", to_complaint, ways={"ok": "complain.start"}),
    fork("things_of", things, ways={"things": "things", "words_wanted": "thanks"}),
    pick(
        "things", _("Give stars to:"), items=thing_lines, save="thing", then="which_thing", again="things_of"
    ),
    fork("which_thing", which_thing, ways={"product": "product", "rider": "rider"}),
    choose(
        "product", _("{product} from {farm}. How was it?"), values=this_thing, options=_stars("give_thing")
    ),
    choose("rider", _("The rider, {rider}. How was it?"), values=this_thing, options=_stars("give_thing")),
    act("give_thing", give_thing, ways={"ok": "things_of"}),
    fork("skip", skip, ways={**_NEXT, "none": "home.again"}),
    ask(
        "words",
        _("Write a few words: what was good, what was not?"),
        parse=own_words,
        save="words",
        then="add_words",
        free=True,
    ),
    act("add_words", add_words, ways=dict(_NEXT.items())),
    choose(
        "done",
        _("{order} has its stars. Thank you."),
        options=(option("1", _("My orders"), "purchases.start"),),
    ),
    choose(
        "none",
        _("No order waits for stars now. After each delivery we ask you here."),
        options=(option("1", _("My orders"), "purchases.start"),),
    ),
    title=_("giving stars"),
)
