"""`STATUS`, `oda yangu iko wapi`: how far it is, for whoever asks."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.deliveries import duty
from core.deliveries.models import Delivery
from core.orders import service as orders
from core.orders.errors import OrderAmbiguous, OrderUnknown
from core.orders.models import Order
from sms.context import Context, Outcome, Reply

CODES = {
    "pending_payment": "status_pending_payment",
    "confirmed": "status_confirmed",
    "processing": "status_confirmed",
    "ready_for_delivery": "status_ready",
    "out_for_delivery": "status_on_the_way",
    "delivered": "status_delivered",
    "completed": "status_delivered",
    "cancelled": "status_cancelled",
}


def status(ctx: Context) -> Outcome:
    """The order named, or the sender's newest; a farmer's or rider's work in one line."""
    named = ctx.reading.slots.get("order")
    match ctx.role:
        case "farmer":
            return ctx.reply(
                "status_farmer", count=len(orders.waiting_for_farmer(ctx.tx, ctx.actor)), dial=ctx.dial
            )
        case "rider":
            return _rider(ctx)
        case "customer":
            return _customer(ctx, str(named) if named else None)
    return ctx.reply("status_none")


def _rider(ctx: Context) -> Reply:
    assert ctx.user is not None, "a rider is known"
    state = duty.state(ctx.tx, ctx.user.user_id)
    jobs = [delivery.order.order_number for delivery in state.open_deliveries]
    code = "status_rider_on" if state.on_duty else "status_rider_off"
    if not jobs:
        return ctx.reply(code)
    return ctx.reply("status_rider_jobs", options=[{"label": number[-4:]} for number in jobs])


def _customer(ctx: Context, named: str | None) -> Reply:
    if named is None:
        order = ctx.tx.session.scalar(
            select(Order)
            .where(Order.customer_id == ctx.actor.user_id)
            .order_by(Order.order_id.desc())
            .limit(1)
        )
        return ctx.reply("status_none") if order is None else of(ctx, order)
    try:
        return of(ctx, orders.by_number(ctx.tx, ctx.actor, named))
    except OrderAmbiguous as several:
        return ctx.reply("order_which", options=[{"label": n} for n in several.values["numbers"][:5]])
    except OrderUnknown:
        return ctx.reply("order_unknown")


def of(ctx: Context, order: Order) -> Reply:
    """How far one order is, in the words for its status."""
    ctx.order_id = order.order_id
    values = {
        "order": order.order_number[-4:],
        "total": order.came_to,
        "day": order.estimated_delivery_date,
    }
    code = CODES[order.order_status]
    if code == "status_on_the_way":
        delivery = ctx.tx.session.scalar(
            select(Delivery).where(Delivery.order_id == order.order_id).options(joinedload(Delivery.rider))
        )
        assert delivery is not None, "a confirmed order has its delivery"
        assert delivery.rider is not None, "somebody brings what is on the way"
        values |= {"rider": delivery.rider.first_name, "phone": delivery.rider.phone_number}
    return ctx.reply(code, **values)
