"""`PRICE tomatoes`, `bei ya mahindi leo?`: for how much it is sold, and what the market pays (DR-507)."""

from core.insights import service as insights
from core.locations import service as locations
from sms.commands.customer import asking, waiting, wish
from sms.context import Context, Outcome

NAIROBI = 47  # whose place we do not know is told the capital's market


def price(ctx: Context) -> Outcome:
    """The cheapest on sale, and the last market price while it may be shown."""
    found = asking.product(ctx, "price")
    if found is None:
        return ctx.reply("price_which")
    if not isinstance(found, int):
        return found
    entry = ctx.tx.parts.products.entry(found)
    on_sale = wish.on_sale(ctx, entry.product_id)
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


def _county(ctx: Context) -> int:
    place = locations.default_of(ctx.tx, ctx.user.user_id) if ctx.user else None
    return ctx.tx.parts.places.get(place.ward_code).county_code if place else NAIROBI
