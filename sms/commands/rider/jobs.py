"""The rider's texts: on and off duty, yes and no to a job, picked up, done (DR-1203 to DR-1206).

What a step that worked has to tell (where to collect, where to bring, what was earned) the core tells itself.
"""

from core.db import Tx
from core.deliveries import choices, duty, hands, offers, received, service, stops
from core.deliveries.errors import (
    CodeLocked,
    GoodsNotReady,
    NoApprovedVehicle,
    NoSuchJob,
    OfferGone,
    OfferUnknown,
    WhichJob,
    WrongCode,
)
from core.deliveries.models import Delivery, DeliveryOffer
from core.errors import DomainError, WrongState
from core.orders import service as orders
from core.orders.errors import OrderAmbiguous, OrderUnknown
from core.orders.models import Order
from sms.commands.customer import status
from sms.context import CodeTexted, Context, Outcome, Reply


def on(ctx: Context) -> Outcome:
    """`ON`: jobs may come."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    try:
        duty.set_duty(ctx.tx, ctx.actor, on=True)
    except NoApprovedVehicle:
        return ctx.reply("no_vehicle", dial=ctx.dial)
    return ctx.reply("on_duty")


def off(ctx: Context) -> Outcome:
    """`OFF`: no more jobs; those in hand stay."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    duty.set_duty(ctx.tx, ctx.actor, on=False)
    return ctx.reply("off_duty")


def accept(ctx: Context) -> Outcome:
    """`YES`, `ACCEPT A3B7`: the job is his, or has gone to another (DR-1204)."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    offer = _meant(ctx)
    if offer is None:
        return ctx.reply("offer_none")
    order = _order_of(ctx.tx, offer)
    ctx.order_id = order.order_id
    notes = len(ctx.tx.changed)
    try:
        offers.answer(ctx.tx, ctx.actor, offer_id=offer.offer_id, accept=True)
    except (OfferGone, OfferUnknown):
        _close_question(ctx, offer, "gone")
        return ctx.reply("offer_gone", order=order.order_number[-4:])
    _close_question(ctx, offer, "yes")
    return _told_again(ctx, notes)


def decline(ctx: Context) -> Outcome:
    """`NO`, `DECLINE A3B7`: the next rider is asked."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    offer = _meant(ctx)
    if offer is None:
        return ctx.reply("offer_none")
    ctx.order_id = _order_of(ctx.tx, offer).order_id
    try:
        offers.answer(ctx.tx, ctx.actor, offer_id=offer.offer_id, accept=False)
    except (OfferGone, OfferUnknown):
        _close_question(ctx, offer, "gone")
        return ctx.reply("offer_none")
    _close_question(ctx, offer, "no")
    return ctx.reply("offer_declined")


def picked(ctx: Context) -> Outcome:
    """`PICKED A3B7`: the goods are with the rider; alone, it means his only job."""
    if ctx.role != "rider":
        return ctx.reply("job_unknown")
    notes = len(ctx.tx.changed)
    try:
        ctx.order_id = _job(ctx)
        service.pick_up(ctx.tx, ctx.actor, order_id=ctx.order_id)
    except (OrderUnknown, NoSuchJob):
        return ctx.reply("job_unknown")
    except OrderAmbiguous as several:
        return which(ctx, several.values["numbers"])
    except GoodsNotReady as early:
        return ctx.reply("job_not_ready", order=early.values["order"][-4:])
    except WrongState:
        return ctx.reply("job_not_yet")
    return _told_again(ctx, notes)


def done(ctx: Context) -> Outcome:
    """`DONE A3B7 4821`, `4821`: the code decides; it is compared in transactions of its own (DR-214).

    From a rider, or from a farmer or keeper at whose place an order is collected (DR-1210).
    """
    if ctx.role not in ("rider", "farmer"):
        return ctx.reply("job_unknown")
    code = ctx.reading.slots.get("code")
    if not code:
        return ctx.reply("code_missing")
    return CodeTexted(ctx.reading.slots.get("job"), str(code))


def delivered(ctx: Context, result: service.Delivered) -> Outcome:
    """The code was right; if it was so before already, say it again, else the core has told him."""
    ctx.order_id = result.order_id
    if result.again:
        return ctx.reply("done", order=result.tail, earning=result.earning)
    return None


def not_delivered(ctx: Context, named: str | None, error: DomainError) -> Reply | None:
    """Why a code did not deliver anything; None for an error of another kind.

    named  the job that came with the code; None for a bare one
    """
    ctx.order_id = _tried(ctx, named)
    match error:
        case WrongCode():
            return ctx.reply("code_wrong", left=error.values["left"])
        case CodeLocked():
            return ctx.reply("code_locked")
        case WhichJob() | OrderAmbiguous():
            return which(ctx, error.values["numbers"])
        case NoSuchJob() | OrderUnknown():
            return ctx.reply("job_unknown")
        case WrongState():
            return ctx.reply("job_not_yet")
    return None


