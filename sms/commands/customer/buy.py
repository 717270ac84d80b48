"""Ordering by text: `5kg tomatoes`, `NUNUA NYANYA 5` (DR-702, issue 2)."""

from core.locations import service as locations
from core.users.models import User
from core.words import plain
from sms.commands.customer import repeating, wish
from sms.context import Context, Outcome
from sms.wording import words_in

# Questions about something that she has not ordered yet: another order takes their place.
SHOPPING = frozenset(
    (
        "place",
        "choose_place",
        "choose_product",
        "unit",
        "quantity",
        "quote",
        "shelf",
        "which_product",
        "follow",
    )
)

# "to my place" is the place that we know.
AT_HOME = words_in(
    "my our the usual same place home house door gate address yangu kwangu nyumbani mlango mlangoni gate",
    "hapa here ile kawaida location me us mucii gwakwa estate plot shop office work kazini job stage",
)


def buy(ctx: Context) -> Outcome:
    """Read what is wanted and lead it to a quote; a stranger becomes a customer by this very text."""
    items = ctx.reading.items
    if ctx.role and ctx.role != "customer":
        return ctx.reply("wrong_role", dial=ctx.dial)
    if not items or not any(item["product"] or item.get("candidates") for item in items):
        return wish.unknown(ctx, str(items[0].get("raw", "")) if items else "")
    if len(items) > wish.MOST_LINES:
        return ctx.reply("too_many_items", count=wish.MOST_LINES)
    customer(ctx)
    if (same := repeating.once_more(ctx)) is not None:
        return same
    if ctx.question is not None and ctx.question.kind in SHOPPING:
        ctx.close("new order")
    outcome = _wanted(ctx, wish.from_items(ctx, items))
    repeating.remember(ctx)
    return outcome


def _wanted(ctx: Context, wanted: list[wish.Want]) -> Outcome:
    """The next question that these wants need, or the quote: where she says, else to her usual place."""
    found = _place_in_text(ctx)
    if isinstance(found, str):
        from sms.commands.customer import place  # which makes customers with this module

        return place.heard(ctx, found, wish.stored(wanted))
    for want in wanted:
        want.location_id = found
    return wish.go_on(ctx, wanted)


def customer(ctx: Context) -> User:
    """The sender, registered now if nobody knew her; her yes to the terms comes with her yes to a quote."""
    return ctx.registered("customer")


def _place_in_text(ctx: Context) -> int | str | None:
    """`... deliver to Kasarani`: where this one order goes; her usual place stays what it is (DR-301).

    The place's id; what has to be asked; None: her usual place, or she is asked where to anyway.
    """
    named = str(ctx.reading.slots.get("place", ""))
    if not named or ctx.user is None:
        return None
    found = ctx.tx.parts.places.in_text(named)
    known = locations.default_of(ctx.tx, ctx.user.user_id)
    if found.certain:
        return for_this_order(ctx, found.candidates[0].code, found.landmark)
    if known is None or known.ward_code in {ward.code for ward in found.candidates}:
        return None
    return None if set(plain(named).split()) <= AT_HOME else named


def for_this_order(ctx: Context, ward_code: int, landmark: str) -> int | None:
    """The place of hers in a ward that an order names, kept if it is new; None where it is her usual one.

    The first place somebody names is her usual one from then on.
    """
    for place in locations.mine(ctx.tx, ctx.actor):
        if place.ward_code == ward_code and landmark in ("", place.landmark):
            return None if place.default_of is not None else place.location_id
    kept = locations.add(ctx.tx, ctx.actor, ward_code=ward_code, landmark=landmark, default=False)
    return None if kept.default_of is not None else kept.location_id
