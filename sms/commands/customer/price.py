"""`PRICE tomatoes`, `bei ya mahindi leo?`, `LIST`: what is for sale, and what the market pays (DR-507)."""

from core.insights import service as insights
from core.listings import offers
from core.listings import service as listings
from core.locations import service as locations
from sms.commands.customer import waiting, wish
from sms.context import Context, Outcome

NAIROBI = 47  # whose place we do not know is told the capital's market
MOST_LISTED = 4


def price(ctx: Context) -> Outcome:
    """The cheapest on sale, and the last market price while it may be shown."""
    slots = ctx.reading.slots
    products = ctx.tx.parts.products
    if slots.get("candidates"):
        options = [{"product": products.by_slug(slug).product_id} for slug in slots["candidates"]]
        return ctx.reply("price_choose", options=options)
    slug = slots.get("product") or next(iter(slots.get("products", ())), None)
    if slug is None:
        return wish.unknown(ctx, str(slots["raw"])) if slots.get("raw") else ctx.reply("price_which")
    entry = products.by_slug(slug)
    on_sale = listings.buyable(ctx.tx, product_id=entry.product_id)
    bulk = "kg" if "kg" in entry.units else entry.unit
    unit = on_sale[0].unit if on_sale else bulk
    shown = insights.latest_price(ctx.tx, entry.product_id, county_code=_county(ctx), unit=unit)
    values = {"product": entry.product_id, "unit": unit}
    if on_sale:
        cheapest = on_sale[0]
        values |= {
            "price": cheapest.current_price,
            "farm": cheapest.farm.farm_name,
            "place": cheapest.farm.location.ward,
        }
    if shown is not None:
        values |= {"market": shown.price, "where": shown.market, "month": shown.month}
    if on_sale:
        return ctx.reply("price_and_market" if shown else "price", **values)
    return ctx.reply("price_market", **values) if shown else waiting.nothing(ctx, entry.product_id)


def on_sale(ctx: Context) -> Outcome:
    """`LIST`: some of what can be bought now."""
    found = offers.on_sale(ctx.tx, limit=MOST_LISTED)
    if not found:
        return ctx.reply("nothing_listed")
    return ctx.reply("for_sale", lines=[{"product": product_id} for product_id in found])


def _county(ctx: Context) -> int:
    place = locations.default_of(ctx.tx, ctx.user.user_id) if ctx.user else None
    return ctx.tx.parts.places.get(place.ward_code).county_code if place else NAIROBI
