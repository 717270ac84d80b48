"""`ON`, `OFF`: a rider's day begins and ends (DR-1201, DR-903, DR-220)."""

from core.deliveries import duty, earnings, standing
from core.deliveries.errors import NoApprovedVehicle
from sms.context import Context, Outcome


def on(ctx: Context) -> Outcome:
    """`ON`: jobs may come; what still keeps them away is said."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    try:
        duty.set_duty(ctx.tx, ctx.actor, on=True)
    except NoApprovedVehicle:
        return ctx.reply("no_vehicle", dial=ctx.dial)
    view = standing.own(ctx.tx, ctx.actor)
    if not view.any_jobs:
        return ctx.reply("on_blocked", sum=view.held)
    if view.full:
        return ctx.reply("on_full", count=view.open_jobs)
    return ctx.reply("on_duty" if view.cash_jobs else "on_no_cash", sum=view.held)


def off(ctx: Context) -> Outcome:
    """`OFF`: no more jobs, those in hand stay; his day in figures."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    state = duty.set_duty(ctx.tx, ctx.actor, on=False)
    day = earnings.own(ctx.tx, ctx.actor)
    code = "off_with_jobs" if state.open_deliveries else "off_duty"
    return ctx.reply(
        code,
        count=day.delivered,
        earning=day.earned,
        sum=day.cash_held,
        number=len(state.open_deliveries),
    )
