"""What a farmer texts about what is for sale: stock, sold out, another price, down (DR-405, L4 to L6).

Which listing is meant is asked where several could be; what it all says until then travels in the question.
"""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from core.farms import agency
from core.listings import hers
from core.listings import service as listings
from core.listings.errors import PriceLooksOff, PriceOutOfBounds, QuantityOutOfBounds, WholeNumbersOnly
from core.listings.hers import OwnListing
from core.money import ZERO
from sms.commands.farmer import offer_questions, offering, offers
from sms.commands.farmer.figures import amount_of, in_unit
from sms.context import Context, Outcome, Reply

MOST_CHOICES = 5
SET, ADD, PRICE, DOWN = "set", "add", "price", "down"


@dataclass
class Change:
    """What is to become of one thing for sale; None is not known yet.

    op     set, add (quantity), price or down
    sure   she stays with her price although the market's is another one (DR-404)
    """

    op: str
    product_id: int | None = None
    unit: str | None = None
    quantity: str | None = None
    price: str | None = None
    sure: bool = False


def stock(ctx: Context) -> Outcome:
    """`STOCK onions 120kg`, `ADD`, `nyanya imeisha`: how much can be sold now; 0 is sold out."""
    if ctx.role != "farmer":
        return _no_farmer(ctx)
    items = ctx.reading.items
    op = ADD if ctx.reading.slots.get("op") == "add" or any(i.get("op") == "add" for i in items) else SET
    if ctx.reading.slots.get("error") == "bad_quantity":
        items = [{**item, "qty": None} for item in items]
    named = [item for item in items if item.get("product") or item.get("candidates")]
    if items and not named and any(item.get("raw") for item in items):
        return ctx.reply("product_unknown_named", text=str(items[0]["raw"]))
    changes = []
    for item in named or items or [{}]:
        meant = _products(ctx, item)
        if len(meant) > 1:
            return _which_product(ctx, meant)
        quantity = item.get("qty")
        changes.append(
            Change(
                op,
                product_id=meant[0] if meant else None,
                unit=item.get("unit"),
                quantity=None if quantity is None else str(quantity),
            )
        )
    return go_on(ctx, changes)


def price(ctx: Context) -> Outcome:
    """`PRICE tomatoes 90`: what one of hers costs from now on (DR-405)."""
    if ctx.role != "farmer":
        return _no_farmer(ctx)
    asked = ctx.reading.slots.get("price")
    meant = _products(ctx, ctx.reading.slots)
    if len(meant) > 1:
        return _which_product(ctx, meant)
    product_id = meant[0] if meant else None
    change = Change(
        PRICE, product_id=product_id, unit=ctx.reading.per, price=None if asked is None else str(asked)
    )
    return go_on(ctx, [change])


def take_down(ctx: Context) -> Outcome:
    """`REMOVE tomatoes`: nobody can order it any more; orders of it go on (L6)."""
    if ctx.role != "farmer":
        return _no_farmer(ctx)
    meant = _products(ctx, ctx.reading.slots)
    if len(meant) > 1:
        return _which_product(ctx, meant)
    return go_on(ctx, [Change(DOWN, product_id=meant[0] if meant else None)])


def _no_farmer(ctx: Context) -> Reply:
    """An agent is told which words are hers and which the farmer's alone (DR-221)."""
    if ctx.user is None or not agency.of(ctx.tx, ctx.actor).agent:
        return ctx.reply("farmers_only", dial=ctx.dial)
    return ctx.reply("agent_stock_how" if ctx.reading.intent == "farmer_stock_update" else "agent_not_hers")


def go_on(ctx: Context, changes: list[Change], listing_id: int | None = None) -> Outcome:
    """Do them one by one, until something has to be asked; `listing_id` is what the first is about."""
    said: Reply | None = None
    done: list[dict[str, Any]] = []
    for at, change in enumerate(changes):
        mine = _meant(ctx, changes[at:], listing_id if at == 0 else None)
        if isinstance(mine, Reply):
            return mine
        asked = _missing(ctx, changes[at:], mine)
        if asked is not None:
            return asked
        said = _do(ctx, changes[at:], mine)
        if said.code in ASKED:
            return said
        if change.quantity is not None:
            done.append(
                {"amount_of": amount_of(Decimal(change.quantity), mine.unit), "product": mine.product_id}
            )
    if len(done) > 1 and all(change.op == SET for change in changes):
        return ctx.reply("stock_several", lines=done)
    return said


ASKED = ("price_sure", "price_bad", "stock_quantity_bad")


def restored(about: dict[str, Any]) -> list[Change]:
    """The changes of a question's `about`."""
    return [Change(**row) for row in about["changes"]]


def _products(ctx: Context, slots: Any) -> list[int]:
    """What is named; of a name that may be several those that she has for sale."""
    slugs = slots.get("candidates") or ([slots["product"]] if slots.get("product") else [])
    named = [ctx.tx.parts.products.by_slug(slug).product_id for slug in slugs]
    if len(named) < 2:
        return named
    up = {one.product_id for one in hers.up(ctx.tx, ctx.actor)}
    return [product_id for product_id in named if product_id in up] or named


