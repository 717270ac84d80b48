"""What customers answer to an open question (DR-1510)."""

from collections.abc import Mapping
from typing import Any

from core.orders import quotes
from core.orders.models import Order
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer, Answering, choose_by_number, say_yes_or_no
from sms.commands.customer import (
    cancel,
    choosing,
    complain,
    place,
    quoting,
    rate,
    receiving,
    redo,
    same,
    shelf,
    waiting,
    which_pay,
    wish,
)
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
    said = answering.about(ctx)
    return place.heard(ctx, str(ctx.reading.slots["place"]), said["wish"], then=said.get("then"))


def _choose_place(ctx: Context) -> Answer:
    code = answering.ward_chosen(ctx)
    if code is None:
        return NOT_AN_ANSWER
    said = answering.about(ctx)
    return place.keep(ctx, code, said["landmark"], said["wish"], then=said.get("then"))


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
    changes: dict[str, Any] = {"quantity": str(quantity), "bad": False, "worth": None}
    want = wish.restored(answering.about(ctx)["wish"])[answering.about(ctx)["at"]]
    if unit is not None and (want.sold_unit is None or want.sold_unit.split()[0] != unit):
        changes |= {"unit": unit, "sold_unit": None}
    return _filled(ctx, **changes)


def _quote(ctx: Context) -> Answer:
    match ctx.reading.intent:
        case "confirm_yes" if "job" not in ctx.reading.slots:
            return quoting.yes(ctx)
        case "choose":
            return _take_or_change(ctx)
        case "confirm_no" | "cancel" if not ctx.reading.slots.get("order") and _of_this_quote(ctx):
            return quoting.no(ctx)
        case "pay" if not ctx.reading.slots.get("order"):
            return which_pay.ask(ctx) if which_pay.needs_asking(ctx) else quoting.yes(ctx)
        case "collect" if not ctx.reading.slots.get("order"):
            return quoting.collect(ctx)
        case "order" if ctx.reading.ask == "confirm" and _only_another_amount(ctx):
            return quoting.instead(ctx)
    return NOT_AN_ANSWER


def _of_this_quote(ctx: Context) -> bool:
    """`CANCEL onions` to a quote without onions is about an order of hers."""
    slug = ctx.reading.slots.get("product")
    view = quotes.quote_view(ctx.tx, int(answering.about(ctx)["quote_id"]))
    product_id = ctx.tx.parts.products.by_slug(str(slug)).product_id if slug else None
    return product_id is None or product_id in {line.product_id for line in view.lines}


def _only_another_amount(ctx: Context) -> bool:
    """`yes but only 3kg`, `3kg`: an amount, and nothing that it is of."""
    items = ctx.reading.items
    return len(items) == 1 and items[0]["product"] is None and items[0]["qty"] is not None


def _take_or_change(ctx: Context) -> Answer:
    """`1 Take 6 of 8  2 Change`: 2 asks how much then (DR-414)."""
    choice = answering.chosen(ctx)
    if choice is None:
        return NOT_AN_ANSWER
    if choice == "take":
        return quoting.yes(ctx)
    said = answering.about(ctx)
    view = quotes.quote_view(ctx.tx, int(said["quote_id"]))
    wants = [
        wish.Want(product_id=line.product_id, quantity=str(line.quantity), sold_unit=line.unit)
        for line in view.lines
    ]
    at = next((n for n, want in enumerate(wants) if want.product_id in said["short"]), None)
    ctx.close("change")
    if at is None:
        return ctx.reply("declined")
    wants[at].quantity = None
    return wish.go_on(ctx, wants)


def _yes_or_no_to_quote(ctx: Context) -> Outcome:
    return choose_by_number(ctx) if answering.choices(ctx) else say_yes_or_no(ctx)


def _rating(ctx: Context) -> Answer:
    """DR-1404: the 1 to 5 is a review of all that came, and of who brought it."""
    if ctx.reading.intent != "rate" or ctx.reading.slots.get("order"):
        return NOT_AN_ANSWER
    if ctx.reading.slots.get("stars") is None:
        return ctx.reply("rate_bad")
    order_id = int(answering.about(ctx)["order_id"])
    reply = rate.give(ctx, order_id, ctx.tx.session.get_one(Order, order_id).tail)
    ctx.close(f"rated {ctx.reading.slots['stars']}")
    return reply


