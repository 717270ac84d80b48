"""`FOLLOW tomatoes`, `UNFOLLOW tomatoes`, `FOLLOW`: who wants to hear when there is some (DR-506, DR-504)."""

from core.following import service as following
from core.following.errors import PlaceMissing
from sms.commands.customer import asking
from sms.commands.customer.buy import customer
from sms.context import Context, Outcome


def follow(ctx: Context) -> Outcome:
    """Tell her from now on; alone, what she follows. A stranger becomes a customer by it, as by an order."""
    found = asking.product(ctx, "follow")
    if found is None:
        return listed(ctx)
    if not isinstance(found, int):
        return found
    customer(ctx)
    try:
        following.follow(ctx.tx, ctx.actor, product_id=found)
    except PlaceMissing:
        return ctx.reply("follow_place")
    return ctx.reply("followed", product=found)


def unfollow(ctx: Context) -> Outcome:
    """Tell her no more; alone, what she follows."""
    found = asking.product(ctx, "unfollow")
    if found is None:
        return listed(ctx)
    if not isinstance(found, int):
        return found
    if ctx.user is not None:
        following.unfollow(ctx.tx, ctx.actor, product_id=found)
    return ctx.reply("unfollowed", product=found)


def listed(ctx: Context) -> Outcome:
    """What she follows, the newest first, as many as a text holds."""
    mine = following.following(ctx.tx, ctx.actor)[:4] if ctx.user is not None else []
    if not mine:
        return ctx.reply("following_none")
    return ctx.reply("following", lines=[{"product": one.product_id} for one in mine])
