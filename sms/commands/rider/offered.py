"""`YES`, `ACCEPT A3B7`, `NO`, `DECLINE A3B7`: a job is taken, passed on, given back (DR-1204, D3)."""

from core.db import Tx
from core.deliveries import assignment, duty, offers
from core.deliveries.errors import GoodsInHand, NoSuchJob, OfferGone, OfferUnknown
from core.deliveries.models import Delivery, DeliveryOffer
from core.deliveries.waiting import Job
from core.errors import WrongState
from core.orders import rules
from core.orders.models import Order
from sms.answering import about
from sms.commands.customer import status
from sms.commands.rider import whose
from sms.context import Context, Outcome, Reply


def accept(ctx: Context) -> Outcome:
    """The job is his, or has gone to another."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    offer = _meant(ctx)
    if offer is None and not duty.state(ctx.tx, ctx.actor.user_id or 0).on_duty:
        return ctx.reply("rider_words")  # "niko tayari", or ON was meant
    if offer is None:
        return ctx.reply("offer_none")
    order = _order_of(ctx.tx, offer)
    ctx.order_id = order.order_id
    notes = len(ctx.tx.changed)
    try:
        offers.answer(ctx.tx, ctx.actor, offer_id=offer.offer_id, accept=True)
    except (OfferGone, OfferUnknown):
        _close_question(ctx, offer, "gone")
        on_duty = duty.state(ctx.tx, ctx.actor.user_id or 0).on_duty
        return ctx.reply("offer_gone" if on_duty else "offer_gone_off", order=order.tail)
    _close_question(ctx, offer, "yes")
    return told_again(ctx, notes)


def decline(ctx: Context) -> Outcome:
    """The next rider is asked; a job that he has taken already is given back after one more YES."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    if ctx.reading.slots.get("job"):
        mine = whose.one(ctx, likeliest=())
        if isinstance(mine, Job) and whose.to_collect(mine):
            return ask_to_give_back(ctx, mine)
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


def ask_to_give_back(ctx: Context, job: Job) -> Reply:
    """Whether another rider is to have it (D3)."""
    reason = str(ctx.reading.slots.get("reason") or "")
    asked = ctx.ask("drop_sure", about={"order_id": job.order_id, "reason": reason[:60]})
    if asked is None:
        return ctx.reply("answer_first")
    return ctx.reply("drop_ask", order=job.order_number[-4:], earning=job.earning)


def given_back(ctx: Context, *, yes: bool) -> Outcome:
    """His YES or NO to giving it back."""
    order_id = ctx.order_id = int(about(ctx)["order_id"])
    ctx.close("yes" if yes else "no")
    order = ctx.tx.session.get_one(Order, order_id)
    if not yes:
        return ctx.reply("job_kept", order=order.tail)
    try:
        assignment.drop_out(ctx.tx, ctx.actor, order_id=order_id, reason=str(about(ctx)["reason"]))
    except NoSuchJob:
        return ctx.reply("job_unknown")
    except (GoodsInHand, WrongState):
        return ctx.reply("job_not_yet")
    return ctx.reply("job_dropped", order=order.tail)


def told_again(ctx: Context, notes: int) -> Outcome:
    """Nothing for a step the core has just told him of; for one that he took before, where he stands."""
    return None if len(ctx.tx.changed) > notes else status.status(ctx)


def _meant(ctx: Context) -> DeliveryOffer | None:
    """The offer that his answer means: the one asked about, else his newest; a number must fit it."""
    assert ctx.user is not None, "a rider is known"
    named = rules.spelled(str(ctx.reading.slots.get("job") or ""))
    asked = None
    if ctx.question is not None and ctx.question.kind == "offer":
        asked = ctx.tx.session.get(DeliveryOffer, int(ctx.question.about["offer_id"]))
    for offer in (asked, offers.latest(ctx.tx, ctx.user.user_id)):
        if offer is not None and _order_of(ctx.tx, offer).order_number.endswith(named):
            return offer
    return None


def _order_of(tx: Tx, offer: DeliveryOffer) -> Order:
    delivery = tx.session.get_one(Delivery, offer.delivery_id)
    return tx.session.get_one(Order, delivery.order_id)


def _close_question(ctx: Context, offer: DeliveryOffer, outcome: str) -> None:
    question = ctx.question
    if question is not None and question.kind == "offer" and question.about.get("offer_id") == offer.offer_id:
        ctx.close(outcome)
