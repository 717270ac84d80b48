"""`SELL maize 20 bags @3500`, `Nauza nyanya`: what a farmer, or whoever becomes one by it, has to sell."""

from core.farms import service as farms
from core.locations import service as locations
from core.locations.places import Ward
from core.users import own
from core.users import service as users
from sms.commands.farmer import offering
from sms.commands.farmer.offers import MOST_OFFERED, Offer, from_items, stored
from sms.context import Context, Outcome, Reply

MOST_CHOICES = 5


def sell(ctx: Context) -> Outcome:
    """Read what is sold and lead it to a listing; a stranger becomes a farmer by it (DR-203)."""
    if ctx.role not in ("", "farmer"):
        return becoming(ctx)
    items = ctx.reading.items
    named = [item for item in items if item.get("product") or item.get("candidates")]
    if items and not named:
        return ctx.reply("product_unknown_named", text=str(items[0].get("raw") or ctx.message.text))
    if len(named) > MOST_OFFERED:
        return ctx.reply("sell_too_many", count=MOST_OFFERED)
    _know(ctx)
    if ctx.question is not None and ctx.question.kind not in ("rating", "item_available"):
        ctx.close("new offer")
    return offering.go_on(ctx, from_items(ctx, named))


def becoming(ctx: Context) -> Reply:
    """Somebody of another role wants to sell: how to become a farmer, while that is still her own choice."""
    free = own.may_choose_role(ctx.tx, ctx.actor)
    return ctx.reply("become_farmer" if free else "become_farmer_late", dial=ctx.dial)


def cannot_buy(ctx: Context) -> Outcome:
    """What a farmer orders is never put up for sale: she is told how she can buy (2.1)."""
    return ctx.reply("farmer_cannot_buy", dial=ctx.dial)


def move(ctx: Context) -> Outcome:
    """`PLACE ...` from a farmer: where her farm is, while she has none; else it is changed at the dial."""
    if farms.first_of(ctx.tx, ctx.actor) is not None:
        return ctx.reply("farm_moves_by_dial", dial=ctx.dial)
    text = str(ctx.reading.slots.get("place", ""))
    if text:
        return heard(ctx, text, [])
    ctx.ask("farm_place", about={"offers": []})
    return ctx.reply("farm_where")


def heard(ctx: Context, text: str, offers: list[Offer]) -> Outcome:
    """Where the farm is, in her words: kept if it is certain, else asked; the rest of it is the landmark."""
    found = ctx.tx.parts.places.in_text(text)
    if not found.candidates:
        if ctx.question is None or ctx.question.kind != "farm_place":
            ctx.ask("farm_place", about={"offers": stored(offers)})
        return ctx.reply("farm_where_again")
    if found.certain:
        return settle(ctx, found.candidates[0].code, found.landmark, offers)
    likely = found.candidates[:MOST_CHOICES]
    ctx.close("several places")
    ctx.ask(
        "farm_place_choose",
        about={"offers": stored(offers), "landmark": found.landmark},
        choices=[{"value": ward.code} for ward in likely],
    )
    return ctx.reply("place_choose", options=[{"label": _label(ward)} for ward in likely])


def settle(ctx: Context, ward_code: int, landmark: str, offers: list[Offer]) -> Outcome:
    """Her farm is there, and her answer is her yes to the terms (DR-203, DR-1901); then on with the offer."""
    ctx.close("answered")
    assert ctx.user is not None, "she was asked"
    users.accept_terms(ctx.tx, ctx.actor, version=users.TERMS_VERSION)
    place = locations.add(ctx.tx, ctx.actor, ward_code=ward_code, landmark=landmark, default=True)
    ctx.tx.flush()
    if farms.first_of(ctx.tx, ctx.actor) is None:
        name = ctx.user.first_name or ctx.tx.parts.places.get(ward_code).ward
        farms.open_farm(ctx.tx, ctx.actor, name=name, location_id=place.location_id)
        ctx.tx.flush()
    return offering.go_on(ctx, offers)


def _know(ctx: Context) -> None:
    """The sender is a farmer from now on if nobody knew her."""
    if ctx.user is None:
        ctx.registered("farmer")
        ctx.tx.flush()


def _label(ward: Ward) -> str:
    return f"{ward.ward}, {ward.subcounty}" if ward.ward != ward.subcounty else f"{ward.ward}, {ward.county}"
