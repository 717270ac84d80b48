"""`ROUTE`: the stops in the order in which to do them, two to a text; MORE goes on (DR-1207)."""

from typing import Any

from core.deliveries import routes
from core.deliveries.routes import StopView
from core.deliveries.waiting import Job
from core.money import ZERO
from sms.answering import about
from sms.commands.rider import whose
from sms.context import Context, Outcome

A_PAGE = 2


def route(ctx: Context) -> Outcome:
    """His way from its first stop that is not done."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    return _page(ctx, 0)


def more(ctx: Context) -> Outcome:
    """`MORE`: the stops after those he was shown last."""
    asked = ctx.question is not None and ctx.question.kind == "route"
    return _page(ctx, int(about(ctx)["shown"]) if asked else 0)


def _page(ctx: Context, shown: int) -> Outcome:
    stops = _stops(ctx)
    if not stops:
        return ctx.reply("route_none")
    shown = shown if shown < len(stops) else 0
    options, after = stops[shown : shown + A_PAGE], shown + A_PAGE
    left = after < len(stops)
    if left:
        left = ctx.ask("route", about={"shown": after}) is not None
    elif ctx.question is not None and ctx.question.kind == "route":
        ctx.close("all shown")
    return ctx.reply("route" if left else "route_last", options=options, first=shown + 1)


def _stops(ctx: Context) -> list[dict[str, Any]]:
    jobs = whose.all_of(ctx)
    assert ctx.user is not None, "a rider is known"
    way = [_stop(stop) for stop in routes.of_jobs(ctx.tx, ctx.user.user_id, jobs)]
    return way + [_back(job) for job in jobs if whose.to_take_back(job)]


def _stop(stop: StopView) -> dict[str, Any]:
    code = "stop_cash" if stop.collect > ZERO else "stop_drop"
    if stop.kind == "pickup":
        code = "stop_pickup" if stop.ready else "stop_unready"
    return {
        "say": code,
        "order": stop.tail,
        "farmer": stop.person,
        "customer": stop.person,
        "phone": stop.phone,
        "place": stop.place,
        "landmark": stop.landmark,
        "due": stop.collect,
    }


def _back(job: Job) -> dict[str, Any]:
    farm = job.farms[0]
    return {
        "say": "stop_back",
        "order": job.order_number[-4:],
        "farmer": farm.person,
        "phone": farm.phone,
        "place": farm.place,
        "landmark": farm.landmark,
    }
