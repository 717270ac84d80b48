"""`PAY A3B7`: another prompt for an unpaid order; `CANCEL A3B7`: an order is let go (O5, O9, O10)."""

from core.errors import WrongState
from core.orders import recent
from core.orders import service as orders
from core.orders.errors import OrderAmbiguous, OrderUnknown, TooLateToCancel
from core.orders.models import Order
from core.payments import service as payments
from core.payments.errors import NotPayable, PromptOpen, TooManyPrompts
from sms.context import Context, Outcome, Reply


def pay(ctx: Context) -> Outcome:
    """A new prompt for the order named, or for the newest that waits for money."""
    if ctx.role != "customer":
        return ctx.reply("pay_nothing")
    if ctx.reading.slots.get("method", "mpesa") != "mpesa":
        return ctx.reply("mpesa_only")
    order = _unpaid(ctx)
    if isinstance(order, Reply):
        return order
    ctx.order_id, tail = order.order_id, order.order_number[-4:]
    assert ctx.user is not None, "a customer is known"
    try:
        payments.start(ctx.tx, ctx.actor, order, msisdn=ctx.user.phone_number)
    except PromptOpen:
        return ctx.reply("pay_pending", order=tail)
    except TooManyPrompts as often:
        return ctx.reply("pay_too_often", order=tail, count=often.values["limit"])
    except NotPayable:
        return ctx.reply("pay_nothing")
    return None


def cancel(ctx: Context) -> Outcome:
    """Let an order go: free until something is prepared, afterwards an admin is asked (O5, O9, O10)."""
    if ctx.role != "customer":
        return ctx.reply("not_by_sms", dial=ctx.dial)
    named = ctx.reading.slots.get("order")
    order = _named(ctx, str(named)) if named else recent.newest_unpaid(ctx.tx, ctx.actor)
    if order is None:
        return ctx.reply("cancel_none")
    if isinstance(order, Reply):
        return order
    ctx.order_id, tail = order.order_id, order.order_number[-4:]
    paid = order.order_status not in ("pending_payment", "cancelled")
    try:
        orders.cancel(ctx.tx, ctx.actor, order_id=order.order_id)
    except TooLateToCancel:
        return _ask_to_cancel(ctx, order)
    return ctx.reply("cancelled_paid" if paid else "cancelled", order=tail)


def _ask_to_cancel(ctx: Context, order: Order) -> Reply:
    """O10: it is being prepared, so an admin decides; what is on its way can only be refused at the door."""
    try:
        orders.request_cancel(ctx.tx, ctx.actor, order_id=order.order_id)
    except WrongState:
        return ctx.reply("cancel_late", order=order.tail)
    return ctx.reply("cancel_asked", order=order.tail)


def _unpaid(ctx: Context) -> Order | Reply:
    named = ctx.reading.slots.get("order")
    if named:
        return _named(ctx, str(named))
    return recent.newest_unpaid(ctx.tx, ctx.actor) or ctx.reply("pay_nothing")


def _named(ctx: Context, number: str) -> Order | Reply:
    try:
        return orders.by_number(ctx.tx, ctx.actor, number)
    except OrderAmbiguous as several:
        return ctx.reply("order_which", options=[{"label": n} for n in several.values["numbers"][:5]])
    except OrderUnknown:
        return ctx.reply("order_unknown")