def which(ctx: Context, numbers: list[str]) -> Reply:
    """Several jobs fit: their whole numbers, one of them to be texted."""
    return ctx.reply("job_which", options=[{"label": number} for number in numbers[:5]])


def nocode(ctx: Context) -> Outcome:
    """`NOCODE`, `NOCODE A3B7`: the ordering phone is asked, and her YES is as good (DR-1205)."""
    if ctx.role not in ("rider", "farmer"):
        return ctx.reply("riders_only", dial=ctx.dial)
    assert ctx.user is not None, "whoever has a role is known"
    named = str(ctx.reading.slots.get("job") or "").upper()
    jobs = [
        job
        for job in hands.to_hand_over(ctx.tx, ctx.user.user_id)
        if job.order.order_number.endswith(named) and (named or job.delivery_status != "assigned")
    ]
    if len(jobs) > 1:
        return which(ctx, [job.order.order_number for job in jobs])
    if not jobs:
        return ctx.reply("code_help") if not named and ctx.role == "rider" else ctx.reply("job_unknown")
    ctx.order_id = jobs[0].order_id
    received.ask(ctx.tx, ctx.actor, order_id=jobs[0].order_id)
    return ctx.reply("asked_customer", order=jobs[0].order.tail)


def got_it(ctx: Context, *, yes: bool) -> Outcome:
    """The customer's YES or NO to "have you got them?"; after a YES the core tells what there is to tell."""
    assert ctx.question is not None, "she was asked"
    ctx.order_id = int(ctx.question.about["order_id"])
    ctx.close("yes" if yes else "no")
    received.answer(ctx.tx, ctx.actor, order_id=ctx.order_id, yes=yes)
    return None if yes else ctx.reply("code_not_now")


def chosen(ctx: Context, choice: str) -> Outcome:
    """The customer's choice when nobody brings her order in time (DR-1212)."""
    assert ctx.question is not None, "she was asked"
    ctx.order_id = int(ctx.question.about["order_id"])
    ctx.close(choice)
    delivery = choices.choose(ctx.tx, ctx.actor, order_id=ctx.order_id, choice=choice)
    farms = stops.pickups(ctx.tx, delivery.order)
    farm = farms[0].farm if farms else ""
    return ctx.reply(f"choice_{choice}", order=delivery.order.tail, farm=farm)


def later(ctx: Context) -> Outcome:
    """A rider's word that later issues work on (FAILED, ON THE WAY)."""
    return ctx.reply("job_later") if ctx.role == "rider" else ctx.reply("riders_only", dial=ctx.dial)


def _told_again(ctx: Context, notes: int) -> Outcome:
    """Nothing for a step the core has just told him of; for one that he took before, where he stands."""
    return None if len(ctx.tx.changed) > notes else status.status(ctx)


def _job(ctx: Context) -> int:
    named = ctx.reading.slots.get("job")
    if named:
        return orders.by_number(ctx.tx, ctx.actor, str(named)).order_id
    assert ctx.user is not None, "a rider is known"
    jobs = duty.in_hand(ctx.tx, ctx.user.user_id)
    waiting = [job for job in jobs if job.delivery_status == "assigned"]
    if len(waiting) > 1:
        raise OrderAmbiguous(numbers=[job.order.order_number for job in waiting])
    if not waiting:
        raise NoSuchJob
    return waiting[0].order_id


def _tried(ctx: Context, named: str | None) -> int | None:
    """The order a code was tried on: the one named, else that of his only job; None if it is not his."""
    assert ctx.user is not None, "a rider is known"
    jobs = duty.in_hand(ctx.tx, ctx.user.user_id)
    mine = {job.order_id for job in jobs if named is None or job.order.order_number.endswith(named.upper())}
    return mine.pop() if len(mine) == 1 else None


def _meant(ctx: Context) -> DeliveryOffer | None:
    """The offer that his answer means: the one asked about, else his newest; a number must fit it."""
    assert ctx.user is not None, "a rider is known"
    if ctx.question is not None and ctx.question.kind == "offer":
        offer = ctx.tx.session.get(DeliveryOffer, int(ctx.question.about["offer_id"]))
    else:
        offer = offers.latest(ctx.tx, ctx.user.user_id)
    named = ctx.reading.slots.get("job")
    if offer is not None and named and not _order_of(ctx.tx, offer).order_number.endswith(str(named)):
        latest = offers.latest(ctx.tx, ctx.user.user_id)
        fits = latest is not None and _order_of(ctx.tx, latest).order_number.endswith(str(named))
        return latest if fits else None
    return offer


def _order_of(tx: Tx, offer: DeliveryOffer) -> Order:
    delivery = tx.session.get_one(Delivery, offer.delivery_id)
    return tx.session.get_one(Order, delivery.order_id)


def _close_question(ctx: Context, offer: DeliveryOffer, outcome: str) -> None:
    question = ctx.question
    if question is not None and question.kind == "offer" and question.about.get("offer_id") == offer.offer_id:
        ctx.close(outcome)
