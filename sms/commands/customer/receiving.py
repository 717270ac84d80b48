"""Her YES that the goods are there, and her choice when nobody brings them (DR-1205, DR-1212)."""

from core.deliveries import choices, received, stops
from sms.commands.customer import cancel
from sms.context import Context, Outcome


def got_it(ctx: Context, *, yes: bool) -> Outcome:
    """The customer's YES or NO to "have you got them?"; after a YES the core tells what there is to tell."""
    assert ctx.question is not None, "she was asked"
    ctx.order_id = int(ctx.question.about["order_id"])
    ctx.close("yes" if yes else "no")
    received.answer(ctx.tx, ctx.actor, order_id=ctx.order_id, yes=yes)
    return None if yes else ctx.reply("code_not_now")


def chosen(ctx: Context, choice: str) -> Outcome:
    """The customer's choice when nobody brings her order in time (DR-1212)."""
    assert ctx.question is not None, "she was asked"
    ctx.order_id = int(ctx.question.about["order_id"])
    ctx.close(choice)
    delivery = choices.choose(ctx.tx, ctx.actor, order_id=ctx.order_id, choice=choice)
    if choice == "refund":
        return cancel.ended(ctx, delivery.order)
    farms = stops.pickups(ctx.tx, delivery.order)
    farm = farms[0].farm if farms else ""
    return ctx.reply(f"choice_{choice}", order=delivery.order.tail, farm=farm)
