"""`CANCEL A3B7`: what it costs is said first (7.3), then her yes, or a word to our people (O5, O9, O10)."""

from decimal import Decimal

from sqlalchemy import select

from core.money import ZERO
from core.orders import cancel_terms
from core.orders import service as orders
from core.orders.cancel_terms import CancelTerms
from core.orders.errors import TooLateToCancel
from core.orders.models import Order, OrderItem
from core.orders.open_orders import OPEN
from core.payments import coming_back
from sms.answering import about
from sms.commands.customer import mine
from sms.context import Context, Outcome, Reply

FREE, REQUEST, ASKED, DOOR = "free", "request", "asked", "door"


def cancel(ctx: Context) -> Outcome:
    """Let an order go. One for which nothing was paid goes at once; any other is asked about first."""
    if ctx.user is None:
        return ctx.reply("cancel_none")
    if ctx.role != "customer":
        return ctx.reply("not_by_sms", dial=ctx.dial)
    order = mine.named(ctx, "cancel") or _with_product(ctx) or mine.one_of(ctx, "cancel", _open(ctx))
    if order is None:
        return ctx.reply("cancel_none")
    if isinstance(order, Reply):
        return order
    if (slug := ctx.reading.slots.get("product")) and len(held := _products(ctx, order)) > 0:
        product_id = ctx.tx.parts.products.by_slug(str(slug)).product_id
        if product_id not in held:
            return ctx.reply("cancel_not_in", product=product_id)
        if len(held) > 1:
            return ctx.reply("cancel_whole", order=order.tail, product=product_id)
    ctx.order_id = order.order_id
    if order.order_status == "cancelled":
        return ctx.reply("cancelled", order=order.tail)
    terms = cancel_terms.terms(ctx.tx, ctx.actor, order_id=order.order_id)
    if order.order_status == "pending_payment" and terms.back == ZERO:
        orders.cancel(ctx.tx, ctx.actor, order_id=order.order_id)
        return ctx.reply("cancelled", order=order.tail)
    return _put(ctx, order, terms)


def sure(ctx: Context, *, yes: bool) -> Outcome:
    """Her answer. What it costs is looked at again: if it is more than she was told, she is asked again."""
    said = about(ctx)
    order = orders.by_number(ctx.tx, ctx.actor, str(said["number"]))
    ctx.order_id = order.order_id
    if not yes:
        ctx.close("no")
        return ctx.reply("cancel_kept", order=order.tail)
    ctx.close("yes")
    if order.order_status == "cancelled":
        return ctx.reply("cancelled", order=order.tail)
    terms = cancel_terms.terms(ctx.tx, ctx.actor, order_id=order.order_id)
    if terms.stage not in (FREE, REQUEST) or _costs_more(terms, said):
        return _put(ctx, order, terms)
    if terms.stage == REQUEST:
        orders.request_cancel(ctx.tx, ctx.actor, order_id=order.order_id, reason="asked by SMS")
        return ctx.reply("cancel_waits", order=order.tail)
    try:
        orders.cancel(ctx.tx, ctx.actor, order_id=order.order_id)
    except TooLateToCancel:
        return _put(ctx, order, cancel_terms.terms(ctx.tx, ctx.actor, order_id=order.order_id))
    return ended(ctx, order)


def ended(ctx: Context, order: Order) -> Reply:
    """Her order is over: nothing was taken, or so much comes back or is kept for her."""
    back = coming_back.of_end(ctx.tx, order.order_id).slots()
    return ctx.reply("cancelled_paid" if back else "cancelled", order=order.tail, **back)


def _costs_more(terms: CancelTerms, said: dict[str, str]) -> bool:
    return terms.stage != said["stage"] or terms.charged > Decimal(said["charged"])


def _put(ctx: Context, order: Order, terms: CancelTerms) -> Reply:
    """What cancelling means now, as a question where there is anything to say yes to."""
    tail = order.tail
    if terms.stage == ASKED:
        return ctx.reply("cancel_waits", order=tail)
    if terms.stage not in (FREE, REQUEST):
        return ctx.reply("cancel_door" if terms.stage == DOOR else "cancel_over", order=tail)
    asked = {"number": order.order_number, "stage": terms.stage, "charged": str(terms.charged)}
    if ctx.ask("cancel", about=asked) is None:
        return ctx.reply("answer_first")
    if terms.stage == FREE:
        return ctx.reply("cancel_back" if terms.back > ZERO else "cancel_free", order=tail, sum=terms.back)
    code = "cancel_charged" if terms.charged > ZERO else "cancel_decided"
    return ctx.reply(code, order=tail, pay=terms.charged, sum=terms.back)


def _with_product(ctx: Context) -> Order | Reply | None:
    """`CANCEL tomatoes`: the open order of hers that has them; never one without."""
    slug = ctx.reading.slots.get("product")
    if not slug:
        return None
    product_id = ctx.tx.parts.products.by_slug(str(slug)).product_id
    fitting = [order for order in _still_open(ctx) if product_id in _products(ctx, order)]
    return mine.one_of(ctx, "cancel", fitting) or ctx.reply("cancel_not_in", product=product_id)


def _products(ctx: Context, order: Order) -> set[int]:
    query = select(OrderItem.product_id).where(OrderItem.order_id == order.order_id)
    return set(ctx.tx.session.scalars(query))


def _open(ctx: Context) -> list[Order]:
    """What she may have meant: her unpaid orders; if there are none, all that are not over."""
    found = _still_open(ctx)
    return [order for order in found if order.order_status == "pending_payment"] or found


def _still_open(ctx: Context) -> list[Order]:
    query = (
        select(Order)
        .where(Order.customer_id == ctx.actor.user_id, Order.order_status.in_(OPEN))
        .order_by(Order.order_id.desc())
        .limit(5)
    )
    return list(ctx.tx.session.scalars(query))
