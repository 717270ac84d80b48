"""Answers to the one open question of a number (DR-1510): each kind of question and what may answer it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.reviews import service as reviews
from core.reviews.rules import LONGEST_TEXT
from sms.commands.customer import choosing, place, quoting, waiting, wish
from sms.commands.everyone import trust
from sms.commands.rider import jobs
from sms.context import Context, Outcome
from sms.lexicon import UNITS
from sms.reader import product_of
from sms.words import folded, tokens

# A kind of question -> what the reader is told to expect.
AWAITING = {
    "place": "place",
    "choose_place": "choose_number",
    "choose_product": "choose_number",
    "unit": "choose_number",
    "quantity": "quantity",
    "quote": "quote_confirm",
    "offer": "rider_offer",
    "rating": "rate",
    "number_change": "yes_no",
    "agent": "yes_no",
    "agent_listing": "yes_no",
    "replacement": "choose_number",
    "short": "choose_number",
    "pickup_short": "yes_no",
    "received": "yes_no",
    "no_rider": "choose_number",
    "follow": "yes_no",
}


@dataclass(frozen=True)
class NotAnAnswer:
    """The text does not answer the question; it may be a command."""


NOT_AN_ANSWER = NotAnAnswer()
Answer = Outcome | NotAnAnswer


def answer(ctx: Context) -> Answer:
    """What the text does to the open question, or NOT_AN_ANSWER."""
    assert ctx.question is not None, "there is something to answer"
    handler = HANDLERS.get(ctx.question.kind)
    return handler(ctx) if handler else NOT_AN_ANSWER


def remind(ctx: Context) -> Outcome:
    """A text that neither answers the open question nor is a command: say what would answer it."""
    assert ctx.question is not None, "there is something to be reminded of"
    match ctx.question.kind:
        case "place":
            return ctx.reply("place_again")
        case "choose_place" | "choose_product" | "unit" | "replacement" | "short" | "no_rider":
            return ctx.reply("answer_number", count=len(ctx.question.choices))
        case "quantity":
            return _filled(ctx, quantity=None, bad=True)
        case (
            "follow"
            | "quote"
            | "offer"
            | "number_change"
            | "agent"
            | "agent_listing"
            | "pickup_short"
            | "received"
        ):
            return ctx.reply("answer_yes_no")
        case "rating":
            return ctx.reply("rate_bad")
    return ctx.reply("not_understood", dial=ctx.dial)


def _place(ctx: Context) -> Answer:
    if ctx.reading.intent != "place":
        return NOT_AN_ANSWER
    return place.heard(ctx, str(ctx.reading.slots["place"]), _about(ctx)["wish"])


def _choose_place(ctx: Context) -> Answer:
    code = _chosen(ctx)
    if code is None:
        found = ctx.tx.parts.places.in_text(ctx.message.text)
        offered = {choice["value"] for choice in _choices(ctx)}
        named = [ward.code for ward in found.candidates if ward.code in offered]
        if len(named) != 1:
            return NOT_AN_ANSWER
        code = named[0]
    return place.keep(ctx, int(code), _about(ctx)["landmark"], _about(ctx)["wish"])


def _choose_product(ctx: Context) -> Answer:
    chosen = _chosen(ctx)
    if chosen is None:
        products = ctx.tx.parts.products
        named = {products.by_slug(s).product_id for s in product_of(ctx.message.text, products)}
        fitting = [choice["value"] for choice in _choices(ctx) if choice["value"] in named]
        if len(fitting) != 1:
            return NOT_AN_ANSWER
        chosen = fitting[0]
    return _filled(ctx, product_id=int(chosen), candidates=())


def _unit(ctx: Context) -> Answer:
    chosen = _chosen(ctx)
    if chosen is None:
        said = {UNITS[t.text] for t in tokens(folded(ctx.message.text)) if t.text in UNITS}
        fitting = [c["value"] for c in _choices(ctx) if c["value"].split()[0] in said]
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
    want = wish.restored(_about(ctx)["wish"])[_about(ctx)["at"]]
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


def _offer(ctx: Context) -> Answer:
    match ctx.reading.intent:
        case "confirm_yes" | "rider_accept":
            return jobs.accept(ctx)
        case "confirm_no" | "rider_decline":
            return jobs.decline(ctx)
    return NOT_AN_ANSWER


def _rating(ctx: Context) -> Answer:
    """DR-1404: the 1 to 5 is a review of all that came, and of who brought it."""
    if ctx.reading.intent != "rate":
        return NOT_AN_ANSWER
    stars = ctx.reading.slots.get("stars")
    if stars is None:
        return ctx.reply("rate_bad")
    ctx.order_id = int(_about(ctx)["order_id"])
    comment = str(ctx.reading.slots.get("comment") or "")[:LONGEST_TEXT]
    reviews.rate_order(ctx.tx, ctx.actor, order_id=ctx.order_id, stars=int(stars), text=comment)
    ctx.close(f"rated {stars}")
    return ctx.reply("rated", stars=stars)


def _follow(ctx: Context) -> Answer:
    return waiting.answered(ctx) or NOT_AN_ANSWER


def _number_change(ctx: Context) -> Answer:
    return trust.number_change(ctx) or NOT_AN_ANSWER


def _agent(ctx: Context) -> Answer:
    return trust.agent(ctx) or NOT_AN_ANSWER


def _agent_listing(ctx: Context) -> Answer:
    return trust.agent_listing(ctx) or NOT_AN_ANSWER


def _replacement(ctx: Context) -> Answer:
    chosen = _chosen(ctx)
    return NOT_AN_ANSWER if chosen is None else choosing.replacement(ctx, str(chosen))


def _short(ctx: Context) -> Answer:
    chosen = _chosen(ctx)
    return NOT_AN_ANSWER if chosen is None else choosing.short(ctx, str(chosen))


def _pickup_short(ctx: Context) -> Answer:
    if ctx.reading.intent not in ("confirm_yes", "confirm_no"):
        return NOT_AN_ANSWER
    return choosing.pickup_short(ctx, agree=ctx.reading.intent == "confirm_yes")


def _received(ctx: Context) -> Answer:
    if ctx.reading.intent not in ("confirm_yes", "confirm_no") or ctx.reading.slots.get("job"):
        return NOT_AN_ANSWER
    return jobs.got_it(ctx, yes=ctx.reading.intent == "confirm_yes")


def _no_rider(ctx: Context) -> Answer:
    choice = _chosen(ctx)
    return NOT_AN_ANSWER if choice is None else jobs.chosen(ctx, str(choice))


def _filled(ctx: Context, **changes: Any) -> Outcome:
    """The wish with what the answer said, one step on."""
    about = _about(ctx)
    wants = wish.restored(about["wish"])
    for name, value in changes.items():
        setattr(wants[about["at"]], name, value)
    ctx.close("answered")
    return wish.go_on(ctx, wants)


def _chosen(ctx: Context) -> Any | None:
    """The value of the choice whose number was texted; None if it was none of them."""
    number = ctx.reading.slots.get("choice") if ctx.reading.intent == "choose" else None
    choices = _choices(ctx)
    return choices[number - 1]["value"] if number is not None and 1 <= number <= len(choices) else None


def _choices(ctx: Context) -> list[dict[str, Any]]:
    return list(ctx.question.choices) if ctx.question else []


def _about(ctx: Context) -> dict[str, Any]:
    return dict(ctx.question.about) if ctx.question else {}


HANDLERS: Mapping[str, Callable[[Context], Answer]] = {
    "place": _place,
    "choose_place": _choose_place,
    "choose_product": _choose_product,
    "unit": _unit,
    "quantity": _quantity,
    "quote": _quote,
    "offer": _offer,
    "rating": _rating,
    "number_change": _number_change,
    "follow": _follow,
    "agent": _agent,
    "agent_listing": _agent_listing,
    "replacement": _replacement,
    "short": _short,
    "pickup_short": _pickup_short,
    "received": _received,
    "no_rider": _no_rider,
}
