"""`FAILED A3B7 nobody home`: why, what it would mean, and after his YES the failure itself (D7 to D9)."""

from dataclasses import replace

from core.deliveries import failing, outlook
from core.deliveries.errors import NoSuchJob
from core.deliveries.waiting import Job
from core.errors import WrongState
from sms import answering
from sms.answering import about
from sms.commands.rider import offered, whose
from sms.context import Context, Outcome, Reply
from sms.wording import words_in

# What riders say of a door, and the reason that is; whoever says two of them is asked.
_SAID = {
    "damaged": words_in(
        "damaged damage spoiled spoilt rotten broken crushed imeharibika zimeharibika imeoza zimeoza "
        "imevunjika imebondeka kuharibika mbovu nithukire nithukite ithukite"
    ),
    "refused": words_in(
        "refused refuses refuse rejected declined amekataa kakataa anakataa kukataa amerefuse haitaki hataki "
        "hazitaki agikaa arega niarega"
    ),
    "wrong_place": words_in(
        "wrong address location lost place mahali pengine sipati nimepotea direction directions handu"
    ),
    "absent": words_in(
        "nobody absent away home locked closed answering picking pick phone off unreachable hayuko hakuna "
        "mtu hashiki hajashika hapokei simu imezimwa mteja ndari ndahari mutheri"
    ),
}


def failed(ctx: Context) -> Outcome:
    """The reason he gave, or the question which one it is."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    job = whose.one(ctx, likeliest=(whose.moving, whose.with_him, whose.to_collect))
    if isinstance(job, Reply):
        return job
    if whose.to_collect(job):  # nothing is with him yet: another rider can have it
        return offered.ask_to_give_back(ctx, job)
    if not whose.moving(job):
        return ctx.reply("job_not_yet")
    reason = _reason(ctx.message.text)
    return _put_back(ctx, job, reason) if reason else _ask_why(ctx, job)


def cancel(ctx: Context) -> Outcome:
    """`CANCEL A3B7`: an offer is passed on, a job given back before the pick-up, and after it has failed; the
    order itself is the customer's."""
    named = ctx.reading.slots.get("order")
    ctx.reading = replace(ctx.reading, slots={"job": named} if named else {})
    offer = ctx.question is not None and ctx.question.kind == "offer"
    return offered.decline(ctx) if offer and not named else failed(ctx)


def why(ctx: Context) -> Outcome | answering.NotAnAnswer:
    """The number of a reason."""
    reason = answering.chosen(ctx)
    if reason is None:
        return answering.NOT_AN_ANSWER
    order_id = int(about(ctx)["order_id"])
    job = next((job for job in whose.all_of(ctx) if job.order_id == order_id and whose.moving(job)), None)
    ctx.close(str(reason))
    return ctx.reply("job_unknown") if job is None else _put_back(ctx, job, str(reason))


def sure(ctx: Context, *, yes: bool) -> Outcome:
    """His YES, with which he says that he has called where he must have; or a NO, and nothing is noted."""
    kept = about(ctx)
    order_id = ctx.order_id = int(kept["order_id"])
    ctx.close("yes" if yes else "no")
    if not yes:
        return ctx.reply("job_kept", order=kept["order"])
    try:
        failing.fail(ctx.tx, ctx.actor, order_id=order_id, reason=kept["reason"], called=True)
    except NoSuchJob:
        return ctx.reply("job_unknown")
    except WrongState:
        return ctx.reply("job_not_yet")
    job = next(job for job in whose.all_of(ctx) if job.order_id == order_id)
    values = {"order": kept["order"], "day": job.day}
    if not job.over:
        return ctx.reply("failed_again", **values)
    farm = job.farms[0]
    return ctx.reply("failed_over", farmer=farm.person, place=farm.place, phone=farm.phone, **values)


def back(ctx: Context) -> Outcome:
    """`RETURNED A3B7`: the goods are at the farm again (D9, I11)."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    job = whose.one(ctx, likeliest=(whose.to_take_back,))
    if isinstance(job, Reply):
        return job
    if not whose.to_take_back(job):
        return ctx.reply("job_not_yet")
    failing.give_back(ctx.tx, ctx.actor, order_id=job.order_id)
    return ctx.reply("goods_back", order=job.order_number[-4:])


def _reason(text: str) -> str | None:
    """The one reason his words speak of; None if they speak of none, or of several."""
    said = words_in(text)
    found = [reason for reason, words in _SAID.items() if said & words]
    return found[0] if len(found) == 1 else None


def _ask_why(ctx: Context, job: Job) -> Reply:
    choices = [{"value": reason, "label": reason} for reason in failing.REASONS]
    if ctx.ask("fail_why", about={"order_id": job.order_id}, choices=choices) is None:
        return ctx.reply("answer_first")
    options = [{"say": f"fail_{reason}"} for reason in failing.REASONS]
    return ctx.reply("fail_why", order=job.order_number[-4:], options=options)


def _put_back(ctx: Context, job: Job, reason: str) -> Reply:
    """What it would mean for this reason; his YES does it."""
    view = outlook.of_failing(ctx.tx, ctx.actor, order_id=job.order_id, reason=reason)
    kept = {"order_id": job.order_id, "order": job.order_number[-4:], "reason": reason}
    if ctx.ask("fail_sure", about=kept) is None:
        return ctx.reply("answer_first")
    code = "fail_ends" if view.final else "fail_again"
    if view.final and view.call_first:
        code = "fail_ends_called"
    return ctx.reply(code, order=kept["order"], day=view.next_day, earning=view.earned, phone=job.phone)
