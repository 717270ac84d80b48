"""A farmer puts produce up for sale: what, how much, at what price; the last question says what she gets."""

from decimal import Decimal
from typing import Any

from core.farms import service as farms
from core.insights import service as insights
from core.listings import commission, rules
from core.listings import service as listings
from core.listings.errors import PriceLooksOff
from core.locations import service as locations
from core.words import tidy
from locales.mark import _
from menus import parse
from menus.common.places import ward_steps
from menus.common.produce import categories, in_kind, matches, named, only_match, unit_items
from menus.flow import act, ask, choose, flow, fork, option, pick, say
from menus.talk import Talk

HOURS_A_DAY = 24


def farm_of(talk: Talk) -> str:
    """The farmer's farm, its place and whether a rider could find it; one look."""
    farm = farms.first_of(talk.tx, talk.actor)
    talk.session.slots = {}
    if farm is None:
        return "placeless"
    talk.slots.update(
        farm=farm.farm_id, location=farm.location_id, ward=farm.ward_code, found=bool(farm.landmark)
    )
    return "ok"


def unit_needed(talk: Talk) -> str:
    """The unit is asked only where the product has several; the usual one stands first."""
    units = unit_items(talk)
    if len(units) > 1:
        return "several"
    talk.slots["unit"] = units[0].value
    return "one"


def market_price(talk: Talk) -> str:
    """Keep the last known market price beside the question, while DR-507 shows it."""
    shown = insights.latest_price(
        talk.tx,
        talk.slots["product"],
        county_code=talk.parts.places.get(talk.slots["ward"]).county_code,
        unit=talk.slots["unit"],
    )
    talk.forget("market", "where", "month")
    if shown is not None:
        talk.slots.update(
            market=str(shown.price), where=tidy(shown.market, 40), month=shown.month.isoformat()
        )
    return "ok"


def landmark_needed(talk: Talk) -> str:
    """A rider's words for the door are asked once, before the first listing (DR-303)."""
    return "known" if talk.slots.get("found") or talk.slots.get("landmark") else "ask"


def offer(talk: Talk) -> dict[str, Any]:
    """What is offered, and what she gets for one unit and when about (DR-1107)."""
    answers = talk.slots
    entry = talk.parts.products.entry(answers["product"])
    count = Decimal(answers["quantity"])
    kg = entry.units.get(answers["unit"])
    hold = talk.parts.settings.value("payout.hold_hours")
    percent = commission.rate(talk.tx, farmer_id=talk.actor.user_id or 0, product_id=answers["product"])
    return {
        "amount_of": {"qty": count, "unit": answers["unit"], "kg": kg * count if kg else None},
        "gets": rules.farmer_gets(Decimal(answers["price"]), percent),
        # The hold, and then the next daily run.
        "count": -(-hold // HOURS_A_DAY) + 1,
    }


def publish(talk: Talk, *, confirmed: bool = False) -> str:
    """Put it up for sale; the first time with the farm's place and landmark."""
    answers = talk.slots
    if "farm" not in answers:
        place = locations.add(talk.tx, talk.actor, ward_code=answers["ward"])
        talk.tx.flush()
        answers["location"] = place.location_id
        name = talk.caller.name or talk.parts.places.get(answers["ward"]).ward
        answers["farm"] = farms.open_farm(
            talk.tx, talk.actor, name=name, location_id=place.location_id
        ).farm_id
    if answers.get("landmark"):
        locations.set_landmark(
            talk.tx, talk.actor, location_id=answers["location"], landmark=answers["landmark"]
        )
    listings.publish(
        talk.tx,
        talk.actor,
        farm_id=answers["farm"],
        product_id=answers["product"],
        unit=answers["unit"],
        quantity=Decimal(answers["quantity"]),
        price=Decimal(answers["price"]),
        price_confirmed=confirmed,
    )
    return "ok"


def publish_anyway(talk: Talk) -> str:
    """As publish; the unusual price has been confirmed (DR-404)."""
    return publish(talk, confirmed=True)


SELL = flow(
    "sell",
    fork("start", farm_of, ways={"ok": "product", "placeless": "ward"}),
    ward_steps(then="product"),
    ask(
        "product",
        _("What are you selling? Write its name, for example: tomatoes"),
        parse=named,
        save="letters",
        then="found",
        options=(option("1", _("Choose by kind"), "kinds"),),
    ),
    fork("found", only_match, ways={"one": "unit_needed", "many": "products"}),
    pick("products", _("Which one?"), items=matches, save="product", then="unit_needed"),
    pick("kinds", _("What kind?"), items=categories, save="kind", then="in_kind"),
    pick("in_kind", _("Which one?"), items=in_kind, save="product", then="unit_needed"),
    fork("unit_needed", unit_needed, ways={"several": "unit", "one": "quantity"}),
    pick(
        "unit",
        _("{product}: sold by what?"),
        items=unit_items,
        save="unit",
        then="quantity",
    ),
    ask(
        "quantity",
        _("{product}: how many {unit} do you have?"),
        parse=parse.quantity,
        save="quantity",
        then="market",
        number=True,
    ),
    fork("market", market_price, ways={"ok": "price"}),
    ask(
        "price",
        _("{product}: price in shillings for one {unit}?"),
        aside=_("Market: {market} {where}, {month}"),
        aside_when=lambda talk: "market" in talk.slots,
        parse=parse.price,
        save="price",
        then="landmark_needed",
        number=True,
    ),
    fork("landmark_needed", landmark_needed, ways={"ask": "landmark", "known": "check"}),
    ask(
        "landmark",
        _("Where does the rider find you? For example: behind the Kinoo church"),
        parse=parse.landmark,
        save="landmark",
        then="check",
        free=True,
    ),
    choose(
        "check",
        _("{amount_of} {product} at {price}. You get {gets} per {unit}."),
        aside=_("M-Pesa, about {count} days after delivery."),
        values=offer,
        options=(option("1", _("Sell"), "publish"), option("2", _("Change"), "product")),
    ),
    act("publish", publish, ways={"ok": "listed", PriceLooksOff: "sure"}),
    choose(
        "sure",
        _("The market price is {market}. Keep {price} per {unit}?"),
        options=(option("1", _("Yes, keep it"), "anyway"), option("2", _("Change the price"), "market")),
    ),
    act("anyway", publish_anyway, ways={"ok": "listed"}),
    say(
        "listed",
        _("{amount_of} {product}: for sale at {price} per {unit}. We text you when an order is paid."),
        values=offer,
    ),
    title=_("selling"),
)
