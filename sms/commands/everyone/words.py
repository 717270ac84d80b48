"""Words that anybody may text: LANG, TERMS, STOP, START."""

from sqlalchemy import select

from core.outbox import blacklist
from core.outbox.models import OutboxMessage
from core.users import marketing
from core.users import service as users
from sms.context import Context, Outcome, spoken


def language(ctx: Context) -> Outcome:
    """`LANG SW`, `kikuyu`: the language we write to her from now on; a stranger is not known by it yet."""
    named = ctx.reading.slots.get("language")
    if named is None:
        return ctx.reply("language_which")
    if ctx.user is None:
        return ctx.reply("help", dial=ctx.dial)
    users.set_language(ctx.tx, ctx.actor, language=spoken(str(named)))
    return ctx.reply("language_kept")


def terms(ctx: Context) -> Outcome:
    """`TERMS`: the short version of what a YES agrees to (DR-1901)."""
    return ctx.reply("terms", dial=ctx.dial)


def stop(ctx: Context) -> Outcome:
    """`STOP`: no marketing and alerts; acknowledged once (DR-1504)."""
    if ctx.user is not None:
        marketing.allow(ctx.tx, ctx.actor, on=False)
    return None if _acknowledged_last(ctx) == "stopped" else ctx.reply("stopped")


def start(ctx: Context) -> Outcome:
    """`START`: back on, also after the provider's blacklist; acknowledged once (DR-1504)."""
    if ctx.user is not None:
        marketing.allow(ctx.tx, ctx.actor, on=True)
    blacklist.lift(ctx.tx, ctx.message.msisdn)
    if ctx.user is None:
        return ctx.reply("help", dial=ctx.dial)
    return None if _acknowledged_last(ctx) == "started" else ctx.reply("started")


def _acknowledged_last(ctx: Context) -> str:
    """Which of STOP and START this number was last told that we heard."""
    return (
        ctx.tx.session.scalar(
            select(OutboxMessage.code)
            .where(OutboxMessage.msisdn == ctx.message.msisdn, OutboxMessage.code.in_(("stopped", "started")))
            .order_by(OutboxMessage.outbox_id.desc())
            .limit(1)
        )
        or ""
    )
