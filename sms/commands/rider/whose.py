"""Which of a rider's jobs a text means: the one it names, else the only one there is; several are asked."""

from collections.abc import Callable, Sequence

from core.deliveries import waiting
from core.deliveries.waiting import Job
from core.orders import rules
from sms.context import Context, Reply

Fits = Callable[[Job], bool]


def all_of(ctx: Context) -> list[Job]:
    """Everything that is his to collect, to bring or to take back; no offers."""
    assert ctx.user is not None, "a rider is known"
    return [job for job in waiting.jobs(ctx.tx, ctx.user.user_id) if job.mine and job.offer_id is None]


def one(ctx: Context, *, likeliest: Sequence[Fits]) -> Job | Reply:
    """The job meant, or what to say instead: a foreign job looks like none at all (DR-211, DR-1206).

    likeliest  what it may be where none is named, the likeliest kind first; a named one may be any of his
    """
    jobs, named = all_of(ctx), ctx.reading.slots.get("job")
    if named:
        found = [job for job in jobs if job.order_number.endswith(rules.spelled(str(named)))]
    else:
        kinds = ([job for job in jobs if fits(job)] for fits in likeliest)
        found = next((kind for kind in kinds if kind), [])
    if len(found) > 1:
        return which(ctx, [job.order_number for job in found])
    if not found:
        return ctx.reply("job_unknown")
    ctx.order_id = found[0].order_id
    return found[0]


def which(ctx: Context, numbers: Sequence[str]) -> Reply:
    """Several jobs fit: their whole numbers, one of them to be texted."""
    return ctx.reply("job_which", options=[{"label": number} for number in numbers[:5]])


def to_collect(job: Job) -> bool:
    """Nothing of it is with him yet, or not all."""
    return job.status == "assigned"


def with_him(job: Job) -> bool:
    """The goods are with him, on the way or about to be."""
    return job.status in ("picked_up", "in_transit")


def moving(job: Job) -> bool:
    """He is on the way to the door."""
    return job.status == "in_transit"


def to_take_back(job: Job) -> bool:
    """It could not be handed over, and the goods are with him."""
    return job.status == "failed" and job.goods_at == "rider"
