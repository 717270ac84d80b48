"""`CASH`, `DEPOSIT`: what he carries for us, what came in (DR-903, DR-904). `VEHICLE`: what he rides."""

from datetime import timedelta

from core.cash import held
from core.deliveries import rules, standing, vehicles
from core.msisdn import national
from core.words import plain
from sms.context import Context, Outcome, Reply

LATELY = timedelta(hours=24)
CAME_IN = ("paybill", "counted")
KINDS = {
    "bicycle": ("bicycle", "baiskeli", "mbathikiri", "cycle"),
    "motorcycle": (
        "motorbike", "motorcycle", "moto", "bike", "boda", "bodaboda", "pikipiki", "piki",
        "nduthi", "kinduthi",
    ),
    "tuktuk": ("tuktuk", "tuk"),
    "pickup": ("pickup", "pick"),
    "van": ("van", "matatu", "probox"),
    "truck": ("truck", "lorry", "lori", "canter"),
}  # fmt: skip


def cash(ctx: Context) -> Outcome:
    """How much he holds, until when it should be in, and how."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    return _held(ctx)


def deposit(ctx: Context) -> Outcome:
    """`DEPOSIT 450`: what came in of late; his word alone brings nothing in."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    view = held.own(ctx.tx, ctx.actor)
    newest = next((one for one in held.brought(ctx.tx, ctx.actor) if one.how in CAME_IN), None)
    if newest is None or newest.made_at < ctx.tx.now - LATELY:
        return _held(ctx)
    came = {"sum": newest.amount, "day": newest.made_at, "time": newest.made_at.isoformat(), "due": view.held}
    return ctx.reply("deposit_came" if view.held else "deposit_all", **came, **_where(ctx))


def vehicle(ctx: Context) -> Outcome:
    """`VEHICLE`: what he rides and whether it is approved. `VEHICLE motorbike KMFB 123C` registers one."""
    if ctx.role != "rider":
        return ctx.reply("riders_only", dial=ctx.dial)
    view = standing.own(ctx.tx, ctx.actor)
    if view.vehicle_id is not None:
        code = "vehicle_fit" if view.vehicle_status == "approved" else "vehicle_waits"
        return ctx.reply(code, plate=view.plate, kg=view.capacity_kg, dial=ctx.dial)
    return _register(ctx, str(ctx.reading.slots.get("text") or ""))


def _register(ctx: Context, said: str) -> Reply:
    words = plain(said).split()
    kinds = [kind for kind, names in KINDS.items() if set(words) & set(names)]
    named = {name for names in KINDS.values() for name in names}
    plate = "".join(word for word in words if word not in named).upper()
    if len(kinds) != 1 or (kinds[0] != "bicycle" and rules.plate(plate) is None):
        return ctx.reply("vehicle_how")
    plate = "" if kinds[0] == "bicycle" else plate
    added = vehicles.register(ctx.tx, ctx.actor, vehicle_type=kinds[0], plate=plate)
    return ctx.reply("vehicle_noted", plate=added.plate)


def _held(ctx: Context) -> Reply:
    view = held.own(ctx.tx, ctx.actor)
    if view.due_at is None:
        return ctx.reply("cash_none")
    values = {"sum": view.held, "day": view.due_at, "time": view.due_at.isoformat()}
    return ctx.reply("cash_late" if view.late else "cash_held", **values, **_where(ctx))


def _where(ctx: Context) -> dict[str, str]:
    """Where cash is paid in by phone (DR-904)."""
    return {"paybill": ctx.tx.parts.paybill, "deposit": f"R{national(ctx.message.msisdn)}"}
