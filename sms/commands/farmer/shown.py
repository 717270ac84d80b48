"""`ORDERS`: what a farmer has to prepare, the sum of each product and day, numbered (DR-801)."""

from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer
from sms.commands.farmer import marking, work
from sms.commands.farmer.work import Meant
from sms.context import Context, Outcome, Reply


def orders(ctx: Context) -> Outcome:
    """The most urgent sums; a number then tells one of them in full."""
    if ctx.role != "farmer":
        return ctx.reply("farmers_only", dial=ctx.dial)
    return _listed(ctx, 0)


def no_code(ctx: Context) -> Outcome:
    """`CODE` from a farmer: who has it."""
    return ctx.reply("code_customers")


def more(ctx: Context) -> Outcome:
    """`MORE`: the next lines of the list that was shown; behind the last one the first again."""
    if ctx.question is None or ctx.question.kind != "work_shown":
        return _listed(ctx, 0)
    return _listed(ctx, int(answering.about(ctx)["after"]))


def _listed(ctx: Context, after: int) -> Reply:
    items = work.open_work(ctx)
    if not items:
        return ctx.reply("work_nothing")
    sums = work.by_sum(items)
    if len(sums) == 1:
        return told(ctx, sums[0])
    few = sums[after : after + work.MOST_CHOICES] or sums[: work.MOST_CHOICES]
    upto = sums.index(few[-1]) + 1
    ctx.ask("work_shown", about={"after": upto}, choices=[{"value": one.ids} for one in few])
    code = "work_list" if upto == len(sums) else "work_list_more"
    return ctx.reply(code, options=[work.line(one) for one in few])


def told(ctx: Context, one: Meant) -> Reply:
    """One sum, or the one order that it is, and which words say that it is ready."""
    return ctx.reply("work_one" if one.orders == 1 else "work_sum", **one.slots())


def picked(ctx: Context) -> Answer:
    """The number of a line: what it is now."""
    ids = answering.chosen(ctx)
    if ids is None:
        return NOT_AN_ANSWER
    found = work.of_ids(work.open_work(ctx), ids)
    return orders(ctx) if found is None else told(ctx, found)


def said_yes_or_no(ctx: Context) -> Outcome:
    """`YES A3B7`, or a bare YES or NO that no question waits for: her answer to a new order (I1, I6).

    Without a number it is never taken for a yes: what waits is shown again, with the question.
    """
    items = work.unanswered(work.open_work(ctx))
    yes = ctx.reading.intent == "confirm_yes"
    if ctx.reading.slots.get("job") or ctx.reading.slots.get("order"):
        found = work.meant(ctx, marking.ACCEPT if yes else marking.REJECT, items or work.open_work(ctx))
        if isinstance(found, Reply):
            return found
        return marking.step(ctx, marking.ACCEPT, found) if yes else marking.why(ctx, found)
    if not items:
        return ctx.reply("nothing_open_farmer")
    return ask_again(ctx, work.by_order(items), yes=yes)


def ask_again(ctx: Context, several: list[Meant], *, yes: bool) -> Reply:
    """Orders that have no answer yet: the one is put to her again, of several she chooses."""
    if len(several) > 1:
        return work.ask_which(ctx, marking.ACCEPT if yes else marking.REJECT, several, {})
    ctx.ask("item_available", about={"order_id": several[0].items[0].order_id})
    return ctx.reply("work_waits", **several[0].slots())
