"""Nothing to be had: the nearest that there is, and the offer to tell when there is some (DR-506)."""

from typing import Any

from core.events import DemandUnserved
from core.following import service as following
from core.locations import service as locations
from core.locations.models import Location
from sms.context import Context, Reply

YES, NO = "confirm_yes", "confirm_no"


def nothing(ctx: Context, product_id: int, place: Location | None = None) -> Reply:
    """What a search that found nothing answers; somebody whose place we know is asked whether to be told.

    place  where it was wanted, else the person's default place
    """
    refused = ctx.reply("nothing_for_sale", product=product_id)
    if ctx.user is None or ctx.role != "customer":
        return refused
    where = place or locations.default_of(ctx.tx, ctx.user.user_id)
    if where is None:
        return refused
    ctx.tx.emit(DemandUnserved(product_id, where.ward_code, ctx.user.user_id))
    if ctx.ask("follow", about={"product_id": product_id, "ward_code": where.ward_code}) is None:
        return refused
    near = following.nearest(ctx.tx, product_id, where.ward_code)
    if near is None:
        return ctx.reply("nobody_sells", product=product_id)
    said: dict[str, Any] = {
        "product": product_id,
        "place": near.place,
        "km": near.km,
        "price": near.price,
        "unit": near.unit,
    }
    if near.delivered is None:
        return ctx.reply("nearest_far", **said)
    return ctx.reply("nearest_brought", **said, total=near.delivered)


def answered(ctx: Context) -> Reply | None:
    """YES: we tell her when there is some. NO: we do not. None if the text is neither."""
    assert ctx.question is not None, "there is something to answer"
    if ctx.reading.intent not in (YES, NO):
        return None
    about = dict(ctx.question.about)
    product_id = int(about["product_id"])
    if ctx.reading.intent == NO:
        ctx.close("no")
        return ctx.reply("not_followed", product=product_id)
    ctx.close("yes")
    following.follow(ctx.tx, ctx.actor, product_id=product_id, ward_code=int(about["ward_code"]))
    return ctx.reply("followed", product=product_id)
