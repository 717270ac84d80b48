"""A text that is read, but not surely enough to be done: it is put back, and done on a yes (DR-1510).

What only tells, an order, which leads to a quote first, and less of one, which is put back with its sum, need
no such question; nor does what somebody of this role cannot do at all.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from sms.answering import NOT_AN_ANSWER, Answer
from sms.commands.agent import work as hands
from sms.context import Context, Outcome
from sms.reading import Reading
from sms.spelling import spelled

UNASKED = frozenset(
    (
        "keypad_payout",
        "keypad_number",
        "keypad_data",
        "keypad_pin",
        "order",
        "price",
        "list_products",
        "status",
        "help",
        "terms",
        "weather",
        "unknown",
        "my_orders",
        "cart",
        "farmer_orders",
        "farmer_balance",
        "farmer_statement",
        "rider_route",
        "rider_cash",
        "text",
        "farmer_less",
    )
)
RIDERS = frozenset(("late", "nocode"))  # theirs too, though not called so
# What is one answer among those that its question waits for needs no other.
ANSWERS = {"price_confirm": "farmer_price_change"}
LONGEST = 44  # the reply's slot: an amount may not be cut off
_FIGURES = ("qty", "price", "cash")


def is_doubtful(ctx: Context) -> bool:
    """Whether the text must be put back before anything is done."""
    bare = not ctx.reading.slots.get("product")  # of another thing it is no answer
    if ctx.question is not None and bare and ANSWERS.get(ctx.question.kind) == ctx.reading.intent:
        return False
    return ctx.reading.ask == "confirm" and ctx.reading.intent not in UNASKED and not _is_anothers(ctx)


def _is_anothers(ctx: Context) -> bool:
    """Whether only riders, or only farmers and who works for them, can do it: then it is said at once whose
    word it is, and not asked first. Beside an open question a text is more likely chatter."""
    if ctx.user is None or ctx.question is not None or ctx.role == "admin":
        return False
    owner = "rider" if ctx.reading.intent in RIDERS else ctx.reading.intent.partition("_")[0]
    if owner not in ("farmer", "rider") or owner == ctx.role or ctx.reading.intent == "farmer_list":
        return False
    return owner == "rider" or not hands.answers_for_others(ctx)


def not_understood(ctx: Context) -> Outcome:
    """We did not understand, and what somebody of this role may text."""
    trade = f"_{ctx.role}" if ctx.role in ("farmer", "rider") else ""
    return ctx.reply(f"not_understood{trade}", dial=ctx.dial)


def put_back(ctx: Context) -> Outcome:
    """`Do you mean CANCEL A3B7?`; not understood where nobody can be asked or it would not fit."""
    meant = spelled(ctx.reading, ctx.language, ctx.tx.parts.products)
    answers_something = ctx.reading.intent.startswith("confirm_")
    if ctx.user is None or answers_something or len(meant) > LONGEST:
        return not_understood(ctx)
    about = {"intent": ctx.reading.intent, "slots": ctx.reading.slots, "per": ctx.reading.per}
    if ctx.ask("meant", about=about) is None:
        return not_understood(ctx)
    return ctx.reply("did_you_mean", line=meant)


def beside(ctx: Context) -> Outcome:
    """`Do you mean CANCEL A3B7? Then text just that.` while another question keeps her yes; None if it would
    not fit, or is no command."""
    meant = spelled(ctx.reading, ctx.language, ctx.tx.parts.products)
    if ctx.reading.intent.startswith("confirm_") or len(meant) > LONGEST:
        return None
    return ctx.reply("meant_while_asked", line=meant)


def one_at_a_time(ctx: Context) -> Outcome:
    """Two commands in one text: neither is done, and none is silently left out; the first is named."""
    assert ctx.reading.first is not None, "it was read as several"
    first = spelled(ctx.reading.first, ctx.language, ctx.tx.parts.products)
    return ctx.reply("one_at_a_time", line=first)


def answer(ctx: Context) -> Answer:
    """Her yes does what was put back to her, her no nothing."""
    from sms.commands.table import command_for  # the table knows every room, this one too

    assert ctx.question is not None, "it is the answer to a question"
    if ctx.reading.ask is not None or ctx.reading.intent not in ("confirm_yes", "confirm_no"):
        return NOT_AN_ANSWER
    about = ctx.question.about
    ctx.close("yes" if ctx.reading.intent == "confirm_yes" else "no")
    if ctx.reading.intent == "confirm_no":
        return ctx.reply("what_next")
    command = command_for(str(about["intent"]), ctx.role)
    ctx.reading = Reading(str(about["intent"]), _restored(about["slots"]), per=about.get("per"))
    ctx.question = None
    return command(ctx) if command else ctx.reply("not_understood", dial=ctx.dial)


def _restored(value: Any, name: str = "") -> Any:
    """Stored slots as the reader gave them: amounts are decimals again."""
    match value:
        case dict():
            return {key: _restored(inner, key) for key, inner in value.items()}
        case list():
            return [_restored(inner, name) for inner in value]
        case str() if name in _FIGURES:
            try:
                return Decimal(value)
            except InvalidOperation:
                return value
    return value
