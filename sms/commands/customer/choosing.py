"""Answers about an order's items: another farm or the money, less or nothing, was the count right?"""

from core.errors import DomainError
from core.notifications.about_items import CANCEL, TAKE
from core.orders import service as orders
from core.payments import coming_back
from sms.context import Context, Outcome, Reply


def replacement(ctx: Context, chosen: str) -> Outcome:
    """DR-815: 1 takes it from the next farm, 2 has the money back."""
    item_id, order = _about(ctx)
    try:
        taken = orders.choose_replacement(ctx.tx, ctx.actor, order_item_id=item_id, take=chosen == TAKE)
    except DomainError:
        taken = None
    ctx.close(chosen)
    return ctx.reply("replacement_taken", order=order) if taken else _off(ctx, item_id, order, "reject")


def short(ctx: Context, chosen: str) -> Outcome:
    """I5, DR-407: 1 keeps the smaller amount, 2 takes it off the order, free of charge."""
    item_id, order = _about(ctx)
    if chosen == CANCEL:
        try:
            orders.cancel_item(ctx.tx, ctx.actor, order_item_id=item_id)
        except DomainError:
            ctx.close("late")
            return ctx.reply("cancel_late", order=order)
    ctx.close(chosen)
    if chosen == CANCEL:
        return _off(ctx, item_id, order, "cancel_item")
    return ctx.reply("item_kept", order=order)


def pickup_short(ctx: Context, *, agree: bool) -> Outcome:
    """I8: the farmer's YES, or her NO, which leaves it to an admin."""
    assert ctx.question is not None, "it is the answer to a question"
    order = str(ctx.question.about["order"])
    try:
        orders.answer_short(ctx.tx, ctx.actor, short_id=int(ctx.question.about["short_id"]), agree=agree)
    except DomainError:
        agree = False
    ctx.close("yes" if agree else "no")
    return ctx.reply("short_agreed" if agree else "short_disputed", order=order)


def _off(ctx: Context, item_id: int, order: str, cause: str) -> Reply:
    """It is off the order: what comes back for it, or that nothing is to be paid."""
    back = coming_back.of_item(ctx.tx, order_item_id=item_id, cause=cause).slots()
    return ctx.reply("item_refunded" if back else "item_off", order=order, **back)


def _about(ctx: Context) -> tuple[int, str]:
    assert ctx.question is not None, "it is the answer to a question"
    return int(ctx.question.about["order_item_id"]), str(ctx.question.about["order"])
