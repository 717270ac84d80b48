"""`PAY` while a quote and an older unpaid order wait for it: which of them is asked (DR-1510)."""

from dataclasses import replace

from core.orders import quotes, recent
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer
from sms.commands.customer import quoting, redo
from sms.context import Context, Outcome

NEW = "quote"


def needs_asking(ctx: Context) -> bool:
    """Whether her word to pay could also mean an order that waits for its money."""
    return recent.newest_unpaid(ctx.tx, ctx.actor) is not None


def ask(ctx: Context) -> Outcome:
    """The open quote and the unpaid orders, numbered, each with its sum."""
    assert ctx.question is not None, "it answers a quote"
    quote_id, until = int(ctx.question.about["quote_id"]), ctx.question.expires_at
    orders = recent.payable(ctx.tx, ctx.actor)
    lines = [{"say": "line_new", "total": str(quotes.quote_view(ctx.tx, quote_id).asked)}]
    lines += [{"order": order.tail, "total": str(order.came_to)} for order in orders]
    choices = [{"value": value} for value in (NEW, *(order.order_number for order in orders))]
    kept = {"quote_id": quote_id, "slots": dict(ctx.reading.slots)}
    if ctx.ask("pay_which", about=kept, choices=choices, until=until) is None:
        return ctx.reply("answer_first")
    return ctx.reply("pay_which", options=lines)


def chosen(ctx: Context) -> Answer:
    """The number of the line, or the order's own number; then that one is paid as she said."""
    value = answering.chosen(ctx)
    said = ctx.reading.slots.get("order") if ctx.reading.intent in ("pay", "status") else None
    if value is None and said:
        fitting = [c["value"] for c in answering.choices(ctx) if str(c["value"]).endswith(str(said))]
        value = fitting[0] if len(fitting) == 1 else None
    if value is None:
        return NOT_AN_ANSWER
    about = answering.about(ctx)
    if value == NEW:
        ctx.reading = replace(ctx.reading, intent="pay", slots=about["slots"])
        return quoting.yes(ctx)
    ctx.close("the older order")
    return redo.go_on(ctx, "pay", about["slots"] | {"order": value})
