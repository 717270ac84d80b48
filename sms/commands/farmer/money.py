"""`BALANCE`, `STATEMENT`: what a farmer or rider has with us, and the last payouts (DR-1304, DR-1301).

Asking for money needs the PIN, which is never texted: the replies say which code to dial.
"""

from decimal import Decimal

from core.money import ZERO
from core.payments import kept
from core.payouts import earnings, naming, rules
from core.users import payees_look
from sms.context import Context, Outcome

UNDER_WAY = ("pending", "eligible", "processing", "unknown")


def balance(ctx: Context) -> Outcome:
    """What is owed now, what of it comes when, and what is held."""
    if ctx.role not in ("farmer", "rider"):
        return _kept(ctx)
    seen = earnings.now(ctx.tx, ctx.actor)
    number = payees_look.mine(ctx.tx, ctx.actor, purpose="payout")
    if number.starts_at is not None:
        assert ctx.user is not None, "she has earned with us"
        code = "balance_unnamed" if naming.must_name(ctx.tx, ctx.user.user_id) else "balance_number"
        return ctx.reply(
            code,
            total=max(ZERO, seen.owed),
            day=number.starts_at,
            time=number.starts_at,
            phone=number.next_number,
            dial=ctx.dial,
        )
    on_its_way = next((paid for paid in seen.last if paid.status in UNDER_WAY), None)
    if on_its_way is not None:
        return ctx.reply("balance_going", sum=on_its_way.amount, total=max(ZERO, seen.owed), dial=ctx.dial)
    if seen.owed < ZERO:
        return ctx.reply("balance_owing", total=-seen.owed)
    limits = rules.Limits(
        ctx.tx.setting("payout.min_amount"),
        Decimal(ctx.tx.setting("mpesa.max_transaction")),
        ctx.tx.setting("mpesa.b2c_min"),
    )
    coming = rules.payout_sum(seen.payable, limits, waited=False)
    held = max(ZERO, seen.owed - max(ZERO, seen.payable))
    if coming > ZERO:
        payday = earnings.payday(ctx.tx)
        return ctx.reply("balance_coming", sum=coming, day=payday, time=payday, due=held, dial=ctx.dial)
    if seen.owed > ZERO and held > ZERO:
        return ctx.reply("balance_held", total=seen.owed, due=held)
    if seen.owed > ZERO:
        return ctx.reply("balance_small", total=seen.owed, minimum=ctx.tx.setting("payout.min_amount"))
    return ctx.reply("balance_empty")


def _kept(ctx: Context) -> Outcome:
    """A customer: what we keep for her next order, or what is missing from her last door (DR-902)."""
    seen = kept.mine(ctx.tx, ctx.actor)
    if seen.kept > ZERO:
        return ctx.reply("balance_kept", sum=seen.kept, dial=ctx.dial)
    if seen.short > ZERO:
        return ctx.reply("balance_short", due=seen.short, dial=ctx.dial)
    return ctx.reply("balance_none", dial=ctx.dial)


def statement(ctx: Context) -> Outcome:
    """The last five payouts, a line each (DR-1304)."""
    if ctx.role not in ("farmer", "rider"):
        return ctx.reply("balance_none", dial=ctx.dial)
    last = earnings.last(ctx.tx, ctx.actor)
    if not last:
        return ctx.reply("statement_empty")
    lines = [
        {
            "day": paid.day.isoformat(),
            "month": paid.day.isoformat(),
            "sum": str(paid.amount),
            "state": paid.status,
        }
        for paid in last
    ]
    return ctx.reply("statement", dial=ctx.dial, lines=lines)
