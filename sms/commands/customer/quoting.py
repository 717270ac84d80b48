"""Quotes as texts: making one, what had to change for it, and the yes that turns it into an order."""

from collections.abc import Sequence, Set
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.errors import DomainError
from core.listings.errors import NotEnoughStock
from core.locations.errors import NotServed
from core.locations.models import Location
from core.money import whole_shillings
from core.msisdn import NotKenyanMobile, e164
from core.orders import fitting, quotes
from core.orders.bringing import RIDER, Choice
from core.orders.errors import (
    AboveMaximum,
    BelowMinimum,
    MethodNotOffered,
    NoRiderThere,
    NothingForSale,
    OutOfReach,
    QuoteChanged,
    QuoteGone,
    QuoteUnknown,
    TooManyUnpaid,
    WayGone,
)
from core.orders.fitting import Changed
from core.orders.models import Quote
from core.orders.quotes import Line, QuoteView
from core.payment_methods import network
from core.payment_methods import service as methods
from core.payments import kept
from core.payments.errors import PromptOpen
from core.users import service as users
from sms.commands.customer import paid_how, waiting
from sms.context import Context, Outcome, Reply

# What is not there is taken or changed; what had to be more is a plain yes or no.
SHORT = ("less", "gone")
# What we keep for her pays it all: M-Pesa is not asked.
COVERED = {
    **dict.fromkeys(("quote", "quote_changed", "quote_again", "quote_worth", "quote_least"), "quote_covered"),
    **dict.fromkeys(("quote_lines", "quote_lines_again", "quote_lines_more"), "quote_lines_covered"),
}


def amount(quantity: Decimal, unit: str, kg: Decimal) -> dict[str, str]:
    """An amount slot; the same words everywhere, with the kg of a pack (DR-112)."""
    return {"qty": str(quantity), "unit": unit, "kg": str(kg)}


def offer(
    ctx: Context,
    lines: Sequence[Line],
    place: Location,
    *,
    only: Set[int] | None = None,
    worth: Decimal | None = None,
    gone: Sequence[int] = (),
) -> Outcome:
    """Quote `lines` at `place` and ask for a yes; where that cannot be, say why and what to do next.

    only   from the farm that she has chosen, while it has any
    worth  the shillings that she asked produce for: the quote says how much they buy
    gone   products of the same text that nobody sells: it is said that they are left out (DR-414)
    """
    try:
        fitted = fitting.fit(
            ctx.tx, ctx.actor, lines=lines, location_id=place.location_id, only=only, fill_up=True
        )
        if fitted.quote is None and only is not None:
            fitted = fitting.fit(ctx.tx, ctx.actor, lines=lines, location_id=place.location_id, fill_up=True)
    except DomainError as error:
        return refusal(ctx, error, product_id=lines[0].product_id, place=place)
    missing = [Changed(product_id, "", Decimal(0), Decimal(0), "gone") for product_id in gone]
    changed = [*missing, *fitted.changed]
    if fitted.quote is None:
        return waiting.nothing(ctx, changed[0].product_id, place)
    return put(ctx, quotes.quote_view(ctx.tx, fitted.quote.quote_id), changed=changed, worth=worth)


def put(
    ctx: Context,
    view: QuoteView,
    *,
    code: str = "",
    changed: Sequence[Changed] = (),
    worth: Decimal | None = None,
) -> Reply:
    """Ask the customer for her yes to a quote; it waits as long as the quote holds.

    code  the text for a single line, where it is not the usual one
    """
    short = [one for one in changed if one.why in SHORT]
    about = {"quote_id": view.quote_id, "short": [one.product_id for one in short]}
    choices = [{"value": "take"}, {"value": "change"}] if short and not view.asked_again else []
    if ctx.ask("quote", about=about, choices=choices, until=view.expires_at) is None:
        return ctx.reply("answer_first")
    first, place = view.lines[0], place_of(ctx, view.quote_id)
    elsewhere = place.default_of is None and view.way == RIDER
    values: dict[str, Any] = {
        "amount_of": amount(first.quantity, first.unit, first.kg),
        "product": first.product_id,
        "farm": first.farm,
        "goods": view.subtotal,
        "fee": view.delivery_fee,
        "total": view.asked,
        "where": place.ward if elsewhere else view.place,
        "day": view.day,
        "time": view.expires_at,
        "minimum": ctx.tx.setting("order.min_total"),
        "payer": _payer(ctx),
    }
    pays = kept.of_sum(ctx.tx, ctx.actor, view.asked)
    if pays.kept or pays.short:
        values |= {"kept": pays.kept or None, "short": pays.short or None, "due": pays.due or None}
    if short:
        values |= {"left": first.quantity, "qty": short[0].asked}
    if worth is not None:
        values["sum"] = worth
    named = _elsewhere(view, changed) if elsewhere else _code(view, code, changed, worth)
    if pays.kept and not pays.due and named in COVERED:
        named = COVERED[named]
    if named.startswith("quote_lines"):
        values["lines"] = [
            {"amount_of": amount(line.quantity, line.unit, line.kg), "product": line.product_id}
            for line in view.lines
        ]
        if short:
            values["product"] = short[0].product_id
        gone = [one.product_id for one in short if one.why == "gone"]
        if len(gone) > 1 or view.asked_again:  # of one alone the usual text says so itself
            values["missing"] = gone
    return ctx.reply(named, **values)