def _collect_where(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    return NOT_AN_ANSWER if chosen is None else quoting.collect_at(ctx, int(chosen))


def _cancel(ctx: Context) -> Answer:
    yes = answering.yes(ctx)
    return NOT_AN_ANSWER if yes is None else cancel.sure(ctx, yes=yes)


def _shelf_again(ctx: Context) -> Outcome:
    return ctx.reply("shelf_again")


# What the reader leaves as somebody's own words.
OWN_WORDS = frozenset(("text", "mpesa_confirmation"))


def _complaint(ctx: Context) -> Answer:
    """Her own words, whatever they look like; only NO, and a command alone, are not what is wrong."""
    if ctx.reading.intent == "confirm_no":
        ctx.close("no")
        return ctx.reply("declined")
    if ctx.reading.intent not in OWN_WORDS:
        return NOT_AN_ANSWER
    return complain.in_words(ctx)


def _which_item(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    return NOT_AN_ANSWER if chosen is None else complain.of_item(ctx, int(chosen))


def _which_order(ctx: Context) -> Answer:
    """The number of the line, or that of the order itself; then what she wanted with it is done."""
    chosen = answering.chosen(ctx)
    if chosen is None and ctx.reading.intent == "status" and (said := ctx.reading.slots.get("order")):
        fitting = [c["value"] for c in answering.choices(ctx) if str(c["value"]).endswith(str(said))]
        chosen = fitting[0] if len(fitting) == 1 else None
    if chosen is None:
        return NOT_AN_ANSWER
    said_before = answering.about(ctx)
    ctx.close("answered")
    return redo.go_on(ctx, said_before["do"], said_before["slots"] | {"order": chosen})


def _which_product(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    if chosen is None:
        named = product_of(ctx.message.text, ctx.tx.parts.products)
        fitting = [c["value"] for c in answering.choices(ctx) if c["value"] in named]
        chosen = fitting[0] if len(fitting) == 1 else None
    if chosen is None:
        return NOT_AN_ANSWER
    said = answering.about(ctx)
    ctx.close("answered")
    return redo.go_on(ctx, said["do"], said["slots"] | {"product": chosen})


def _follow(ctx: Context) -> Answer:
    return waiting.answered(ctx) or NOT_AN_ANSWER


def _replacement(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    return NOT_AN_ANSWER if chosen is None else choosing.replacement(ctx, str(chosen))


def _short(ctx: Context) -> Answer:
    chosen = answering.chosen(ctx)
    return NOT_AN_ANSWER if chosen is None else choosing.short(ctx, str(chosen))


def _received(ctx: Context) -> Answer:
    yes = answering.yes(ctx)
    return NOT_AN_ANSWER if yes is None else receiving.got_it(ctx, yes=yes)


def _no_rider(ctx: Context) -> Answer:
    choice = answering.chosen(ctx)
    return NOT_AN_ANSWER if choice is None else receiving.chosen(ctx, str(choice))


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
    "quote": Answering("quote_confirm", _quote, _yes_or_no_to_quote),
    "pay_which": Answering("choose_number", which_pay.chosen, choose_by_number),
    "collect_where": Answering("choose_number", _collect_where, choose_by_number),
    "weekly": Answering("quote_confirm", same.answered, say_yes_or_no),
    "cancel": Answering("yes_no", _cancel, say_yes_or_no),
    "shelf": Answering("shelf", shelf.picked, _shelf_again),
    "complaint": Answering("text", _complaint, _shelf_again),
    "which_item": Answering("choose_number", _which_item, choose_by_number),
    "which_order": Answering("choose_number", _which_order, choose_by_number),
    "which_product": Answering("choose_number", _which_product, choose_by_number),
    "rating": Answering("rate", _rating, _stars_again),
    "follow": Answering("yes_no", _follow, say_yes_or_no),
    "replacement": Answering("choose_number", _replacement, choose_by_number),
    "short": Answering("choose_number", _short, choose_by_number),
    "received": Answering("yes_no", _received, say_yes_or_no),
    "no_rider": Answering("choose_number", _no_rider, choose_by_number),
}