def _which_product(ctx: Context, product_ids: list[int]) -> Reply:
    return ctx.reply("produce_name_it", options=[{"product": one} for one in product_ids[:MOST_CHOICES]])


def _meant(ctx: Context, changes: list[Change], listing_id: int | None) -> OwnListing | Reply:
    if listing_id is not None:
        return hers.one(ctx.tx, ctx.actor, listing_id=listing_id)
    first = changes[0]
    up = hers.up(ctx.tx, ctx.actor)
    found = [one for one in up if first.product_id in (None, one.product_id)]
    fitting = [one for one in found if in_unit(one.unit, first.unit)] or found
    if not fitting:
        if first.product_id is None:
            return ctx.reply("nothing_of_yours")
        return ctx.reply("not_yours_on_sale", product=first.product_id)
    if len(fitting) == 1 and (first.op != PRICE or first.product_id is not None):
        return fitting[0]  # a price for nothing in particular is never taken for the only one's
    few = fitting[:MOST_CHOICES]
    _ask(ctx, "produce_which", changes, [one.listing_id for one in few])
    lines = [
        {"amount_of": amount_of(one.left, one.unit), "price": str(one.price), "product": one.product_id}
        for one in few
    ]
    return ctx.reply("produce_which", options=lines)


def _missing(ctx: Context, changes: list[Change], mine: OwnListing) -> Reply | None:
    first = changes[0]
    if first.op == PRICE and not in_unit(mine.unit, first.unit):
        first.unit = first.price = None  # 80 per kg is no price of a crate
    if first.op == PRICE and first.price is None:
        _ask(ctx, "produce_price", changes, listing_id=mine.listing_id)
        return offer_questions.ask_price(ctx, mine.product_id, mine.unit, mine.ward_code)
    if first.op in (PRICE, DOWN):
        return None
    if first.quantity is not None and (Decimal(first.quantity) == ZERO or in_unit(mine.unit, first.unit)):
        return None
    first.quantity = None
    _ask(ctx, "produce_quantity", changes, listing_id=mine.listing_id)
    code = "stock_more" if first.op == ADD else "stock_quantity"
    return ctx.reply(code, product=mine.product_id, qty=mine.left, unit=mine.unit)


def _do(ctx: Context, changes: list[Change], mine: OwnListing) -> Reply:
    first = changes[0]
    try:
        match first.op:
            case "price":
                return _change_price(ctx, first, mine)
            case "down":
                listings.deactivate(ctx.tx, ctx.actor, listing_id=mine.listing_id)
                _overtake(ctx, mine.product_id)
                return ctx.reply("off_sale_now", product=mine.product_id)
            case "add":
                more = Decimal(str(first.quantity))
                now = listings.restock(ctx.tx, ctx.actor, listing_id=mine.listing_id, quantity=more)
            case _:
                left = Decimal(str(first.quantity))
                now = listings.set_quantity(ctx.tx, ctx.actor, listing_id=mine.listing_id, quantity=left)
    except PriceLooksOff as off:
        market = off.values["market"]
        _ask(ctx, "price_confirm", changes, listing_id=mine.listing_id)
        return ctx.reply(
            "price_sure", product=mine.product_id, unit=mine.unit, market=market, price=first.price
        )
    except PriceOutOfBounds as wrong:
        first.price = None
        _ask(ctx, "produce_price", changes, listing_id=mine.listing_id)
        return ctx.reply("price_bad", minimum=wrong.values["minimum"], maximum=wrong.values["maximum"])
    except (QuantityOutOfBounds, WholeNumbersOnly):
        first.quantity = None
        _ask(ctx, "produce_quantity", changes, listing_id=mine.listing_id)
        return ctx.reply("stock_quantity_bad", product=mine.product_id, unit=mine.unit)
    _overtake(ctx, mine.product_id)
    if now.quantity_available == ZERO:
        return ctx.reply("stock_out", product=mine.product_id)
    return offering.stands(ctx, mine.product_id, now.quantity_available, mine.unit, mine.price)


def _overtake(ctx: Context, product_id: int) -> None:
    """More of it, or is that all? She has said how much there is: the number of that question means nothing
    any more (DR-1510)."""
    asked = ctx.question
    if asked is None or asked.kind != "sell_again":
        return
    if any(offer.product_id == product_id for offer in offers.restored(asked.about)):
        ctx.close("overtaken")


def _change_price(ctx: Context, change: Change, mine: OwnListing) -> Reply:
    price = Decimal(str(change.price))
    listings.change_price(
        ctx.tx, ctx.actor, listing_id=mine.listing_id, price=price, price_confirmed=change.sure
    )
    return offering.stands(ctx, mine.product_id, mine.left, mine.unit, price)


def _ask(
    ctx: Context, kind: str, changes: list[Change], choices: list[int] | None = None, **more: Any
) -> None:
    about = {"changes": [asdict(change) for change in changes], **more}
    ctx.ask(kind, about=about, choices=[{"value": choice} for choice in choices or ()])
