"""`PAY A3B7`, `PAY 0722...`, `CASH`, `BANK`: how a placed order gets its money (DR-807, DR-905)."""

from core.clock import nairobi_date
from core.msisdn import NotKenyanMobile, e164
from core.orders import recent
from core.orders.cash_rules import CASH
from core.orders.errors import MethodNotOffered
from core.orders.models import Order
from core.payment_methods import network
from core.payment_methods.service import BANK, MPESA
from core.payments import lapsed, otherwise, unpaid
from core.payments import service as payments
from core.payments.errors import NotPayable, PromptOpen, TooManyPrompts
from core.settings.errors import PromptsPaused
from sms.commands.customer import mine, paid_how, paid_late
from sms.context import Context, Outcome, Reply


def pay(ctx: Context) -> Outcome:
    """A new request for the order named, or the only one that waits for money; or another way to pay it."""
    if ctx.role != "customer":
        return ctx.reply("pay_nothing")
    order = mine.named(ctx, "pay") or mine.one_of(ctx, "pay", recent.payable(ctx.tx, ctx.actor))
    if isinstance(order, Reply):
        return order
    if order is None:
        late = lapsed.newest(ctx.tx, ctx.actor)
        return ctx.reply("pay_nothing") if late is None else paid_late.place_again(ctx, late)
    if lapsed.fresh(ctx.tx, order):
        return paid_late.place_again(ctx, order)
    ctx.order_id = order.order_id
    match ctx.reading.slots.get("method", MPESA):
        case "cash_on_delivery":
            return _cash(ctx, order)
        case "bank_transfer":
            return _bank(ctx, order)
    return _mpesa(ctx, order)


def _mpesa(ctx: Context, order: Order) -> Outcome:
    assert ctx.user is not None, "a customer is known"
    own = ctx.user.phone_number
    try:
        said = ctx.reading.slots.get("phone")
        number = e164(str(said)) if said else network.payer(ctx.tx, ctx.actor, msisdn=own)
    except NotKenyanMobile:
        return ctx.reply("bad_phone")
    if network.must_ask(ctx.tx, ctx.actor, msisdn=own):
        if not said:
            return ctx.reply("mpesa_which", phone=own)
        network.name(ctx.tx, ctx.actor, msisdn=own, phone=number)
    try:
        attempt = payments.pay(ctx.tx, ctx.actor, order_id=order.order_id, msisdn=number)
    except PromptOpen as held:
        return _held(ctx, order, number, held)
    except (TooManyPrompts, PromptsPaused):
        return paid_how.by_hand(ctx, order)
    except NotPayable:
        return ctx.reply("pay_nothing")
    if number == ctx.user.phone_number:
        return None
    return ctx.reply("other_phone", order=order.tail, phone=number, due=attempt.amount)


def _held(ctx: Context, order: Order, number: str, held: PromptOpen) -> Reply:
    """No second request goes to a phone that may still show one: since when, and until when."""
    waiting = unpaid.of_order(ctx.tx, ctx.actor, order_id=order.order_id)
    if waiting is not None and waiting.msisdn == number and waiting.state in ("sent", "unclear"):
        return sent(ctx, waiting)
    said = {name: held.values[name] for name in ("time", "until")}
    return ctx.reply("pay_other_pending", order=order.tail, phone=number, **said)


def sent(ctx: Context, waiting: unpaid.Waiting) -> Reply:
    """A request for the order is on its way or on the phone."""
    assert waiting.sent_at is not None, "there is a request"
    assert waiting.until is not None, "it ends some time"
    return ctx.reply(
        "pay_pending",
        order=waiting.tail,
        due=waiting.due,
        time=waiting.sent_at.isoformat(),
        until=waiting.until.isoformat(),
    )


def _cash(ctx: Context, order: Order) -> Outcome:
    if order.payment_method == CASH:
        return _is_cash(ctx, order)
    try:
        changed = otherwise.pay_in_cash(ctx.tx, ctx.actor, order_id=order.order_id)
    except paid_how.NO_CASH as error:
        return paid_how.no_cash(ctx, error)
    except NotPayable:
        return ctx.reply("pay_nothing")
    return paid_how.placed(ctx, changed)


def _is_cash(ctx: Context, order: Order) -> Reply:
    due = payments.still_due(ctx.tx, order)
    return ctx.reply("cash_placed", order=order.tail, day=order.estimated_delivery_date, due=due)


def _bank(ctx: Context, order: Order) -> Outcome:
    if order.payment_method == BANK:
        return waits_for_bank(ctx, order)
    try:
        otherwise.pay_by_bank(ctx.tx, ctx.actor, order_id=order.order_id)
    except MethodNotOffered:
        return ctx.reply("no_bank")
    except NotPayable:
        return ctx.reply("pay_nothing")
    return None  # the account and the reference come as they do for every such order


def waits_for_bank(ctx: Context, order: Order) -> Reply:
    """A transfer is awaited: how much, under which reference, until when (DR-813)."""
    waiting = unpaid.of_order(ctx.tx, ctx.actor, order_id=order.order_id)
    if waiting is None:
        return ctx.reply("pay_nothing")
    return ctx.reply(
        "status_bank",
        order=waiting.tail,
        due=waiting.due,
        reference=waiting.reference,
        day=nairobi_date(waiting.by),
        time=waiting.by.isoformat(),
    )
