"""From the farms to the door by text: picked, on the way, late, arrived (D4, D5, DR-1208)."""

from core.deliveries import lateness, service, tracking
from core.deliveries.errors import GoodsNotReady, LateInvalid, NoSuchJob, StopUnknown
from core.deliveries.waiting import AtFarm, Job
from core.errors import WrongState
from sms import answering
from sms.answering import about
from sms.commands.rider import offered, whose
from sms.context import Context, Outcome, Reply


def picked(ctx: Context) -> Outcome:
    """`PICKED A3B7`: the goods are with him; alone, it means his only job. Of several farms he says which."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    job = whose.one(ctx, likeliest=(whose.to_collect,))
    if isinstance(job, Reply):
        return job
    left = _left(job)
    if len(left) > 1:
        return _which_farm(ctx, job, left)
    return _collect(ctx, job.order_id, left[0].farm_id if left else None)


def not_his(ctx: Context) -> Outcome:
    """`READY` and `COLLECT` are others' words: what a rider says who is ready, or who has the goods."""
    return ctx.reply("rider_words")


def at_farm(ctx: Context, farm_id: int) -> Outcome:
    """Which of several farms he has collected at; 0 for all of them."""
    order_id = ctx.order_id = int(about(ctx)["order_id"])
    ctx.close(str(farm_id))
    return _collect(ctx, order_id, farm_id or None)


def on_the_way(ctx: Context) -> Outcome:
    """`ON THE WAY A3B7`: he leaves with the goods."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    job = whose.one(ctx, likeliest=(whose.with_him, whose.to_collect))
    if isinstance(job, Reply):
        return job
    if not job.in_hand:
        return ctx.reply("job_not_yet")
    if whose.to_collect(job):
        return ctx.reply("job_not_picked", order=job.order_number[-4:])
    tracking.report(ctx.tx, ctx.actor, order_id=job.order_id, checkpoint="on_the_way")
    return ctx.reply(
        "on_the_way", order=job.order_number[-4:], customer=job.person, place=job.place, phone=job.phone
    )


def arrived(ctx: Context) -> Outcome:
    """`ARRIVED A3B7`: he stands at the door, or still at the farm; what comes next."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    job = whose.one(ctx, likeliest=(whose.moving, whose.with_him, whose.to_collect))
    if isinstance(job, Reply):
        return job
    if not job.in_hand:
        return ctx.reply("job_not_yet")
    tracking.report(ctx.tx, ctx.actor, order_id=job.order_id, checkpoint="arrived")
    values = {"order": job.order_number[-4:], "customer": job.person, "phone": job.phone}
    if whose.to_collect(job):
        return ctx.reply("arrived_farm", dial=ctx.dial, **values)
    return ctx.reply("arrived_cash" if job.collect else "arrived", due=job.collect, **values)


def late(ctx: Context) -> Outcome:
    """`LATE 30`: the customer is told the new time."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    minutes = ctx.reading.slots.get("minutes")
    if not isinstance(minutes, int):
        return ctx.reply("late_minutes")
    job = whose.one(ctx, likeliest=(whose.moving, whose.with_him, whose.to_collect))
    if isinstance(job, Reply):
        return job
    try:
        until = lateness.late(ctx.tx, ctx.actor, order_id=job.order_id, minutes=minutes)
    except NoSuchJob:
        return ctx.reply("job_not_yet")
    except LateInvalid:
        return ctx.reply("late_minutes")
    return ctx.reply("late_told", order=job.order_number[-4:], customer=job.person, time=until.isoformat())


def _collect(ctx: Context, order_id: int, farm_id: int | None) -> Outcome:
    notes = len(ctx.tx.changed)
    try:
        delivery = service.pick_up(ctx.tx, ctx.actor, order_id=order_id, farm_id=farm_id)
    except (NoSuchJob, StopUnknown):
        return ctx.reply("job_unknown")
    except GoodsNotReady as early:
        return ctx.reply("job_not_ready", order=early.values["order"][-4:])
    except WrongState:
        return ctx.reply("job_not_yet")
    if delivery.delivery_status != "assigned":
        return offered.told_again(ctx, notes)
    job = next(job for job in whose.all_of(ctx) if job.order_id == order_id)
    farm = _left(job)[0]
    return ctx.reply(
        "picked_next", order=job.order_number[-4:], farmer=farm.person, place=farm.place, phone=farm.phone
    )


def _left(job: Job) -> list[AtFarm]:
    """The farms that he has not been to."""
    return [farm for farm in job.farms if not farm.done] if whose.to_collect(job) else []


def _which_farm(ctx: Context, job: Job, farms: list[AtFarm]) -> Reply:
    choices = [{"value": farm.farm_id, "label": f"{farm.person}, {farm.place}"} for farm in farms[:5]]
    choices.append({"value": 0, "label": ""})
    if ctx.ask("pickup_which", about={"order_id": job.order_id}, choices=choices) is None:
        return ctx.reply("answer_first")
    options = [*({"label": choice["label"]} for choice in choices[:-1]), {"say": "picked_all"}]
    return ctx.reply("pickup_which", order=job.order_number[-4:], options=options)


def chosen_farm(ctx: Context) -> int | None:
    """The farm whose number was texted, 0 for all; None if it was none of them."""
    found = answering.chosen(ctx)
    return None if found is None else int(found)
