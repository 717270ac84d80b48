"""The same order texted again while what it led to is still asked: the same words, and nothing new (DR-1508).

Who sees no answer texts again, and so does a machine; 120 alike would else be 120 quotes.
"""

from typing import Any

from sqlalchemy import select

from core.orders import quotes
from core.outbox.models import OutboxMessage
from core.questions import service as questions
from sms.context import Context, Reply, storable


def once_more(ctx: Context) -> Reply | None:
    """The answer that this very order had, while its question is open and its quote holds; else None.

    It changes nothing, so that a number has it only so often in an hour.
    """
    about = dict(ctx.question.about) if ctx.question is not None else {}
    if about.get("said") != _said(ctx):
        return None
    if "quote_id" in about and quotes.quote_view(ctx.tx, int(about["quote_id"])).status != "open":
        return None
    given = ctx.tx.session.scalar(
        select(OutboxMessage).where(OutboxMessage.once_key == f"reply:{about['told']}")
    )
    return Reply(given.code, dict(given.values)) if given is not None else None


def remember(ctx: Context) -> None:
    """Keep with the question that this order led to what was said, and which text it answers."""
    asked = questions.open_for(ctx.tx, ctx.message.msisdn)
    if asked is not None and asked.asked_at == ctx.tx.now:
        asked.about = {**asked.about, "said": _said(ctx), "told": ctx.message.callback_id}


def _said(ctx: Context) -> dict[str, Any]:
    """What makes two orders the same: the items, the place and the day."""
    said: dict[str, Any] = storable(dict(ctx.reading.slots))
    return said
