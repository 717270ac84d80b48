"""Ordering by text: `5kg tomatoes`, `NUNUA NYANYA 5` (DR-702, issue 2)."""

from core.locations import service as locations
from core.users import service as users
from core.users.models import User
from core.words import plain
from sms.commands.customer import wish
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
    if ctx.question is not None and ctx.question.kind in SHOPPING:
        ctx.close("new order")
    wanted = wish.from_items(ctx, items)
    unsure = _place_in_text(ctx)
    if unsure:
        from sms.commands.customer import place  # which makes customers with this module

        return place.heard(ctx, unsure, wish.stored(wanted))
    return wish.go_on(ctx, wanted)


def customer(ctx: Context) -> User:
    """The sender, registered now if nobody knew her: her language is that of her words (DR-203).

    Her yes to the terms comes with her yes to a quote.
    """
    if ctx.user is None:
        ctx.user = users.register(
            ctx.tx,
            msisdn=ctx.message.msisdn,
            role="customer",
            first_name="",
            language=ctx.language,
            channel="sms",
            request_id=f"sms:{ctx.message.callback_id}",
            consent_version=None,
        )
    return ctx.user


def _place_in_text(ctx: Context) -> str:
    """`... deliver to Kasarani`: a place she names with her order is hers from then on, if it is certain.

    Returns what has to be asked: a quote does not say where to, so no other place is taken for it silently.
    """
    named = str(ctx.reading.slots.get("place", ""))
    if not named or ctx.user is None:
        return ""
    found = ctx.tx.parts.places.in_text(named)
    known = locations.default_of(ctx.tx, ctx.user.user_id)
    if found.certain:
        if known is None or known.ward_code != found.candidates[0].code:
            locations.add(
                ctx.tx, ctx.actor, ward_code=found.candidates[0].code, landmark=found.landmark, default=True
            )
        return ""
    if known is None or known.ward_code in {ward.code for ward in found.candidates}:
        return ""  # she is asked where to anyway; or it is where she is
    return "" if set(plain(named).split()) <= AT_HOME else named
