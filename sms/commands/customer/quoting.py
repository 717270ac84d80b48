"""Quotes as texts: making one, what stands in its way, and the yes that turns it into an order."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.errors import DomainError
from core.listings.errors import NotEnoughStock
from core.locations.errors import NotServed
from core.locations.models import Location
from core.orders import quotes
from core.orders.errors import (
    AboveMaximum,
    BelowMinimum,
    NoRiderThere,
    NothingForSale,
    OutOfReach,
    QuantityTooSmall,
    QuoteChanged,
    QuoteGone,
    QuoteUnknown,
    TooManyUnpaid,
)
from core.orders.models import Quote
from core.orders.quotes import Line, QuoteView
from core.payments.errors import PromptOpen
from core.users import service as users
from sms.commands.customer import waiting
from sms.context import Context, Outcome, Reply


def amount(quantity: Decimal, unit: str, kg: Decimal) -> dict[str, str]:
    """An amount slot; the same words everywhere, with the kg of a pack (DR-112)."""
    return {"qty": str(quantity), "unit": unit, "kg": str(kg)}


def offer(ctx: Context, lines: list[Line], place: Location) -> Outcome:
    """Quote `lines` at `place` and ask for a yes; where that cannot be, say why and what to do next."""
    try:
        made = quotes.quote(ctx.tx, ctx.actor, lines=lines, location_id=place.location_id)
    except NotEnoughStock as short:
        return _less(ctx, lines, place, short)
    except DomainError as error:
        return refusal(ctx, error, product_id=lines[0].product_id, place=place)
    view = quotes.quote_view(ctx.tx, made.quote_id)
    return _put(ctx, view, _code(view))


def _code(view: QuoteView, usual: str = "quote") -> str:
    """Which text asks for the yes: is it meant again, must she fetch it, are there several lines?"""
    many = "_lines" if len(view.lines) > 1 else ""
    if view.asked_again:
        return f"quote{many}_again"
    if view.way != "rider":
        return f"quote{many}_fetch"
    return f"quote{many}" if many else usual


def _less(ctx: Context, lines: list[Line], place: Location, short: NotEnoughStock) -> Outcome:
    """Offer what there is, if a yes can settle it (DR-413, DR-414)."""
    lacking = {int(said["product_id"]): said for said in short.values.get("lines", [short.values])}
    product_id = next(iter(lacking))
    gone = [product for product, said in lacking.items() if Decimal(str(said["left"])) <= 0]
    if gone:
        return waiting.nothing(ctx, gone[0], place)
    less = [
        Line(line.product_id, Decimal(str(said["left"])), str(said["unit"]))
        if (said := lacking.get(line.product_id))
        else line
        for line in lines
    ]
    try:
        made = quotes.quote(ctx.tx, ctx.actor, lines=less, location_id=place.location_id)
    except DomainError as error:
        return refusal(ctx, error, product_id=product_id, place=place)
    view = quotes.quote_view(ctx.tx, made.quote_id)
    return _put(ctx, view, _code(view, "quote_less"))


def _put(ctx: Context, view: QuoteView, code: str) -> Reply:
    """Ask the customer for her yes to a quote; it waits as long as the quote holds."""
    ctx.ask("quote", about={"quote_id": view.quote_id}, until=view.expires_at)
    first = view.lines[0]
    values: dict[str, Any] = {
        "amount_of": amount(first.quantity, first.unit, first.kg),
        "product": first.product_id,
        "farm": first.farm,
        "goods": view.subtotal,
        "fee": view.delivery_fee,
        "total": view.asked,
        "where": view.place,
        "day": view.day,
        "time": view.expires_at,
    }
    if len(view.lines) > 1:
        values["lines"] = [
            {"amount_of": amount(line.quantity, line.unit, line.kg), "product": line.product_id}
            for line in view.lines
        ]
    return ctx.reply(code, **values)


def yes(ctx: Context) -> Outcome:
    """YES to the open quote: the terms are accepted, the order placed, the prompt on its way (DR-1509)."""
    assert ctx.question is not None, "a yes answers a question"
    quote_id = int(ctx.question.about["quote_id"])
    users.accept_terms(ctx.tx, ctx.actor, version=users.TERMS_VERSION)
    try:
        asked_again = quotes.quote_view(ctx.tx, quote_id).asked_again
        key = ctx.message.key[:128]
        quotes.accept(ctx.tx, ctx.actor, quote_id=quote_id, idempotency_key=key, again=asked_again)
    except QuoteChanged as changed:
        view = quotes.quote_view(ctx.tx, int(changed.values["new_quote_id"]))
        ctx.close("changed")
        return _put(ctx, view, _code(view, "quote_changed"))
    except (QuoteGone, QuoteUnknown):
        ctx.close("gone")
        return ctx.reply("quote_gone")
    except DomainError as error:
        view = quotes.quote_view(ctx.tx, quote_id)
        place = _place_of(ctx, quote_id)
        if not isinstance(error, TooManyUnpaid | PromptOpen):
            ctx.close("refused")
        if isinstance(error, NotEnoughStock):
            lines = [Line(line.product_id, line.quantity, line.unit) for line in view.lines]
            return _less(ctx, lines, place, error)
        return refusal(ctx, error, product_id=view.lines[0].product_id, place=place)
    ctx.close("yes")
    return None


def no(ctx: Context) -> Outcome:
    """NO: nothing is ordered."""
    ctx.close("no")
    return ctx.reply("declined")


def instead(ctx: Context) -> Outcome:
    """`yes but only 3kg`: the same produce in another amount is another quote, not a yes."""
    assert ctx.question is not None, "it answers a quote"
    view = quotes.quote_view(ctx.tx, int(ctx.question.about["quote_id"]))
    item = ctx.reading.items[0]
    line = view.lines[0]
    if len(view.lines) > 1 or item["unit"] not in (None, line.unit.split()[0]):
        return ctx.reply("answer_yes_no")
    place = _place_of(ctx, view.quote_id)
    ctx.close("other amount")
    return offer(ctx, [Line(line.product_id, item["qty"], line.unit)], place)


def refusal(ctx: Context, error: DomainError, *, product_id: int, place: Location) -> Reply:
    """Why there is no quote or no order, and what to do next; a refusal of another kind goes on upwards."""
    said = error.values
    product = int(said.get("product_id", product_id))
    match error:
        case NothingForSale() | OutOfReach():
            return waiting.nothing(ctx, product, place)
        case NotServed():
            return ctx.reply("not_served", place=said["place"])
        case NoRiderThere():
            return ctx.reply("no_rider", product=product, place=place.ward)
        case BelowMinimum():
            return ctx.reply("below_minimum", minimum=said["minimum"], total=said["total"])
        case AboveMaximum():
            return ctx.reply("above_maximum", maximum=said["maximum"], total=said["total"])
        case QuantityTooSmall():
            kg = ctx.tx.parts.products.entry(product).units.get(said["unit"], Decimal(0)) * said["minimum"]
            least = amount(said["minimum"], said["unit"], kg)
            return ctx.reply("too_small", product=product, amount_of=least)
        case TooManyUnpaid():
            return ctx.reply("too_many_unpaid", count=said["limit"])
        case PromptOpen():
            return ctx.reply("prompt_open")
    raise error


def _place_of(ctx: Context, quote_id: int) -> Location:
    query = (
        select(Location)
        .join(Quote, Quote.location_id == Location.location_id)
        .where(Quote.quote_id == quote_id)
    )
    return ctx.tx.session.scalars(query).one()
