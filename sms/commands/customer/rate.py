"""`RATE A3B7 5 very fresh`, and the 1 to 5 that answers the delivered message (DR-1401, DR-1404)."""

from core.orders.models import Order
from core.reviews import service as reviews
from core.reviews import waiting
from core.reviews.errors import AlreadyReviewed, NotDelivered, WindowClosed
from core.reviews.rules import LONGEST_TEXT
from sms.commands.customer import mine
from sms.context import Context, Outcome, Reply

CONTENT = 3


def rate(ctx: Context) -> Outcome:
    """Stars for the order named, or for the only one that has none yet."""
    if ctx.role != "customer":
        return ctx.reply("rate_nothing")
    order = mine.named(ctx, "rate") or _unrated(ctx)
    if isinstance(order, Reply):
        return order
    if order is None:
        return ctx.reply("rate_nothing")
    if ctx.reading.slots.get("stars") is None:
        return ctx.reply("rate_bad")
    return give(ctx, order.order_id, order.tail)


def give(ctx: Context, order_id: int, tail: str) -> Reply:
    """DR-1404: the 1 to 5 is a review of all that came, and of who brought it."""
    stars = int(ctx.reading.slots["stars"])
    words = str(ctx.reading.slots.get("comment") or "")[:LONGEST_TEXT]
    ctx.order_id = order_id
    try:
        reviews.rate_order(ctx.tx, ctx.actor, order_id=order_id, stars=stars, text=words)
    except NotDelivered:
        return ctx.reply("rate_not_yet", order=tail)
    except (AlreadyReviewed, WindowClosed):
        return ctx.reply("rate_over", order=tail)
    return ctx.reply("rated", stars=stars) if stars >= CONTENT else ctx.reply("rated_low", order=tail)


def _unrated(ctx: Context) -> Order | Reply | None:
    found = [ctx.tx.session.get_one(Order, one.order_id) for one in waiting.orders(ctx.tx, ctx.actor)[:5]]
    return mine.one_of(ctx, "rate", found)
