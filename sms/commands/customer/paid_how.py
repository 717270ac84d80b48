"""What is said after an order was placed, by how it is paid; and why it cannot be paid in cash (DR-905)."""

from sqlalchemy import select

from core.clock import nairobi_date
from core.errors import DomainError
from core.orders.cash_rules import CASH
from core.orders.errors import CashBlocked, CashOrdersOpen, CashRefused, CashTooMuch
from core.orders.models import Order
from core.outbox.models import OutboxMessage
from core.payments import service as payments
from core.payments import unpaid
from sms.context import Context, Outcome, Reply

NO_CASH = (CashBlocked, CashOrdersOpen, CashRefused, CashTooMuch)


def placed(ctx: Context, order: Order, *, payer: str = "") -> Outcome:
    """Nothing where the prompt, or a text of the core's, speaks for itself; else what she has to do now.

    payer  the other phone that was asked for the money
    """
    ctx.tx.flush()
    ctx.order_id = order.order_id
    if order.payment_method == CASH:
        if _told_now(ctx, order):
            return None
        due = payments.still_due(ctx.tx, order)
        return ctx.reply("cash_placed", order=order.tail, day=order.estimated_delivery_date, due=due)
    waiting = unpaid.of_order(ctx.tx, ctx.actor, order_id=order.order_id)
    if waiting is None or waiting.state == "bank":
        return None  # paid with what we kept for her, or the account follows: the core tells
    if waiting.state == "paused":
        return by_hand(ctx, order)
    if payer and waiting.msisdn == payer:
        return ctx.reply("other_phone", order=order.tail, phone=payer, due=waiting.due)
    return None


def by_hand(ctx: Context, order: Order) -> Reply:
    """No request can be sent: how to pay at the paybill, until when."""
    waiting = unpaid.of_order(ctx.tx, ctx.actor, order_id=order.order_id)
    if waiting is None:
        return ctx.reply("pay_nothing")
    return ctx.reply(
        "pay_by_hand",
        order=waiting.tail,
        due=waiting.due,
        paybill=ctx.tx.parts.paybill,
        reference=waiting.reference,
        day=nairobi_date(waiting.by),
        time=waiting.by.isoformat(),
    )


def no_cash(ctx: Context, error: DomainError) -> Reply:
    """Why she cannot pay this in cash; another way is open."""
    said = error.values
    match error:
        case CashTooMuch():
            return ctx.reply("no_cash_much", maximum=said["maximum"], total=said["total"])
        case CashRefused():
            return ctx.reply("no_cash_farm", farm=said["farm"])
        case CashBlocked():
            return ctx.reply("no_cash_until", day=said["day"])
    return ctx.reply("no_cash_open")


def _told_now(ctx: Context, order: Order) -> bool:
    """Whether a text about this order goes to her at once: not in the quiet hours, not if she wants none."""
    query = select(OutboxMessage.outbox_id).where(
        OutboxMessage.order_id == order.order_id,
        OutboxMessage.msisdn == ctx.message.msisdn,
        OutboxMessage.code == "cash_confirmed",
        OutboxMessage.not_before <= ctx.tx.now,
    )
    return ctx.tx.session.scalar(query.limit(1)) is not None
