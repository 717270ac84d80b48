"""What a farmer or an agent answers while something is put up for sale (DR-1510)."""

from collections.abc import Mapping
from typing import Any

from core.locations import service as locations
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer, Answering, choose_by_number
from sms.commands.farmer import figures, offer_questions, offering, sell
from sms.commands.farmer.offers import Offer, from_items, restored
from sms.context import Context, Outcome
from sms.lexicon import UNITS
from sms.reader import product_of
from sms.words import folded, tokens

FREE_TEXT = ("unknown", "place", "text", "place_change")


def _go_on(ctx: Context, offers: list[Offer]) -> Outcome:
    about = answering.about(ctx)
    ctx.close("answered")
    return offering.go_on(ctx, offers, farm_id=about.get("farm"), agent=bool(about.get("agent")))


def _with(ctx: Context, **changes: Any) -> Outcome:
    """The first offer with what the answer said, one step on."""
    offers = restored(answering.about(ctx))
    for name, value in changes.items():
        setattr(offers[0], name, value)
    return _go_on(ctx, offers)


def _product(ctx: Context) -> Answer:
    """One of the numbered, or its name; with the name she may say all the rest as well."""
    chosen = answering.chosen(ctx)
    if chosen is None and ctx.reading.intent in ("order", "farmer_list") and ctx.reading.items:
        offers = from_items(ctx, ctx.reading.items)
        if all(offer.product_id or offer.candidates for offer in offers):
            return _go_on(ctx, [*offers, *restored(answering.about(ctx))[1:]])
    if chosen is None:
        products = ctx.tx.parts.products
        named = [products.by_slug(slug).product_id for slug in product_of(ctx.message.text, products)]
        offered = [choice["value"] for choice in answering.choices(ctx)]
        fitting = [product_id for product_id in named if not offered or product_id in offered]
        if not fitting:
            return NOT_AN_ANSWER
        if len(fitting) > 1:
            return _with(ctx, product_id=None, candidates=tuple(fitting))
        chosen = fitting[0]
    return _with(ctx, product_id=int(chosen), candidates=())


def _unit(ctx: Context) -> Answer:
    """One of the numbered, or its name, with the quantity if that was said too."""
    chosen = answering.chosen(ctx)
    if chosen is not None:
        return _with(ctx, sold_unit=chosen)
    said = {UNITS[t.text] for t in tokens(folded(ctx.message.text)) if t.text in UNITS}
    fitting = [c["value"] for c in answering.choices(ctx) if c["value"].split()[0] in said]
    if len(fitting) != 1 or any(item["product"] for item in ctx.reading.items):
        return NOT_AN_ANSWER
    amount = figures.stock_said(ctx)
    return _with(ctx, sold_unit=fitting[0], **({"quantity": str(amount.number)} if amount else {}))


def _quantity(ctx: Context) -> Answer:
    amount = figures.stock_said(ctx)
    if amount is None:
        return NOT_AN_ANSWER
    offer = restored(answering.about(ctx))[0]
    changes: dict[str, Any] = {"quantity": str(amount.number), "bad": False}
    if not figures.in_unit(str(offer.sold_unit), amount.unit):
        changes |= {"unit": amount.unit, "sold_unit": None, "price": None}
    return _with(ctx, **changes)


def _day(ctx: Context) -> Answer:
    """The day from which it can be had; TODAY: it is ready (L1, L2)."""
    said = ctx.message.text.strip().strip(".,!").lower()
    if said not in offer_questions.NOW and not offer_questions.day_of(ctx, said):
        return NOT_AN_ANSWER
    return _with(ctx, when=said)


def _day_again(ctx: Context) -> Outcome:
    offer, last = restored(answering.about(ctx))[0], offer_questions.last_day(ctx)
    return ctx.reply("sell_day", product=offer.product_id, day=last, month=last)


def _price(ctx: Context) -> Answer:
    price = figures.price_said(ctx)
    offer = restored(answering.about(ctx))[0]
    if price is None or not figures.in_unit(str(offer.sold_unit), price.unit):
        return NOT_AN_ANSWER
    return _with(ctx, price=str(price.number))


def sure(ctx: Context) -> Answer:
    """DR-404: YES keeps her price, NO asks for another one, and another one is simply said."""
    about = answering.about(ctx)
    if "offers" not in about:
        return NOT_AN_ANSWER
    if ctx.reading.intent == "confirm_yes" and not ctx.reading.slots:
        return _with(ctx, sure=True)
    if ctx.reading.intent == "confirm_no":
        return _with(ctx, price=None)
    return _price(ctx)


def _again(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    return NOT_AN_ANSWER if chosen is None else _with(ctx, known=chosen)


def _farm(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    if chosen is None:
        return NOT_AN_ANSWER
    offers = restored(answering.about(ctx))
    ctx.close("answered")
    return offering.go_on(ctx, offers, farm_id=int(chosen))


def _farm_place(ctx: Context) -> Answer:
    if ctx.reading.intent not in FREE_TEXT:
        return NOT_AN_ANSWER
    words = str(ctx.reading.slots.get("place") or ctx.message.text)
    return sell.heard(ctx, words, restored(answering.about(ctx)))


def _farm_place_choose(ctx: Context) -> Answer:
    code = answering.ward_chosen(ctx)
    if code is None:
        return NOT_AN_ANSWER
    about = answering.about(ctx)
    return sell.settle(ctx, code, str(about["landmark"]), restored(about))


def _door(ctx: Context) -> Answer:
    """The words by which a rider finds the farm (DR-303)."""
    if ctx.reading.intent not in FREE_TEXT:
        return NOT_AN_ANSWER
    location_id = int(answering.about(ctx)["location"])
    ctx.close("answered")
    kept = locations.set_landmark(ctx.tx, ctx.actor, location_id=location_id, landmark=ctx.message.text)
    return ctx.reply("farm_door_kept", landmark=kept.landmark)


def _what_again(ctx: Context) -> Outcome:
    return choose_by_number(ctx) if answering.choices(ctx) else ctx.reply("sell_what")


def _quantity_again(ctx: Context) -> Outcome:
    offer = restored(answering.about(ctx))[0]
    return ctx.reply("sell_quantity_bad", product=offer.product_id, unit=offer.sold_unit)


def _price_again(ctx: Context) -> Outcome:
    """The question once more, in the unit it is about."""
    offer = restored(answering.about(ctx))[0]
    return ctx.reply("sell_price", product=offer.product_id, unit=offer.sold_unit)


def _where_again(ctx: Context) -> Outcome:
    return ctx.reply("farm_where_again")


def _door_again(ctx: Context) -> Outcome:
    return ctx.reply("farm_door")


ANSWERS: Mapping[str, Answering] = {
    "sell_product": Answering("choose_number", _product, _what_again),
    "sell_unit": Answering("choose_number", _unit, choose_by_number),
    "sell_quantity": Answering("quantity", _quantity, _quantity_again),
    "sell_price": Answering("quantity", _price, _price_again),
    "sell_day": Answering("quantity", _day, _day_again),
    "sell_again": Answering("choose_number", _again, choose_by_number),
    "sell_farm": Answering("choose_number", _farm, choose_by_number),
    "farm_place": Answering("place", _farm_place, _where_again),
    "farm_place_choose": Answering("choose_number", _farm_place_choose, choose_by_number),
    "farm_door": Answering("place", _door, _door_again),
}
