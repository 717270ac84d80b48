"""`REFUND A3B7`, `nirudishie pesa`: what comes back of an order, and what to text where nothing does yet.

It only tells: money comes back by itself (8.3), and what was wrong with goods is a complaint (O16).
"""

from sqlalchemy import select

from core.money import ZERO
from core.orders.machine import DONE
from core.orders.models import Order
from core.payments import money_of
from sms.commands.customer import mine
from sms.context import Context, Outcome, Reply

COMING = ("asked", "coming")


def refund(ctx: Context) -> Outcome:
    """About the order named, else her newest."""
    if ctx.role != "customer":
        return ctx.reply("refund_none" if ctx.user else "help", dial=ctx.dial)
    order = mine.named(ctx, "refund")
    if order is None:
        newest = select(Order).where(Order.customer_id == ctx.actor.user_id)
        order = ctx.tx.session.scalar(newest.order_by(Order.order_id.desc()).limit(1))
    if isinstance(order, Reply):
        return order
    return ctx.reply("refund_none") if order is None else _of(ctx, order)


def _of(ctx: Context, order: Order) -> Reply:
    ctx.order_id = order.order_id
    money = money_of.of_order(ctx.tx, ctx.actor, order_id=order.order_id)
    for states, code in ((COMING, "refund_comes"), (("kept",), "refund_kept"), (("back",), "refund_is_back")):
        back = sum((one.sum for one in money.backs if one.state in states), ZERO)
        if back > ZERO:
            return ctx.reply(code, order=order.tail, sum=back)
    if order.order_status in DONE:
        return ctx.reply("refund_complain", order=order.tail)
    if money.received > ZERO and order.order_status != "cancelled":
        return ctx.reply("refund_cancel", order=order.tail, sum=money.received)
    return ctx.reply("refund_nothing", order=order.tail)
