"""A farmer puts produce up for sale: what, how much, at what price; the last question says what she gets.

Her last produce is offered again with one key. What most people never change (day, least order, grade,
organic) stands behind "Change" and costs nobody else a step.
"""

from core.listings.errors import PriceLooksOff
from locales.mark import _
from menus import parse
from menus.common.places import ward_steps
from menus.common.produce import BY_KIND, named, product_steps, unit_items
from menus.farmer import offer
from menus.farmer.details import at_most_offered
from menus.farmer.harvest_day import HARVEST_STEPS
from menus.flow import Choose, act, ask, choose, flow, fork, option, pick, say


def check(name: str, text: str, aside: str) -> Choose:
    """The last question: what is offered, what she gets for one and when."""
    return choose(
        name,
        text,
        aside=aside,
        values=offer.terms,
        again="ready",
        options=(option("1", _("Sell"), "publish"), option("2", _("Change"), "change")),
    )


CHECKED = {
    "ripe": "check",
    "growing": "check_growing",
    "landmark": "landmark",
    # After a way back to the last question from the middle of another product.
    "unit": "unit_needed",
    "quantity": "wanted",
    "price": "market",
}
ON_FARM = {"again": "again", "first": "product", "known": "unit_needed", "not_served": "not_served"}
STARTS = {**ON_FARM, "placeless": "ward", "several": "farm"}

SELL = flow(
    "sell",
    fork("start", offer.farms_of, ways=STARTS),
    fork("this", offer.sell_this, ways=STARTS),
    fork("relist", offer.sell_again, ways={"ok": "ready", "not_served": "not_served"}),
    pick(
        "farm", _("From which farm?"), items=offer.farm_items, save="farm_id", then="this_farm", again="start"
    ),
    fork(
        "this_farm",
        offer.this_farm,
        ways={name: STARTS[name] for name in STARTS if name not in ("placeless", "several")},
    ),
    choose(
        "not_served",
        _("We do not buy and sell in {place} yet. You can see market prices."),
        values=offer.her_ward,
        again="start",
        options=(option("1", _("Market prices"), "prices.start"), option("2", _("My farms"), "farms.start")),
    ),
    ward_steps(then="placed"),
    fork(
        "placed",
        offer.placed,
        ways={"not_served": "not_served", "known": "unit_needed", "first": "product"},
    ),
    ask(
        "again",
        _("What are you selling? Choose, or write its name:"),
        values=offer.last_offer,
        parse=named,
        save="letters",
        then="found",
        options=(
            option("1", _("{amount_of} {product} at {price} again"), "take_last"),
            option("2", _("Sold before"), "before", when=offer.offered_more),
            option("3", BY_KIND, "kinds"),
        ),
    ),
    fork("take_last", offer.take_last, ways={"ok": "ready"}),
    pick("before", _("Which one again?"), items=offer.again_items, save="picked", then="take_picked"),
    fork("take_picked", offer.take_picked, ways={"ok": "ready"}),
    product_steps(_("What are you selling? Write its name, for example: tomatoes"), then="unit_needed"),
    fork("unit_needed", offer.unit_needed, ways={"several": "unit", "one": "wanted"}),
    pick("unit", _("{product}: sold by what?"), items=unit_items, save="unit", then="wanted"),
    fork("wanted", offer.wanted, ways={"ok": "quantity"}),
    ask(
        "quantity",
        _("{product}: how many {units} do you have?"),
        aside=_("Near you {count} asked for it."),
        aside_when=offer.is_asked,
        parse=parse.quantity,
        save="quantity",
        then="price_needed",
        number=True,
    ),
    fork("price_needed", offer.price_needed, ways={"ask": "market", "known": "ready"}),
    fork("market", offer.market_price, ways={"ok": "price"}),
    ask(
        "price",
        _("{product}: price in shillings for one {unit}?"),
        aside=_("Market: {market} {where}, {month}"),
        aside_when=offer.has_market,
        parse=parse.price,
        save="price",
        then="ready",
        number=True,
    ),
    fork("ready", offer.ready_to_check, ways=CHECKED),
    ask(
        "landmark",
        _("Where does the rider find you? For example: behind the Kinoo church"),
        parse=parse.landmark,
        save="landmark",
        then="ready",
        free=True,
    ),
    check(
        "check",
        _("{amount_of} {product} at {price}. You get {gets} per {unit}."),
        _("M-Pesa, about {count} days after delivery."),
    ),
    check(
        "check_growing",
        _("{amount_of} {product} {day} {month}: {price}, you get {gets} per {unit}."),
        _("M-Pesa {count} days after delivery."),
    ),
    fork("changing", offer.changing, ways={"change": "change", "missing": "ready"}),
    choose(
        "change",
        _("What to change? Least order {qty_of}, grade {kind}."),
        values=offer.said,
        again="changing",
        options=(
            option("1", _("Quantity"), "quantity"),
            option("2", _("Price"), "market"),
            option("3", _("Harvest day"), "harvest"),
            option("4", _("Least order"), "least"),
            option("5", _("Grade"), "grade"),
            option("6", _("Organic"), "organic_needed"),
            option("7", _("Another product"), "product"),
        ),
    ),
    HARVEST_STEPS,
    ask(
        "least",
        _("How many {units} do you sell at least at once?"),
        parse=at_most_offered("quantity"),
        save="least",
        then="ready",
        number=True,
    ),
    fork("organic_needed", offer.may_be_organic, ways={"yes": "organic", "no": "unproven"}),
    choose(
        "organic",
        _("Is it organic?"),
        options=(
            option("1", _("Yes, organic"), "ready", sets={"organic": True}),
            option("2", _("No"), "ready", sets={"organic": False}),
        ),
    ),
    choose(
        "unproven",
        _("Organic needs a certificate that we have approved. Name yours under My farms."),
        options=(option("1", _("Go on without"), "ready"),),
    ),
    act("publish", offer.publish, ways={"ok": "listed", "growing": "expected", PriceLooksOff: "sure"}),
    choose(
        "sure",
        _("The market price is {market}. Keep {price} per {unit}?"),
        options=(option("1", _("Yes, keep it"), "anyway"), option("2", _("Change the price"), "market")),
    ),
    act("anyway", offer.publish_anyway, ways={"ok": "listed", "growing": "expected"}),
    say(
        "listed",
        _("{amount_of} {product}: for sale at {price} per {unit}. We text you when an order is paid."),
        values=offer.terms,
    ),
    say(
        "expected",
        _("{amount_of} {product} can be ordered now. On {day} {month} we ask what you harvested."),
        values=offer.terms,
    ),
    title=(_("selling {amount_of} {product}"), _("selling {product}"), _("selling")),
    about=offer.about,
)