def _payer(ctx: Context) -> str:
    """The number that M-Pesa will ask, "" where it is the phone that she texts from (DR-1509)."""
    own = ctx.message.msisdn
    known = network.payer(ctx.tx, ctx.actor, msisdn=own)
    return known if known != own else ""


def _code(view: QuoteView, usual: str, changed: Sequence[Changed], worth: Decimal | None) -> str:
    """Which text asks for the yes: is it meant again, what had to change, must she fetch it?"""
    elsewhere = any(one.product_id != view.lines[0].product_id for one in changed)
    many = "_lines" if len(view.lines) > 1 or elsewhere else ""
    fetched = "_fetch" if view.way != RIDER else ""
    whys = {one.why for one in changed}
    if view.asked_again:
        return f"quote{many}_again"
    if whys & {*SHORT}:
        if many and not fetched and sum(one.why in SHORT for one in changed) > 1:
            return "quote_lines_rest"
        return f"quote{many}_less{fetched}"
    if whys:
        least = "quote_least" if "least" in whys and not many and not fetched else ""
        return least or f"quote{many}_more{fetched}"
    if fetched or many:
        return f"quote{many}{fetched}"
    return usual or ("quote" if worth is None else "quote_worth")


def _elsewhere(view: QuoteView, changed: Sequence[Changed]) -> str:
    """The text where the goods go to another place than her usual one: it names that place."""
    others = any(one.product_id != view.lines[0].product_id for one in changed)
    many = "_lines" if len(view.lines) > 1 or others else ""
    whys = {one.why for one in changed}
    if view.asked_again:
        return f"quote{many}_again_to"
    if whys & {*SHORT}:
        return f"quote{many}_less_to"
    return f"quote{many}_more_to" if whys else f"quote{many}_to"


def yes(ctx: Context) -> Outcome:
    """YES, CASH, BANK or PAY 0722... to the open quote: the terms are accepted, the order placed, the prompt
    on its way (DR-1509)."""
    assert ctx.question is not None, "a yes answers a question"
    slots = ctx.reading.slots
    try:
        payer = e164(str(slots["phone"])) if slots.get("phone") else ""
    except NotKenyanMobile:
        return ctx.reply("bad_phone")
    return accept(
        ctx,
        int(ctx.question.about["quote_id"]),
        method=str(slots.get("method") or methods.MPESA),
        payer=payer,
    )


def accept(ctx: Context, quote_id: int, *, method: str = methods.MPESA, payer: str = "") -> Outcome:
    """Place the order of a quote that she has said yes to.

    payer  another phone that is asked for the money; it is kept among her ways to pay (DR-807)
    """
    users.accept_terms(ctx.tx, ctx.actor, version=users.TERMS_VERSION)
    if method == methods.BANK and not ctx.tx.setting("bank.account"):
        return ctx.reply("no_bank")
    chosen: int | str = method
    own = ctx.message.msisdn
    if method == methods.MPESA and not payer:
        if network.must_ask(ctx.tx, ctx.actor, msisdn=own):
            return ctx.reply("mpesa_which", phone=own)
        known = network.payer(ctx.tx, ctx.actor, msisdn=own)
        payer = known if known != own else ""
    if payer and (payer != own or network.must_ask(ctx.tx, ctx.actor, msisdn=own)):
        chosen = network.name(ctx.tx, ctx.actor, msisdn=own, phone=payer).payment_method_id
    try:
        asked_again = quotes.quote_view(ctx.tx, quote_id).asked_again
        key = ctx.message.key[:128]
        order = quotes.accept(
            ctx.tx, ctx.actor, quote_id=quote_id, method=chosen, idempotency_key=key, again=asked_again
        )
    except QuoteChanged as changed:
        ctx.close("changed")
        view = quotes.quote_view(ctx.tx, int(changed.values["new_quote_id"]))
        return put(ctx, view, code="quote_changed")
    except (QuoteGone, QuoteUnknown):
        ctx.close("gone")
        return ctx.reply("quote_gone")
    except paid_how.NO_CASH as error:
        return paid_how.no_cash(ctx, error)
    except MethodNotOffered:
        return ctx.reply("no_bank")
    except DomainError as error:
        return _refused(ctx, error, quote_id)
    ctx.close("yes")
    return paid_how.placed(ctx, order, payer=payer if isinstance(chosen, int) else "")


