"""At the door by text: the code, cash that is asked and never guessed, NOCODE (D6, DR-902, DR-1205)."""

from decimal import Decimal

from core.cash.errors import CashUnsure, NotEnoughCash
from core.deliveries import hands, received
from core.deliveries.errors import CodeLocked, NoSuchJob, WhichJob, WrongCode
from core.deliveries.handing import Delivered
from core.errors import DomainError, WrongState
from core.money import ZERO
from core.orders import rules
from core.orders.errors import OrderAmbiguous, OrderUnknown
from sms.answering import NOT_AN_ANSWER, Answer, about
from sms.commands.rider import whose
from sms.context import CodeTexted, Context, Outcome, Reply

# A code that waits for the sum it goes with is kept sealed under this purpose.
SEALED = "question-code"


def done(ctx: Context) -> Outcome:
    """`DONE A3B7 4821`, `DONE A3B7 4821 450`, `4821`: the code decides; it is compared in transactions of its
    own (DR-214).

    From a rider, or from a farmer or keeper at whose place an order is collected (DR-1210).
    """
    if ctx.role not in ("rider", "farmer"):
        return ctx.reply("riders_only", dial=ctx.dial)
    slots = ctx.reading.slots
    if not slots.get("code"):
        return ctx.reply("code_missing")
    cash = None if slots.get("cash") is None else Decimal(str(slots["cash"]))
    return CodeTexted(slots.get("job"), str(slots["code"]), cash)


def cash_said(ctx: Context) -> Answer:
    """YES to the sum that was put back to him, or the sum: the code goes with it. Four digits that are the
    code itself are no sum."""
    kept, intent = about(ctx), ctx.reading.intent
    code = ctx.tx.parts.vault.open(SEALED, kept["sealed"])
    match intent:
        case "confirm_yes":
            return CodeTexted(kept["order"], code, Decimal(kept["sum"]), sure=True)
        case "confirm_no":
            ctx.close("no")
            return ctx.reply("cash_again", order=kept["order"][-4:], due=kept["due"])
        case "choose" if str(ctx.reading.slots["choice"]).zfill(4) != code:
            said = Decimal(ctx.reading.slots["choice"])
            return CodeTexted(kept["order"], code, said, sure=said == Decimal(kept["due"]))
    return NOT_AN_ANSWER


def say_sum(ctx: Context) -> Outcome:
    """The reminder of the question about cash."""
    kept = about(ctx)
    return ctx.reply("cash_sure", order=kept["order"][-4:], due=kept["due"])


def delivered(ctx: Context, result: Delivered) -> Outcome:
    """The code was right; if it was so before already, say it again, else the core has told him."""
    ctx.order_id = result.order_id
    _close(ctx, "delivered")
    if result.again:
        return ctx.reply("done", order=result.tail, earning=result.earning)
    return None


def not_delivered(ctx: Context, texted: CodeTexted, error: DomainError) -> Reply | None:
    """Why a code did not deliver anything; None for an error of another kind."""
    ctx.order_id = _tried(ctx, texted.order)
    match error:
        case CashUnsure():
            return _ask_sum(ctx, texted, error)
        case NotEnoughCash():
            _close(ctx, "too little")
            return ctx.reply(
                "cash_short", due=error.values["due"], sum=error.values["sum"], paybill=ctx.tx.parts.paybill
            )
        case WrongCode():
            return ctx.reply("code_wrong", left=error.values["left"])
        case CodeLocked():
            return ctx.reply("code_locked")
        case WhichJob() | OrderAmbiguous():
            return whose.which(ctx, error.values["numbers"])
        case NoSuchJob() | OrderUnknown():
            _close(ctx, "gone")
            return ctx.reply("job_unknown")
        case WrongState():
            return ctx.reply("job_not_yet")
    return None


def nocode(ctx: Context) -> Outcome:
    """`NOCODE`, `NOCODE A3B7`: the ordering phone is asked, and her YES is as good (DR-1205)."""
    if ctx.role not in ("rider", "farmer"):
        return ctx.reply("riders_only", dial=ctx.dial)
    assert ctx.user is not None, "whoever has a role is known"
    named = rules.spelled(str(ctx.reading.slots.get("job") or ""))
    jobs = [
        job
        for job in hands.to_hand_over(ctx.tx, ctx.user.user_id)
        if job.order.order_number.endswith(named) and (named or job.delivery_status != "assigned")
    ]
    if len(jobs) > 1:
        return whose.which(ctx, [job.order.order_number for job in jobs])
    if not jobs:
        return ctx.reply("code_help") if not named and ctx.role == "rider" else ctx.reply("job_unknown")
    order_id = ctx.order_id = jobs[0].order_id
    received.ask(ctx.tx, ctx.actor, order_id=order_id)
    due = next((job.collect for job in whose.all_of(ctx) if job.order_id == order_id), ZERO)
    code = "asked_customer_cash" if due else "asked_customer"
    return ctx.reply(code, order=jobs[0].order.tail, due=due)


def _ask_sum(ctx: Context, texted: CodeTexted, error: CashUnsure) -> Reply:
    """The code was right; the sum is put back to him, with the code kept sealed until he has said it."""
    order, due, said = error.values["order"], error.values["due"], error.values["sum"]
    values = {"order": order[-4:], "due": due, "sum": said}
    if not due:
        return ctx.reply("cash_not_due", **values)
    sealed = ctx.tx.parts.vault.seal(SEALED, texted.code)
    kept = {"order": order, "sealed": sealed, "due": str(due), "sum": str(said)}
    ctx.ask("cash_taken", about=kept)
    return ctx.reply("cash_sure" if said == due else "cash_other", **values)


def _close(ctx: Context, outcome: str) -> None:
    if ctx.question is not None and ctx.question.kind == "cash_taken":
        ctx.close(outcome)


def _tried(ctx: Context, named: str | None) -> int | None:
    """The order a code was tried on: the one named, else that of his only job; None if it is not his."""
    assert ctx.user is not None, "a rider is known"
    mine = {
        job.order_id
        for job in hands.to_hand_over(ctx.tx, ctx.user.user_id)
        if named is None or job.order.order_number.endswith(rules.spelled(named))
    }
    return mine.pop() if len(mine) == 1 else None
