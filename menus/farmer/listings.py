"""My produce: what a farmer has for sale or expects; one opened: price, stock, harvest, down, sold again."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.clock import nairobi_date
from core.listings import hers
from core.listings.errors import PriceLooksOff
from core.listings.hers import OwnListing
from core.listings.machine import AVAILABLE, INACTIVE, SOLD_OUT
from core.orders import promises
from core.orders.promises import Promise
from locales.mark import _
from menus import parse
from menus.farmer import listing_acts as acts
from menus.farmer.details import at_most_offered, day_to_come, grade_items, grade_word
from menus.farmer.offer import has_market, market_price
from menus.flow import Item, act, ask, choose, flow, fork, option, pick
from menus.talk import Talk

FOR_SALE = _("{amount_of} {product} {price}")
SOLD = _("{product}: sold out")
EXPECTED = _("{amount_of} {product}, {day} {month}")
HARVESTED_YET = _("{product}: harvested?")
OF_FARM = _("{farm}: {line}")


def look(talk: Talk) -> str:
    """What is up now, what is due for harvest first; nothing up: what was sold before."""
    talk.session.slots = {}
    found = hers.up(talk.tx, talk.actor)
    if not found:
        return "none"
    today = nairobi_date(talk.parts.clock.now())
    first_due = sorted(found, key=lambda one: not _is_due(one, today))
    several = len({one.farm_id for one in found}) > 1
    talk.slots["mine"] = [[one.listing_id, _line(talk, one, today, several)] for one in first_due]
    talk.slots["growing"] = any(one.growing for one in found)
    return "list"


def look_before(talk: Talk) -> str:
    """What is down, of what is alike the newest alone."""
    found = hers.down(talk.tx, talk.actor)
    talk.slots["old"] = [[one.listing_id, _for_sale(talk, one, one.began_with)] for one in found]
    return "old" if found else "none"


def lines(talk: Talk) -> Sequence[Item]:
    """One line a listing."""
    return [Item(label, listing_id) for listing_id, label in talk.slots["mine"]]


def old_lines(talk: Talk) -> Sequence[Item]:
    """One line for each kind of produce that she sold before."""
    return [Item(label, listing_id) for listing_id, label in talk.slots["old"]]


def grows(talk: Talk) -> bool:
    """Whether anything is still growing."""
    return bool(talk.slots.get("growing"))


def open_one(talk: Talk) -> str:
    """The picked listing as it stands now, and what of it is promised."""
    listing_id = talk.slots["listing"]
    one = hers.one(talk.tx, talk.actor, listing_id=listing_id)
    promised = promises.promised_of(talk.tx, talk.actor, listing_id=listing_id)
    talk.slots["at"] = _seen(talk, one, promised)
    talk.slots.update(product=one.product_id, unit=one.unit, ward=one.ward_code, offered=str(one.left))
    talk.forget("price", "quantity")
    if one.status == INACTIVE:
        return "down"
    if one.growing:
        return "growing"
    return "gone" if one.status == SOLD_OUT else "ready"


def again_or_up(talk: Talk) -> str:
    """What is still fit for sale may be put up as it is; anything else is only sold anew."""
    open_one(talk)
    return "up" if may_go_up(talk) else "again"


def this_one(talk: Talk) -> dict[str, Any]:
    """The listing that is open."""
    return dict(talk.slots["at"])


def details(talk: Talk) -> dict[str, Any]:
    """Its least order and grade."""
    at = talk.slots["at"]
    return {"unit": at["unit"], "qty": at["least"], "kind": grade_word(talk, at["grade"])}


def harvest(talk: Talk) -> dict[str, Any]:
    """What was harvested in all, beside what is promised."""
    at = talk.slots["at"]
    return {**at, "amount_of": {"qty": talk.slots["quantity"], "unit": at["unit"], "kg": None}}


def new_day(talk: Talk) -> dict[str, str]:
    """The day that was said."""
    return {"day": talk.slots["expected"], "month": talk.slots["expected"]}


def is_promised(talk: Talk) -> bool:
    """Whether orders wait for any of it."""
    return bool(talk.slots["at"]["promised"])


def may_be_late(talk: Talk) -> bool:
    """Whether it may be said that it is not harvested after all: it is for sale, and no order waits (L8)."""
    at = talk.slots["at"]
    return at["status"] == AVAILABLE and not at["promised"]


def may_go_up(talk: Talk) -> bool:
    """Whether it can be for sale again as it is: there is enough of it, and its day is right."""
    return bool(talk.slots["at"]["may_go_up"])


def _seen(talk: Talk, one: OwnListing, promised: Promise) -> dict[str, Any]:
    today = nairobi_date(talk.parts.clock.now())
    day = (one.expected or today).isoformat()
    return {
        "farm_id": one.farm_id,
        "status": one.status,
        "product": one.product_id,
        "unit": one.unit,
        "amount_of": {"qty": str(one.left), "unit": one.unit, "kg": None},
        "price": str(one.price),
        "qty": str(one.left),
        "number": str(promised.quantity),
        "promised": promised.orders,
        "least": str(one.least),
        "grade": one.grade,
        "day": day,
        "month": day,
        "may_go_up": _may_go_up(talk, one, today),
    }


def _may_go_up(talk: Talk, one: OwnListing, today: date) -> bool:
    if one.left < one.least or one.left == 0:
        return False
    if one.growing:
        return one.expected is not None and one.expected > today
    fresh_days = timedelta(days=talk.parts.settings.value("listing.perishable_days"))
    keeps = not talk.parts.products.entry(one.product_id).perishable
    return keeps or (one.harvested is not None and one.harvested >= today - fresh_days)


def _is_due(one: OwnListing, today: date) -> bool:
    return one.growing and one.expected is not None and one.expected <= today


def _line(talk: Talk, one: OwnListing, today: date, several: bool) -> str:
    if _is_due(one, today):
        words = talk.words(HARVESTED_YET, product=one.product_id)
    elif one.growing:
        amount = {"qty": one.left, "unit": one.unit, "kg": None}
        day = {"day": one.expected, "month": one.expected}
        words = talk.words(EXPECTED, amount_of=amount, product=one.product_id, **day)
    elif one.status == SOLD_OUT:
        words = talk.words(SOLD, product=one.product_id)
    else:
        words = _for_sale(talk, one, one.left)
    return talk.words(OF_FARM, farm=one.farm, line=words) if several else words


def _for_sale(talk: Talk, one: OwnListing, quantity: Decimal) -> str:
    amount = {"qty": quantity, "unit": one.unit, "kg": None}
    return talk.words(FOR_SALE, amount_of=amount, product=one.product_id, price=one.price)


PRICE, QUANTITY, DOWN = _("Price"), _("Quantity"), _("Take it down")
MORE = _("More harvested")
DETAILS = _("Details")

LISTINGS = flow(
    "listings",
    fork("start", look, ways={"list": "list", "none": "look_before"}),
    pick(
        "list",
        _("My produce:"),
        items=lines,
        save="listing",
        then="open",
        options=(
            option("71", _("Pre-orders"), "preorders.start", when=grows),
            option("72", _("Sold before"), "look_before"),
        ),
        again="start",
    ),
    fork("look_before", look_before, ways={"old": "old", "none": "nothing"}),
    pick(
        "old",
        _("Sold before. Sell again:"),
        items=old_lines,
        save="listing",
        then="again_or_up",
        options=(option("71", _("Sell something else"), "sell.start"),),
        again="look_before",
    ),
    fork("again_or_up", again_or_up, ways={"up": "down", "again": "sell.relist"}),
    choose(
        "nothing",
        _("Nothing stands here yet. Whatever you sell will."),
        options=(option("1", _("Sell now"), "sell.start"),),
    ),
    fork("open", open_one, ways={"ready": "ready", "growing": "growing", "gone": "gone", "down": "down"}),
    choose(
        "ready",
        _("{product}: {qty_of} at {price}."),
        aside=_("Promised: {number_of}."),
        aside_when=is_promised,
        values=this_one,
        again="open",
        options=(
            option("1", PRICE, "market"),
            option("2", MORE, "more"),
            option("3", QUANTITY, "quantity"),
            option("4", _("Sold out"), "sold_out"),
            option("5", DOWN, "take_down"),
            option("6", DETAILS, "details"),
        ),
    ),
    choose(
        "growing",
        _("{product}, ready {day} {month}: {amount_of} to be ordered, {number_of} promised."),
        values=this_one,
        again="open",
        options=(
            option("1", _("Harvested"), "harvested"),
            option("2", _("Another day"), "another_day"),
            option("3", PRICE, "market"),
            option("4", QUANTITY, "quantity"),
            option("5", DOWN, "take_down"),
            option("6", DETAILS, "details"),
        ),
    ),
    choose(
        "gone",
        _("{product}: sold out. Price {price} per {unit}."),
        aside=_("Promised: {number_of}."),
        aside_when=is_promised,
        values=this_one,
        again="open",
        options=(option("1", PRICE, "market"), option("2", MORE, "more"), option("5", DOWN, "take_down")),
    ),
    choose(
        "down",
        _("{product}, {price} per {unit}: not for sale now."),
        values=this_one,
        again="open",
        options=(
            option("1", _("Sell it again"), "sell.relist"),
            option("2", _("The same {amount_of} for sale again"), "put_up", when=may_go_up),
        ),
    ),
    fork("market", market_price, ways={"ok": "price"}),
    ask(
        "price",
        _("{product}: price in shillings for one {unit}?"),
        aside=_("Market: {market} {where}, {month}"),
        aside_when=has_market,
        parse=parse.price,
        save="price",
        then="change_price",
        number=True,
    ),
    act("change_price", acts.change_price, ways={"ok": "open", PriceLooksOff: "sure"}),
    choose(
        "sure",
        _("The market price is {market}. Keep {price} per {unit}?"),
        options=(option("1", _("Yes, keep it"), "keep_price"), option("2", _("Change the price"), "market")),
    ),
    act("keep_price", acts.keep_price, ways={"ok": "open"}),
    ask(
        "more",
        _("{product}: how many {units} more did you harvest?"),
        values=this_one,
        parse=parse.quantity,
        save="quantity",
        then="restock",
        number=True,
    ),
    act("restock", acts.restock, ways={"ok": "open"}),
    ask(
        "quantity",
        _("{product}: how many {units} can still be ordered? Do not count what is promised."),
        values=this_one,
        parse=acts.stock,
        save="quantity",
        then="set_quantity",
        number=True,
        zero=True,
    ),
    act("set_quantity", acts.set_quantity, ways={"ok": "open"}),
    act("sold_out", acts.sold_out, ways={"ok": "open"}),
    act("take_down", acts.take_down, ways={"ok": "open"}),
    act("put_up", acts.put_up, ways={"ok": "open"}),
    ask(
        "harvested",
        _("{product}: how many {units} did you harvest in all? Promised: {number}."),
        values=this_one,
        parse=acts.stock,
        save="quantity",
        then="enough",
        number=True,
        zero=True,
    ),
    fork("enough", acts.enough, ways={"enough": "harvest", "short": "short"}),
    choose(
        "short",
        _("{amount_of} for {number_of} promised. Who ordered first gets it; the others are paid back."),
        values=harvest,
        options=(option("1", _("Yes, that is all"), "harvest"), option("2", _("Count again"), "harvested")),
    ),
    act("harvest", acts.harvest, ways={"ok": "open"}),
    ask(
        "another_day",
        _("{product}: ready on which day? For example 25 or 25/7"),
        parse=day_to_come,
        save="expected",
        then="who_waits",
        number=True,
    ),
    fork("who_waits", acts.who_waits, ways={"promised": "late", "free": "postpone"}),
    choose(
        "late",
        _("Ready {day} {month}? Whoever ordered is told, and may cancel."),
        values=new_day,
        options=(option("1", _("Yes, that day"), "postpone"), option("2", _("Another day"), "another_day")),
    ),
    act("postpone", acts.postpone, ways={"ok": "open"}),
    ask(
        "not_yet",
        _("{product}: ready on which day? For example 25 or 25/7"),
        parse=day_to_come,
        save="expected",
        then="delay",
        number=True,
    ),
    act("delay", acts.delay, ways={"ok": "open"}),
    choose(
        "details",
        _("Least order {qty_of}, grade {kind}."),
        values=details,
        options=(
            option("1", _("Least order"), "least"),
            option("2", _("Grade"), "grade"),
            option("3", _("Organic"), "organic_needed"),
            option("4", _("Not harvested yet"), "not_yet", when=may_be_late),
        ),
    ),
    ask(
        "least",
        _("How many {units} do you sell at least at once?"),
        values=this_one,
        parse=at_most_offered("offered"),
        save="least",
        then="set_least",
        number=True,
    ),
    act("set_least", acts.say_of("min_order_quantity", "least"), ways={"ok": "open"}),
    pick("grade", _("What grade is it?"), items=grade_items, save="grade", then="set_grade"),
    act("set_grade", acts.say_of("quality_grade", "grade"), ways={"ok": "open"}),
    fork("organic_needed", acts.may_be_organic, ways={"yes": "organic", "no": "unproven"}),
    choose(
        "organic",
        _("Is it organic?"),
        options=(
            option("1", _("Yes, organic"), "set_organic", sets={"organic": True}),
            option("2", _("No"), "set_organic", sets={"organic": False}),
        ),
    ),
    act("set_organic", acts.say_of("is_organic_certified", "organic"), ways={"ok": "open"}),
    choose(
        "unproven",
        _("Organic needs a certificate that we have approved. Name yours under My farms."),
    ),
    title=_("your produce"),
)
