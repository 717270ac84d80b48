"""What customers answer to an open question (DR-1510)."""

from collections.abc import Mapping
from typing import Any

from core.reviews import service as reviews
from core.reviews.rules import LONGEST_TEXT
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer, Answering, choose_by_number, say_yes_or_no
from sms.commands.customer import choosing, place, quoting, waiting, wish
from sms.commands.rider import jobs
from sms.context import Context, Outcome
from sms.lexicon import UNITS
from sms.reader import product_of
from sms.words import folded, tokens


def _place_again(ctx: Context) -> Outcome:
    return ctx.reply("place_again")


def _quantity_again(ctx: Context) -> Outcome:
    return _filled(ctx, quantity=None, bad=True)


def _stars_again(ctx: Context) -> Outcome:
    return ctx.reply("rate_bad")


def _place(ctx: Context) -> Answer:
    if ctx.reading.intent != "place":
        return NOT_AN_ANSWER
    return place.heard(ctx, str(ctx.reading.slots["place"]), answering.about(ctx)["wish"])


def _choose_place(ctx: Context) -> Answer:
    code = answering.chosen(ctx)
    if code is None:
        found = ctx.tx.parts.places.in_text(ctx.message.text)
        offered = {choice["value"] for choice in answering.choices(ctx)}
        named = [ward.code for ward in found.candidates if ward.code in offered]
        if len(named) != 1:
            return NOT_AN_ANSWER
        code = named[0]
    return place.keep(ctx, int(code), answering.about(ctx)["landmark"], answering.about(ctx)["wish"])


def _choose_product(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    if chosen is None:
        products = ctx.tx.parts.products
        named = {products.by_slug(s).product_id for s in product_of(ctx.message.text, products)}
        fitting = [choice["value"] for choice in answering.choices(ctx) if choice["value"] in named]
        if len(fitting) != 1:
            return NOT_AN_ANSWER
        chosen = fitting[0]
    return _filled(ctx, product_id=int(chosen), candidates=())


def _unit(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    if chosen is None:
        said = {UNITS[t.text] for t in tokens(folded(ctx.message.text)) if t.text in UNITS}
        fitting = [c["value"] for c in answering.choices(ctx) if c["value"].split()[0] in said]
        if len(fitting) != 1 or any(item["product"] for item in ctx.reading.items):
            return NOT_AN_ANSWER
        chosen = fitting[0]
        quantity, _, bad = ctx.reader.amount(ctx.message.text)
        if quantity is not None and not bad:
            return _filled(ctx, sold_unit=chosen, quantity=str(quantity))
    return _filled(ctx, sold_unit=chosen)


def _quantity(ctx: Context) -> Answer:
    if ctx.reading.items and ctx.reading.items[0]["product"]:
        return NOT_AN_ANSWER
    quantity, unit, bad = ctx.reader.amount(ctx.message.text)
    if quantity is None and not bad:
        return NOT_AN_ANSWER
    if quantity is None:
        return _filled(ctx, quantity=None, bad=True) if ctx.reading.intent == "order" else NOT_AN_ANSWER
    changes: dict[str, Any] = {"quantity": str(quantity), "bad": False}
    want = wish.restored(answering.about(ctx)["wish"])[answering.about(ctx)["at"]]
    if unit is not None and (want.sold_unit is None or want.sold_unit.split()[0] != unit):
        changes |= {"unit": unit, "sold_unit": None}
    return _filled(ctx, **changes)


def _quote(ctx: Context) -> Answer:
    match ctx.reading.intent:
        case "confirm_yes" if "job" not in ctx.reading.slots:
            return quoting.yes(ctx)
        case "confirm_no" | "cancel":
            return quoting.no(ctx)
        case "pay" if not ctx.reading.slots:
            return quoting.yes(ctx)
        case "order" if ctx.reading.ask == "confirm":
            return quoting.instead(ctx)
    return NOT_AN_ANSWER


def _rating(ctx: Context) -> Answer:
    """DR-1404: the 1 to 5 is a review of all that came, and of who brought it."""
    if ctx.reading.intent != "rate":
        return NOT_AN_ANSWER
    stars = ctx.reading.slots.get("stars")
    if stars is None:
        return ctx.reply("rate_bad")
    ctx.order_id = int(answering.about(ctx)["order_id"])
    comment = str(ctx.reading.slots.get("comment") or "")[:LONGEST_TEXT]
    reviews.rate_order(ctx.tx, ctx.actor, order_id=ctx.order_id, stars=int(stars), text=comment)
    ctx.close(f"rated {stars}")
    return ctx.reply("rated", stars=stars)


def _follow(ctx: Context) -> Answer:
    return waiting.answered(ctx) or NOT_AN_ANSWER


def _replacement(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    return NOT_AN_ANSWER if chosen is None else choosing.replacement(ctx, str(chosen))


def _short(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    return NOT_AN_ANSWER if chosen is None else choosing.short(ctx, str(chosen))


def _received(ctx: Context) -> Answer:
    if ctx.reading.intent not in ("confirm_yes", "confirm_no") or ctx.reading.slots.get("job"):
        return NOT_AN_ANSWER
    return jobs.got_it(ctx, yes=ctx.reading.intent == "confirm_yes")


def _no_rider(ctx: Context) -> Answer:
    choice = answering.chosen(ctx)
    return NOT_AN_ANSWER if choice is None else jobs.chosen(ctx, str(choice))


def _filled(ctx: Context, **changes: Any) -> Outcome:
    """The wish with what the answer said, one step on."""
    about = answering.about(ctx)
    wants = wish.restored(about["wish"])
    for name, value in changes.items():
        setattr(wants[about["at"]], name, value)
    ctx.close("answered")
    return wish.go_on(ctx, wants)


ANSWERS: Mapping[str, Answering] = {
    "place": Answering("place", _place, _place_again),
    "choose_place": Answering("choose_number", _choose_place, choose_by_number),
    "choose_product": Answering("choose_number", _choose_product, choose_by_number),
    "unit": Answering("choose_number", _unit, choose_by_number),
    "quantity": Answering("quantity", _quantity, _quantity_again),
    "quote": Answering("quote_confirm", _quote, say_yes_or_no),
    "rating": Answering("rate", _rating, _stars_again),
    "follow": Answering("yes_no", _follow, say_yes_or_no),
    "replacement": Answering("choose_number", _replacement, choose_by_number),
    "short": Answering("choose_number", _short, choose_by_number),
    "received": Answering("yes_no", _received, say_yes_or_no),
    "no_rider": Answering("choose_number", _no_rider, choose_by_number),
}
