"""A field agent puts a farmer's produce up for sale: what, how much, what price; she gets one SMS (DR-221).

What she will get for it is her own affair and is told to her alone.
"""

from decimal import Decimal
from typing import Any

from core.listings import service as listings
from core.listings.errors import PriceLooksOff
from locales.mark import _
from menus import parse
from menus.common.produce import product_steps, unit_items
from menus.farmer import offer
from menus.farmer.details import at_most_offered
from menus.farmer.harvest_day import HARVEST_STEPS
from menus.farmer.offer import has_market, market_price, unit_needed
from menus.flow import act, ask, choose, flow, fork, option, pick
from menus.talk import Talk


def begin(talk: Talk) -> str:
    """From here on it is about the farm that was opened."""
    at = talk.slots["at"]
    talk.forget(*offer.OF_ONE_PRODUCT)
    talk.slots.update(farm_id=at["id"], ward=at["ward"])
    return "ok"


def offered(talk: Talk) -> dict[str, Any]:
    """What is offered, from which farm."""
    answers = talk.slots
    kg = talk.parts.products.entry(answers["product"]).units.get(answers["unit"])
    count = Decimal(answers["quantity"])
    amount = {"qty": str(count), "unit": answers["unit"], "kg": str(kg * count) if kg else None}
    expected = answers.get("expected")
    days = {"day": expected, "month": expected} if expected else {}
    return {**answers["at"], "amount_of": amount, **days}


def ready_to_check(talk: Talk) -> str:
    """Of what still grows the day is said too; a least order above what there is falls back to one."""
    offer.price_needed(talk)
    return "growing" if talk.slots.get("expected") else "ripe"


def publish(talk: Talk, *, confirmed: bool = False) -> str:
    """It is hers and for sale; she is told who did it and may take it down within the day (HAPANA)."""
    answers = talk.slots
    listings.publish(
        talk.tx,
        talk.actor,
        farm_id=answers["farm_id"],
        product_id=answers["product"],
        unit=answers["unit"],
        quantity=Decimal(answers["quantity"]),
        price=Decimal(answers["price"]),
        min_order_quantity=Decimal(answers.get("least", "1")),
        quality_grade=answers.get("grade", "standard"),
        harvest_date=offer.day_of(answers.get("ripe")),
        expected_harvest_date=offer.day_of(answers.get("expected")),
        price_confirmed=confirmed,
    )
    talk.slots["listed"] = {**offered(talk), "product": answers["product"]}
    return "ok"


def publish_anyway(talk: Talk) -> str:
    """As publish; the unusual price has been confirmed (DR-404)."""
    return publish(talk, confirmed=True)


def listed(talk: Talk) -> dict[str, Any]:
    """What was put up for sale last."""
    return dict(talk.slots["listed"])


SELL_OR_CHANGE = (option("1", _("Sell"), "publish"), option("2", _("Change"), "change"))

SELL = flow(
    "agent_sell",
    fork("start", begin, ways={"ok": "product"}),
    product_steps(_("What does the farmer sell? Write its name, for example: tomatoes"), then="unit_needed"),
    fork("unit_needed", unit_needed, ways={"several": "unit", "one": "quantity"}),
    pick("unit", _("{product}: sold by what?"), items=unit_items, save="unit", then="quantity"),
    ask(
        "quantity",
        _("{product}: how many {units} are there?"),
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
        aside_when=has_market,
        parse=parse.price,
        save="price",
        then="ready",
        number=True,
    ),
    fork("ready", ready_to_check, ways={"ripe": "check", "growing": "check_growing"}),
    choose(
        "check",
        _("{farm}: {amount_of} {product}, {price} per {unit}. {farmer} gets an SMS and can say NO."),
        values=offered,
        options=SELL_OR_CHANGE,
        again="ready",
    ),
    choose(
        "check_growing",
        _("{farm}: {amount_of} {product} for {day} {month}, {price} per {unit}. {farmer} gets an SMS."),
        values=offered,
        options=SELL_OR_CHANGE,
        again="ready",
    ),
    choose(
        "change",
        _("What to change? Least order {qty_of}, grade {kind}."),
        values=offer.said,
        options=(
            option("1", _("Quantity"), "quantity"),
            option("2", _("Price"), "market"),
            option("3", _("Harvest day"), "harvest"),
            option("4", _("Least order"), "least"),
            option("5", _("Grade"), "grade"),
            option("7", _("Another product"), "product"),
        ),
    ),
    HARVEST_STEPS,
    ask(
        "least",
        _("How many {units} are sold at least at once?"),
        parse=at_most_offered("quantity"),
        save="least",
        then="ready",
        number=True,
    ),
    act("publish", publish, ways={"ok": "listed", PriceLooksOff: "sure"}),
    choose(
        "sure",
        _("The market price is {market}. Keep {price} per {unit}?"),
        options=(option("1", _("Yes, keep it"), "anyway"), option("2", _("Change the price"), "market")),
    ),
    act("anyway", publish_anyway, ways={"ok": "listed"}),
    choose(
        "listed",
        _("{amount_of} {product} of {farm} is for sale. {farmer} gets an SMS."),
        values=listed,
        options=(
            option("1", _("Sell more from here"), "start"),
            option("2", _("My farms"), "agent.start"),
        ),
    ),
    title=(_("selling {product}"), _("selling")),  # a farm is often called by its farmer's name
)
