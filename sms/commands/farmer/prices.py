"""`PRICES tomatoes` from a farmer: what the market near her pays, and how that moved (DR-507)."""

from decimal import ROUND_HALF_UP, Decimal

from core.insights import lists
from core.listings import hers as own_listings
from core.locations import hers as own_places
from core.words import tidy
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer
from sms.context import Context, Outcome, Reply

NAIROBI = 47  # whose place we do not know is told the capital's market
MOST_CHOICES = 5


def price(ctx: Context) -> Outcome:
    """Of the product named, else of what she sells; with market, month and change."""
    slots = ctx.reading.slots
    products = ctx.tx.parts.products
    slugs = (
        slots.get("candidates")
        or slots.get("products")
        or ([slots["product"]] if slots.get("product") else [])
    )
    if not slugs and slots.get("raw"):
        return ctx.reply("product_unknown_named", text=str(slots["raw"]))
    ids = [products.by_slug(slug).product_id for slug in slugs]
    if not ids:
        ids = list(dict.fromkeys(one.product_id for one in own_listings.before(ctx.tx, ctx.actor)))
    if not ids:
        return ctx.reply("price_which")
    if len(ids) > 1:
        few = ids[:MOST_CHOICES]
        ctx.ask("price_of", choices=[{"value": product_id} for product_id in few])
        which = "price_choose" if slugs else "price_own"
        return ctx.reply(which, options=[{"product": product_id} for product_id in few])
    return told(ctx, ids[0])


def picked(ctx: Context) -> Answer:
    """The number of a product."""
    product_id = answering.chosen(ctx)
    if product_id is None:
        return NOT_AN_ANSWER
    ctx.close("answered")
    return told(ctx, int(product_id))


def told(ctx: Context, product_id: int) -> Reply:
    """The last figure of the market near her, while DR-507 shows it."""
    ward = own_places.ward_of(ctx.tx, ctx.actor)
    county = ctx.tx.parts.places.get(ward).county_code if ward is not None else NAIROBI
    now = lists.in_county(ctx.tx, product_id=product_id, county_code=county)
    if now is None:
        return ctx.reply("market_unknown", product=product_id)
    moved = (now.change_percent or Decimal(0)).quantize(Decimal(1), ROUND_HALF_UP)
    if now.before is None:
        code = "market_alone"
    else:
        code = "market_up" if moved > 0 else "market_down" if moved < 0 else "market_same"
    return ctx.reply(
        code, product=product_id, price=now.price, unit=now.unit, trade=now.price_type,
        where=tidy(now.market, 40), month=now.month, market=now.before or Decimal(0), percent=abs(moved),
    )  # fmt: skip
