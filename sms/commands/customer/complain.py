"""`COMPLAIN A3B7 half of it rotten`: what is wrong with what came, in her own words (O16, DR-1602).

In time it is a claim, and nobody is paid for that item until our people have decided; before the delivery,
or too late, it is a question to them.
"""

from datetime import timedelta

from sqlalchemy import select

from core.orders import purchase_items
from core.orders import service as orders
from core.orders.models import Order
from core.orders.purchase_items import PurchaseItem
from core.support import service as support
from core.words import tidy
from sms.answering import about
from sms.commands.customer import mine
from sms.commands.customer.quoting import amount
from sms.context import Context, Outcome, Reply

LONGEST = 160


def complain(ctx: Context) -> Outcome:
    """About the order named, else her newest; without words she is asked for them."""
    words = tidy(str(ctx.reading.slots.get("comment") or ""), LONGEST)
    if ctx.role != "customer":
        return _to_our_people(ctx, words)
    order = mine.named(ctx, "complain") or _newest(ctx)
    if isinstance(order, Reply):
        return order
    if order is None:
        return _to_our_people(ctx, words)
    ctx.order_id = order.order_id
    if _says_something(words):
        return _about(ctx, order, words)
    if ctx.ask("complaint", about={"number": order.order_number}) is None:
        return ctx.reply("answer_first")
    return ctx.reply("complain_what", order=order.tail)


def in_words(ctx: Context) -> Outcome:
    """Her answer to "what is wrong?", as she wrote it."""
    words = tidy(ctx.message.text, LONGEST)
    order = orders.by_number(ctx.tx, ctx.actor, str(about(ctx)["number"]))
    ctx.order_id = order.order_id
    if not _says_something(words):
        return ctx.reply("complain_what", order=order.tail)
    ctx.close("answered")
    return _about(ctx, order, words)


def of_item(ctx: Context, order_item_id: int) -> Outcome:
    """Of several things she has said which is not right."""
    said = about(ctx)
    order = orders.by_number(ctx.tx, ctx.actor, str(said["number"]))
    ctx.order_id = order.order_id
    ctx.close("answered")
    items = purchase_items.items(ctx.tx, ctx.actor, order_id=order.order_id)
    item = next(one for one in items if one.order_item_id == order_item_id)
    return _claim(ctx, order, item, str(said["words"]))


def _about(ctx: Context, order: Order, words: str) -> Outcome:
    items = purchase_items.items(ctx.tx, ctx.actor, order_id=order.order_id)
    came = [item for item in items if item.item_status == "delivered"]
    open_to = [item for item in came if item.claim_until and item.claim != "open"]
    if not open_to:
        if any(item.claim == "open" for item in came):
            return ctx.reply("complain_open", order=order.tail)
        ticket = support.open_ticket(ctx.tx, ctx.actor, text=words, order_ref=order.order_number)
        code = "complain_late" if came else "complain_noted"
        return ctx.reply(code, order=order.tail, number=str(ticket.ticket_id))
    if len(open_to) == 1:
        return _claim(ctx, order, open_to[0], words)
    choices = [{"value": item.order_item_id} for item in open_to[:5]]
    asked = {"number": order.order_number, "words": words}
    if ctx.ask("which_item", about=asked, choices=choices) is None:
        return ctx.reply("answer_first")
    return ctx.reply("complain_which", options=[_line(item) for item in open_to[:5]])


def _claim(ctx: Context, order: Order, item: PurchaseItem, words: str) -> Reply:
    orders.open_claim(ctx.tx, ctx.actor, order_item_id=item.order_item_id, reason=words)
    return ctx.reply("complained", order=order.tail, product=item.product_id)


def _line(item: PurchaseItem) -> dict[str, object]:
    return {"amount_of": amount(item.quantity, item.unit, item.kg), "product": item.product_id}


def _to_our_people(ctx: Context, words: str) -> Reply:
    """Whoever has no order with us is heard all the same; a stranger gets the help."""
    if ctx.user is None:
        return ctx.reply("help", dial=ctx.dial)
    if not _says_something(words):
        return ctx.reply("message_no_order")
    ticket = support.ask(ctx.tx, ctx.actor, text=words)
    return ctx.reply("ticket_received", number=str(ticket.ticket_id))


def _newest(ctx: Context) -> Order | Reply | None:
    """What came lately, if it is one order; else her newest one."""
    hers = select(Order).where(Order.customer_id == ctx.actor.user_id, Order.order_status != "cancelled")
    newest_first = hers.order_by(Order.order_id.desc())
    since = ctx.tx.now - timedelta(hours=ctx.tx.setting("order.claim_hours_other"))
    lately = ctx.tx.session.scalars(newest_first.where(Order.delivered_at > since).limit(5)).all()
    if lately:
        return mine.one_of(ctx, "complain", lately)
    return ctx.tx.session.scalar(newest_first.limit(1))


def _says_something(words: str) -> bool:
    return sum(letter.isalpha() for letter in words) > 2
