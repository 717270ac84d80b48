"""The outbox as a list (section 15): what was to be texted to whom, and what became of it."""

from dataclasses import dataclass

from sqlalchemy import select

from core.db import Tx
from core.outbox.models import OutboxMessage
from core.traffic.models import Callback
from web.queries.paging import PAGE, Page, page_of

STATUSES = (
    "queued", "sending", "accepted", "delivered", "undelivered", "unknown", "failed", "expired", "dropped",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What to show; empty means everything."""

    status: str = ""
    msisdn: str = ""


def page(tx: Tx, filters: Filters, *, before: int | None = None, size: int = PAGE) -> Page[OutboxMessage]:
    """The newest messages that fit, or those before the message `before`."""
    asked = select(OutboxMessage).order_by(OutboxMessage.outbox_id.desc()).limit(size + 1)
    if filters.status:
        asked = asked.where(OutboxMessage.status == filters.status)
    if filters.msisdn:
        asked = asked.where(OutboxMessage.msisdn == filters.msisdn)
    if before is not None:
        asked = asked.where(OutboxMessage.outbox_id < before)
    return page_of(tx.session.scalars(asked).all(), size, lambda message: message.outbox_id)


def one(tx: Tx, outbox_id: int) -> tuple[OutboxMessage, list[Callback]] | None:
    """A message with the provider's callbacks about it (its sending is found through its provider id)."""
    message = tx.session.get(OutboxMessage, outbox_id)
    if message is None:
        return None
    if not message.provider_id:
        return message, []
    asked = select(Callback).where(Callback.provider_id == message.provider_id)
    return message, list(tx.session.scalars(asked.order_by(Callback.callback_id).limit(20)))
