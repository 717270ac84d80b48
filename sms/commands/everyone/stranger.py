"""Whoever we do not know and do not understand gets the how-to, once a day (DR-1508)."""

from datetime import timedelta

from sqlalchemy import select

from core.outbox.models import OutboxMessage
from sms.context import Context, Outcome

HOW_TO = "help"
AGAIN_AFTER = timedelta(days=1)


def how_to(ctx: Context) -> Outcome:
    """The one-segment how-to; nothing if this number had it within a day, so that no machine is fed."""
    told = select(OutboxMessage.outbox_id).where(
        OutboxMessage.msisdn == ctx.message.msisdn,
        OutboxMessage.code == HOW_TO,
        OutboxMessage.created_at > ctx.tx.now - AGAIN_AFTER,
    )
    if ctx.tx.session.scalar(told.limit(1)) is not None:
        return None
    return ctx.reply(HOW_TO, dial=ctx.dial)
