"""What a farmer answers about produce that is for sale (DR-1510)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.listings import hers
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer, Answering, NotAnAnswer, choose_by_number
from sms.commands.farmer import figures, produce, sell_answers
from sms.context import Context, Outcome


def _with(ctx: Context, listing_id: int, **values: Any) -> Outcome:
    changes = produce.restored(answering.about(ctx))
    for name, value in values.items():
        setattr(changes[0], name, value)
    ctx.close("answered")
    return produce.go_on(ctx, changes, listing_id)


def _which(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    return NOT_AN_ANSWER if chosen is None else _with(ctx, int(chosen))


def _asked_of(ctx: Context) -> hers.OwnListing:
    return hers.one(ctx.tx, ctx.actor, listing_id=int(answering.about(ctx)["listing_id"]))


def _quantity(ctx: Context) -> Answer:
    mine = _asked_of(ctx)
    if figures.says_none(ctx) and produce.restored(answering.about(ctx))[0].op == produce.SET:
        return _with(ctx, mine.listing_id, quantity="0")
    amount = figures.stock_said(ctx)
    if amount is None or not figures.in_unit(mine.unit, amount.unit):
        return NOT_AN_ANSWER
    return _with(ctx, mine.listing_id, quantity=str(amount.number), unit=None)


def _price(ctx: Context) -> Answer:
    mine = _asked_of(ctx)
    price = figures.price_said(ctx)
    if price is None or not figures.in_unit(mine.unit, price.unit):
        return NOT_AN_ANSWER
    return _with(ctx, mine.listing_id, price=str(price.number))


def _sure(ctx: Context) -> Answer:
    """DR-404, of something new or of another price: YES keeps it, another price is simply said."""
    answered = sell_answers.sure(ctx) if "offers" in answering.about(ctx) else _sure_of_hers(ctx)
    bare = ctx.reading.intent == "farmer_price_change" and not ctx.reading.slots.get("product")
    return _sure_again(ctx) if isinstance(answered, NotAnAnswer) and bare else answered


def _sure_of_hers(ctx: Context) -> Answer:
    listing_id = int(answering.about(ctx)["listing_id"])
    if ctx.reading.intent == "confirm_yes" and not ctx.reading.slots:
        return _with(ctx, listing_id, sure=True)
    if ctx.reading.intent == "confirm_no":
        ctx.close("no")
        mine = hers.one(ctx.tx, ctx.actor, listing_id=listing_id)
        return ctx.reply("price_stays", product=mine.product_id, price=Decimal(mine.price), unit=mine.unit)
    return _price(ctx)


def _again(ctx: Context) -> Outcome:
    mine = _asked_of(ctx)
    return ctx.reply("stock_quantity_bad", product=mine.product_id, unit=mine.unit)


def _price_again(ctx: Context) -> Outcome:
    mine = _asked_of(ctx)
    return ctx.reply("sell_price", product=mine.product_id, unit=mine.unit)


def _sure_again(ctx: Context) -> Outcome:
    return ctx.reply("price_sure_again")


ANSWERS: Mapping[str, Answering] = {
    "produce_which": Answering("choose_number", _which, choose_by_number),
    "produce_quantity": Answering("quantity", _quantity, _again),
    "produce_price": Answering("quantity", _price, _price_again),
    "price_confirm": Answering("price_confirm", _sure, _sure_again),
}
