"""`STATUS`, `oda yangu iko wapi`: how far it is, for whoever asks."""

from sqlalchemy import select

from core.deliveries import duty, purchases
from core.deliveries.purchases import PurchaseView
from core.money import ZERO
from core.notifications import lateness
from core.orders import service as orders
from core.orders.cash_rules import CASH
from core.orders.machine import DONE
from core.orders.models import Order
from core.payments import lapsed, money_of, unpaid
from sms.commands.customer import mine, paid_how, pay
from sms.context import Context, Outcome, Reply

# The words for where an order is, where nothing else decides.
STEPS = {
    "assigned": "status_assigned",
    "on_the_way": "status_on_the_way",
    "arrived": "status_arrived",
    "collect": "status_collect",
    "failed": "status_failed",
    "delivered": "status_delivered",
    "completed": "status_delivered",
}


def status(ctx: Context) -> Outcome:
    """The order named, or the sender's newest; a farmer's or rider's work in one line."""
    match ctx.role:
        case "farmer":
            return ctx.reply(
                "status_farmer", count=len(orders.waiting_for_farmer(ctx.tx, ctx.actor)), dial=ctx.dial
            )
        case "rider":
            return _rider(ctx)
        case "customer":
            return _customer(ctx)
    return ctx.reply("status_none")


def _rider(ctx: Context) -> Reply:
    assert ctx.user is not None, "a rider is known"
    state = duty.state(ctx.tx, ctx.user.user_id)
    jobs = [delivery.order.order_number for delivery in state.open_deliveries]
    code = "status_rider_on" if state.on_duty else "status_rider_off"
    if not jobs:
        return ctx.reply(code)
    return ctx.reply("status_rider_jobs", options=[{"label": number[-4:]} for number in jobs])


def _customer(ctx: Context) -> Reply:
    order = mine.named(ctx, "status")
    if isinstance(order, Reply):
        return order
    if order is None:
        order = newest(ctx)
    return ctx.reply("status_none") if order is None else of(ctx, order)


def newest(ctx: Context) -> Order | None:
    """Her newest order, whatever became of it."""
    hers = select(Order).where(Order.customer_id == ctx.actor.user_id)
    return ctx.tx.session.scalar(hers.order_by(Order.order_id.desc()).limit(1))


def of(ctx: Context, order: Order) -> Reply:
    """How far one order of hers is, what comes next, and what she has to do for it."""
    ctx.order_id = order.order_id
    view = purchases.one(ctx.tx, ctx.actor, order_id=order.order_id)
    if view.asks:
        return ctx.reply("status_asks", order=view.tail, shortcut=mine.shortcut(ctx))
    if view.order_status == "pending_payment":
        return _unpaid(ctx, order)
    if view.order_status == "cancelled":
        return _over(ctx, order)
    values = {
        "order": view.tail,
        "total": view.asked,
        "day": view.day,
        "rider": view.person,
        "person": view.person,
        "phone": view.phone,
        "place": view.place or view.farm_ward,
    }
    due = ZERO
    if view.payment_method == CASH and view.step not in DONE:
        due = values["due"] = money_of.of_order(ctx.tx, ctx.actor, order_id=order.order_id).due
    if view.step in ("assigned", "on_the_way"):
        values["time"] = lateness.until(ctx.tx, ctx.actor, order_id=order.order_id)
        if values["time"]:
            return ctx.reply("status_rider_late_cash" if due > ZERO else "status_rider_late", **values)
    return ctx.reply(_step(view, cash=due > ZERO), **values)


def _step(view: PurchaseView, *, cash: bool) -> str:
    """Which words say how far a paid order is, or one that is paid when it comes."""
    match view.step:
        case "confirmed" | "processing" if view.late:
            return "status_late"
        case "confirmed" | "processing" | "ready_for_delivery" if view.place:
            return "status_fetch"
        case "confirmed" | "processing":
            return "status_cash" if cash else "status_confirmed"
        case "ready_for_delivery":
            return "status_cash" if cash else "status_ready"
        case "on_the_way" | "arrived" if cash:
            return "status_coming_cash"
    return STEPS[view.step]


def _unpaid(ctx: Context, order: Order) -> Reply:
    """It waits for its money: where that stands (P5: what may have been paid is not asked for again)."""
    waiting = unpaid.of_order(ctx.tx, ctx.actor, order_id=order.order_id)
    if waiting is None:
        return ctx.reply("status_pending_payment", order=order.tail, total=order.came_to)
    match waiting.state:
        case "bank":
            return pay.waits_for_bank(ctx, order)
        case "sent":
            return pay.sent(ctx, waiting)
        case "unclear":
            return ctx.reply("status_unclear", order=order.tail, due=waiting.due)
        case "spent" | "paused":
            return paid_how.by_hand(ctx, order)
    return ctx.reply("status_pending_payment", order=order.tail, total=order.came_to)


def _over(ctx: Context, order: Order) -> Reply:
    backs = money_of.of_order(ctx.tx, ctx.actor, order_id=order.order_id).backs
    coming = sum((back.sum for back in backs if back.state in ("asked", "coming")), ZERO)
    if lapsed.in_doubt(ctx.tx, order.order_id):
        return ctx.reply("status_unclear", order=order.tail, due=order.came_to)
    if coming > ZERO:
        return ctx.reply("status_back", order=order.tail, sum=coming)
    return ctx.reply("status_cancelled", order=order.tail, total=order.came_to)
