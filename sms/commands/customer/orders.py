"""`MY ORDERS`, `CODE`, `COLLECT`, `CLEAR`: her orders in short, the code once more, fetching, her basket."""

from core.carts import service as carts
from core.deliveries import choices, code_roads, codes, purchases, stops
from core.deliveries.errors import ChoiceNotOpen, CodeNotOpen, CodeResendsUsed
from core.orders.bringing import RIDER
from core.orders.models import Order
from sms.commands.customer import mine, quoting, status
from sms.context import Context, Outcome, Reply

MOST = 4
# What is said of an order that no rider has left with yet.
STILL = ("status_confirmed", "status_cash", "status_ready", "status_late", "status_assigned")
LINES = {
    "pending_payment": "line_unpaid",
    "confirmed": "line_confirmed",
    "processing": "line_confirmed",
    "ready_for_delivery": "line_ready",
    "out_for_delivery": "line_way",
    "delivered": "line_done",
    "completed": "line_done",
    "cancelled": "line_over",
}


def my_orders(ctx: Context) -> Outcome:
    """The newest four, open ones first; a number shows one of them."""
    if ctx.role != "customer":
        return status.status(ctx)
    found = purchases.mine(ctx.tx, ctx.actor)[:MOST]
    if not found:
        return ctx.reply("status_none")
    if len(found) == 1:
        return status.of(ctx, ctx.tx.session.get_one(Order, found[0].order_id))
    numbers = [ctx.tx.session.get_one(Order, one.order_id).order_number for one in found]
    asked = ctx.ask(
        "which_order", about={"do": "status", "slots": {}}, choices=[{"value": number} for number in numbers]
    )
    lines = [
        {
            "say": "line_asks" if one.asks else LINES[one.order_status],
            "order": one.tail,
            "total": str(one.asked),
            "day": one.day.isoformat(),
        }
        for one in found
    ]
    return ctx.reply("my_orders", options=lines) if asked else ctx.reply("answer_first")


def code_again(ctx: Context) -> Outcome:
    """Her delivery code once more, to her own number (DR-1205); where no SMS reaches her, what to dial."""
    if ctx.role != "customer":
        return ctx.reply("code_none")
    order = mine.named(ctx, "code_again")
    if isinstance(order, Reply):
        return order
    newest = code_roads.newest(ctx.tx, ctx.actor)
    if order is None and newest is None:
        return ctx.reply("code_none")
    order_id = order.order_id if order is not None else newest[0] if newest else 0
    tail = order.tail if order is not None else newest[1] if newest else ""
    ctx.order_id = order_id
    match code_roads.road(ctx.tx, ctx.actor, order_id=order_id):
        case "pin" | "look":
            return ctx.reply("code_dial", shortcut=mine.shortcut(ctx))
        case "none":
            return ctx.reply("code_none")
        case "used":
            return ctx.reply("code_used", order=tail)
    try:
        codes.resend(ctx.tx, ctx.actor, order_id=order_id)
    except CodeResendsUsed:
        return ctx.reply("code_used", order=tail)
    except CodeNotOpen:
        return ctx.reply("code_none")
    return None  # the code is a text of its own


def collect(ctx: Context) -> Outcome:
    """She fetches the goods herself: of a quote, or of an order that nobody brings (DR-1210, DR-1212)."""
    if ctx.role != "customer":
        return ctx.reply("collect_customers", dial=ctx.dial)
    order = mine.named(ctx, "collect")
    if isinstance(order, Reply):
        return order
    if order is None and ctx.question is not None and ctx.question.kind == "quote":
        return quoting.collect(ctx)
    if order is None:
        waits = [one for one in purchases.mine(ctx.tx, ctx.actor) if one.asks == "no_rider"]
        order = ctx.tx.session.get_one(Order, waits[0].order_id) if len(waits) == 1 else None
    if order is None:
        order = status.newest(ctx)
    if order is None:
        return ctx.reply("status_none")
    ctx.order_id = order.order_id
    try:
        delivery = choices.choose(ctx.tx, ctx.actor, order_id=order.order_id, choice="collect")
    except ChoiceNotOpen:
        return _brought(ctx, order)
    farms = stops.pickups(ctx.tx, delivery.order)
    return ctx.reply("choice_collect", order=order.tail, farm=farms[0].farm if farms else "")


def _brought(ctx: Context, order: Order) -> Reply:
    """It cannot be changed to collecting with one word: before she pays she orders anew, later our people
    are asked; one that is on its way, collected or over is told of."""
    told = status.of(ctx, order)
    if order.way == RIDER and told.code == "status_pending_payment":
        return ctx.reply("collect_unpaid", order=order.tail)
    if order.way == RIDER and told.code in STILL:
        return ctx.reply("collect_paid", order=order.tail, day=order.estimated_delivery_date)
    return told


def clear(ctx: Context) -> Outcome:
    """Nothing is in her basket any more."""
    if ctx.role and ctx.role != "customer":
        return ctx.reply("wrong_role", dial=ctx.dial)
    if ctx.user is not None:
        carts.clear(ctx.tx, ctx.actor)
    return ctx.reply("basket_cleared")