def _refused(ctx: Context, error: DomainError, quote_id: int) -> Outcome:
    """Nothing was ordered: less is offered where there is less, else it is said why."""
    view = quotes.quote_view(ctx.tx, quote_id)
    place = place_of(ctx, quote_id)
    if not isinstance(error, TooManyUnpaid | PromptOpen):
        ctx.close("refused")
    if isinstance(error, NotEnoughStock | NothingForSale):
        return offer(ctx, lines_of(view), place)
    return refusal(ctx, error, product_id=view.lines[0].product_id, place=place)


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
    place = place_of(ctx, view.quote_id)
    ctx.close("other amount")
    return offer(ctx, [Line(line.product_id, item["qty"], line.unit)], place)


def collect(ctx: Context) -> Outcome:
    """COLLECT: she fetches the goods of the open quote herself; of several places she chooses (DR-1210)."""
    assert ctx.question is not None, "it answers a quote"
    view = quotes.quote_view(ctx.tx, int(ctx.question.about["quote_id"]))
    if view.way != RIDER:
        return put(ctx, view)
    choices = [(at, one) for at, one in enumerate(view.choices) if one.way != RIDER]
    if not choices:
        return ctx.reply("no_collect")
    if len({one.place for _at, one in choices}) < 2:
        return _fetched(ctx, view, choices[0][1])
    numbers = [{"value": at} for at, _one in choices]
    about = {"quote_id": view.quote_id}
    if ctx.ask("collect_where", about=about, choices=numbers, until=view.expires_at) is None:
        return ctx.reply("answer_first")
    lines = [
        {"say": "line_collect", "place": one.place, "total": str(whole_shillings(one.total)), "day": one.day}
        for _at, one in choices
    ]
    return ctx.reply("collect_where", options=lines)


def collect_at(ctx: Context, at: int) -> Outcome:
    """The place that she has chosen among those of her quote."""
    assert ctx.question is not None, "it is the answer to a question"
    view = quotes.quote_view(ctx.tx, int(ctx.question.about["quote_id"]))
    return _fetched(ctx, view, view.choices[at])


def _fetched(ctx: Context, view: QuoteView, choice: Choice) -> Outcome:
    try:
        made = quotes.choose(ctx.tx, ctx.actor, quote_id=view.quote_id, choice=choice)
    except (WayGone, QuoteGone):
        return ctx.reply("no_collect")
    code = "quote_lines_collect" if len(view.lines) > 1 else "quote_collect"
    ctx.close("collect")
    reply = put(ctx, quotes.quote_view(ctx.tx, made.quote_id))
    fetched = ("quote_fetch", "quote_lines_fetch")
    return Reply(code, reply.values) if reply.code in fetched else reply


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
        case TooManyUnpaid():
            return ctx.reply("too_many_unpaid", count=said["limit"])
        case PromptOpen():
            return ctx.reply("prompt_open", time=said["time"], until=said["until"])
    raise error


def lines_of(view: QuoteView) -> list[Line]:
    """What a quote is about, to be quoted again."""
    return [Line(line.product_id, line.quantity, line.unit) for line in view.lines]


def place_of(ctx: Context, quote_id: int) -> Location:
    """Where the goods of a quote are to go."""
    query = (
        select(Location)
        .join(Quote, Quote.location_id == Location.location_id)
        .where(Quote.quote_id == quote_id)
    )
    return ctx.tx.session.scalars(query).one()
