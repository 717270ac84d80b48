"""What a farmer answers about her orders (DR-1510): there or not, which of them, so much, why."""

from collections.abc import Mapping
from decimal import Decimal

from core.orders import board
from core.words import tidy
from sms import answering
from sms.answering import NOT_AN_ANSWER, Answer, Answering, choose_by_number, say_yes_or_no
from sms.commands.farmer import figures, marking, shown, work
from sms.context import Context, Outcome

# A text that only these words open is no reason why.
COMMANDS_STILL = frozenset(
    (
        "stop", "start", "help", "language", "confirm_yes", "confirm_no", "farmer_orders", "farmer_ready",
        "farmer_accept", "farmer_harvested", "farmer_packed", "farmer_list", "farmer_price_change",
        "farmer_take_down", "farmer_balance", "farmer_statement", "message", "order", "rate", "status",
        "list_products", "pay", "cancel", "code_again", "refund", "my_orders", "terms", "same", "collect",
        "follow", "unfollow",
    )
)  # fmt: skip
MANY_LETTERS = 3


def _available(ctx: Context) -> Answer:
    """YES accepts the order that was told, NO asks why, `only 20kg` is less; of several she chooses."""
    order_id = int(answering.about(ctx)["order_id"])
    items = work.open_work(ctx)
    mine = [one for one in work.by_order(items) if one.items[0].order_id == order_id]
    match ctx.reading.intent:
        case "confirm_yes" | "confirm_no" if not ctx.reading.slots:
            yes = ctx.reading.intent == "confirm_yes"
            waiting = work.by_order(work.unanswered(items))
            if len(waiting) > 1:
                return shown.ask_again(ctx, waiting, yes=yes)
            ctx.close("yes" if yes else "no")
            if not mine:
                return _ready_meanwhile(ctx, order_id, yes=yes) or ctx.reply("work_changed")
            return marking.step(ctx, marking.ACCEPT, mine[0]) if yes else marking.why(ctx, mine[0])
        case "confirm_yes" | "confirm_no":
            return shown.said_yes_or_no(ctx)
    amount = figures.amount_said(ctx)
    named = ctx.reading.slots.get("order")
    if amount is None or named or not mine or _is_plain_order(ctx):
        return NOT_AN_ANSWER
    return marking.have(ctx, mine[0], amount)


def _ready_meanwhile(ctx: Context, order_id: int, *, yes: bool) -> Outcome:
    """It was marked ready for her (DR-221): her NO takes no step back (DR-801), and she is told who does."""
    opened = board.open_items(ctx.tx, ctx.actor)
    ready = [item for item in opened if item.order_id == order_id and item.item_status == "ready"]
    if not ready:
        return None
    return ctx.reply("work_ready_already" if yes else "work_ready_no", order=ready[0].tail)


def _is_plain_order(ctx: Context) -> bool:
    """A text that names produce is about that, not about the order that waits."""
    return any(item.get("product") for item in ctx.reading.items)


def _which(ctx: Context) -> Answer:
    ids = answering.chosen(ctx)
    if ids is None:
        return NOT_AN_ANSWER
    about = answering.about(ctx)
    ctx.close("answered")
    found = work.of_ids(work.open_work(ctx), ids)
    if found is None:
        return ctx.reply("work_changed")
    if about["event"] == marking.LESS:
        said = about.get("qty")
        amount = None if said is None else figures.Said(Decimal(said), about.get("unit"))
        return marking.have(ctx, found, amount)
    if about["event"] == marking.REJECT:
        reason = str(about.get("reason", ""))
        return marking.turn_down(ctx, found, reason) if reason else marking.why(ctx, found)
    return marking.step(ctx, str(about["event"]), found, sure=True)


def _sure(ctx: Context) -> Answer:
    yes, about = answering.yes(ctx), answering.about(ctx)
    if yes is None:
        return NOT_AN_ANSWER
    if not yes:
        ctx.close("no")
        return ctx.reply("work_as_it_was")
    ctx.close("yes")
    found = work.of_ids(work.open_work(ctx), about["ids"])
    if found is None:
        return ctx.reply("work_changed")
    if about["event"] == marking.LESS:
        alone = len(found.items) == 1 or marking.whole_sum(ctx, found)
        return marking.supply_less(ctx, found, Decimal(about["qty"])) if alone else ctx.reply("work_changed")
    if about["event"] == marking.REJECT:
        return marking.turn_down(ctx, found, str(about["reason"]))
    return marking.step(ctx, str(about["event"]), found, sure=True)


def _reason(ctx: Context) -> Answer:
    """A number, or her own words: either turns the order down (I6)."""
    words = ctx.message.text.strip()
    if words.rstrip(".") in ("1", "2", "3", "4"):
        reason = marking.REASONS[int(words[0]) - 1]
    elif sum(c.isalpha() for c in words) < MANY_LETTERS:
        return NOT_AN_ANSWER
    elif (plainly := ctx.reader.read(words, role=ctx.role)).intent in COMMANDS_STILL:
        ctx.reading = plainly
        return NOT_AN_ANSWER
    else:
        reason = tidy(words, marking.LONGEST_REASON)
    found = work.of_ids(work.open_work(ctx), answering.about(ctx)["ids"])
    ctx.close("answered")
    return ctx.reply("work_changed") if found is None else marking.turn_down(ctx, found, reason)


def _quantity(ctx: Context) -> Answer:
    amount = figures.amount_said(ctx)
    none = figures.says_none(ctx)
    if amount is None and not none:
        return NOT_AN_ANSWER
    found = work.of_ids(work.open_work(ctx), answering.about(ctx)["ids"])
    ctx.close("answered")
    if found is None:
        return ctx.reply("work_changed")
    return marking.have(ctx, found, figures.Said(Decimal(0), None) if amount is None else amount)


def _available_again(ctx: Context) -> Outcome:
    """Which order waits, once more."""
    order_id = int(answering.about(ctx)["order_id"])
    mine = [one for one in work.by_order(work.open_work(ctx)) if one.items[0].order_id == order_id]
    return ctx.reply("work_waits", **mine[0].slots()) if mine else say_yes_or_no(ctx)


def _reason_again(ctx: Context) -> Outcome:
    return ctx.reply("reject_why_again")


def _quantity_again(ctx: Context) -> Outcome:
    return ctx.reply("less_again")


ANSWERS: Mapping[str, Answering] = {
    "item_available": Answering("item_available", _available, _available_again),
    "work_which": Answering("choose_number", _which, choose_by_number),
    "work_shown": Answering("choose_number", shown.picked, choose_by_number),
    "work_sure": Answering("yes_no", _sure, say_yes_or_no),
    "work_reason": Answering("text", _reason, _reason_again),
    "less_quantity": Answering("quantity", _quantity, _quantity_again),
}
