"""Putting produce up for sale by text, once nothing is missing any more (L1, DR-402).

A field agent's words for a farm go the same way (DR-221).
"""

from datetime import date
from decimal import Decimal

from core.farms import hers as own_farms
from core.listings import commission, rules
from core.listings import service as listings
from core.listings.errors import (
    BelowMinimumQuantity,
    PriceLooksOff,
    PriceOutOfBounds,
    QuantityOutOfBounds,
    WholeNumbersOnly,
)
from core.listings.hers import OwnListing
from core.locations import served
from core.orders import for_others
from sms.commands.farmer.figures import amount_of
from sms.commands.farmer.offer_questions import Asking, ask_what
from sms.commands.farmer.offers import ADD, Ground, Offer, on_sale, stored
from sms.context import Context, Outcome, Reply

REFUSED = (PriceLooksOff, PriceOutOfBounds, QuantityOutOfBounds, WholeNumbersOnly, BelowMinimumQuantity)


def go_on(ctx: Context, offers: list[Offer], *, farm_id: int | None = None, agent: bool = False) -> Outcome:
    """The next question that these offers need; what is complete is put up for sale."""
    ground = _ground(ctx, offers, farm_id, agent=agent)
    if isinstance(ground, Reply):
        return ground
    if not served.served(ctx.tx, ground.ward):
        return ctx.reply("farm_not_served", place=ctx.tx.parts.places.get(ground.ward).ward, dial=ctx.dial)
    if not offers:
        return ask_what(ctx, ground, agent=agent)
    said: Outcome = None
    while offers:
        asked = Asking(ctx, offers, ground, agent=agent).next()
        if asked is not None:
            return asked
        try:
            said = _put_up(ctx, offers[0], ground, agent=agent)
        except REFUSED as wrong:
            return Asking(ctx, offers, ground, agent=agent).again(wrong)
        offers = offers[1:]
    return said


def _ground(ctx: Context, offers: list[Offer], farm_id: int | None, *, agent: bool) -> Ground | Reply:
    if agent:
        assert farm_id is not None, "an agent has named the farm first"
        farm = next(one for one in for_others.farms_of(ctx.tx, ctx.actor) if one.farm_id == farm_id)
        assert farm.ward_code is not None, "a farm lies somewhere"
        return Ground(farm_id, farm.ward_code, farm.farm, farm.farmer)
    if farm_id is not None:
        mine = own_farms.farm(ctx.tx, ctx.actor, farm_id=farm_id)
        return Ground(mine.farm_id, mine.ward_code)
    found = own_farms.farms(ctx.tx, ctx.actor)
    if not found:
        ctx.ask("farm_place", about={"offers": stored(offers)})
        return ctx.reply("farm_where")
    if len(found) == 1:
        return Ground(found[0].farm_id, found[0].ward_code)
    few = found[:5]
    ctx.ask("sell_farm", about={"offers": stored(offers)}, choices=[{"value": one.farm_id} for one in few])
    return ctx.reply("sell_farm", options=[{"label": f"{one.name}, {one.ward}"} for one in few])


def _put_up(ctx: Context, offer: Offer, ground: Ground, *, agent: bool) -> Outcome:
    """It is for sale; the core tells the farmer what she gets. An agent is told that she was told."""
    assert offer.product_id is not None, "complete before it is put up"
    unit, quantity = str(offer.sold_unit), Decimal(str(offer.quantity))
    there = on_sale(ctx, offer, ground.farm_id) if offer.known else None
    if there is not None:
        return _filled(ctx, offer, there, quantity)
    listing = listings.publish(
        ctx.tx,
        ctx.actor,
        farm_id=ground.farm_id,
        product_id=offer.product_id,
        unit=unit,
        quantity=quantity,
        price=Decimal(str(offer.price)),
        price_confirmed=offer.sure,
        quality_grade=offer.grade or "standard",
        is_organic_certified=offer.organic,
        expected_harvest_date=date.fromisoformat(offer.ready) if offer.ready else None,
    )
    if agent:
        return ctx.reply(
            "agent_put_up", product=offer.product_id, amount_of=amount_of(quantity, unit),
            price=offer.price, farm=ground.farm, farmer=ground.farmer,
        )  # fmt: skip
    unproven = offer.organic and not listing.is_organic_certified
    return _find_the_door(ctx, ground, unproven=offer.product_id if unproven else None)


def _filled(ctx: Context, offer: Offer, there: OwnListing, quantity: Decimal) -> Reply:
    price = there.price if offer.price is None else Decimal(offer.price)
    if price != there.price:
        listings.change_price(
            ctx.tx, ctx.actor, listing_id=there.listing_id, price=price, price_confirmed=offer.sure
        )
    if offer.known == ADD:
        now = listings.restock(ctx.tx, ctx.actor, listing_id=there.listing_id, quantity=quantity)
    else:
        now = listings.set_quantity(ctx.tx, ctx.actor, listing_id=there.listing_id, quantity=quantity)
    return stands(ctx, there.product_id, now.quantity_available, there.unit, price)


def stands(ctx: Context, product_id: int, quantity: Decimal, unit: str, price: Decimal) -> Reply:
    """How much of it is for sale now, and what she gets of the price (DR-1107)."""
    assert ctx.user is not None, "whoever sells is known"
    percent = commission.rate(ctx.tx, farmer_id=ctx.user.user_id, product_id=product_id)
    return ctx.reply(
        "stock_now", product=product_id, amount_of=amount_of(quantity, unit), unit=unit,
        price=price, gets=rules.farmer_gets(price, percent),
    )  # fmt: skip


def _find_the_door(ctx: Context, ground: Ground, *, unproven: int | None) -> Outcome:
    """A rider needs words for the door: asked with what she lists while there are none (DR-303).

    unproven  the product that she calls organic, of a farm without an approved certificate (DR-403)
    """
    farm = own_farms.farm(ctx.tx, ctx.actor, farm_id=ground.farm_id)
    if farm.landmark:
        return None if unproven is None else ctx.reply("organic_not_yet", product=unproven)
    ctx.ask("farm_door", about={"location": farm.location_id})
    return ctx.reply("farm_door" if unproven is None else "farm_door_unproven")
