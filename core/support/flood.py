"""How much of what one person writes to another is texted: nobody is flooded (DR-1603)."""

from datetime import timedelta

from sqlalchemy import func, select

from core.db import Tx
from core.support.models import Message

# What one person writes to another about an order beyond this in a day waits for the dial.
TEXTED_A_DAY = 10


def texted(tx: Tx, message_id: int) -> bool:
    """Whether the words of that message have gone by SMS as well; what its sender is told of it."""
    return is_texted(tx, tx.session.get_one(Message, message_id))


def is_texted(tx: Tx, message: Message) -> bool:
    """Whether these words go by SMS as well, or only wait in the app."""
    before = select(func.count()).where(
        Message.order_id == message.order_id,
        Message.sender_id == message.sender_id,
        Message.recipient_id == message.recipient_id,
        Message.message_id < message.message_id,
        Message.sent_at > tx.now - timedelta(days=1),
    )
    return (tx.session.scalar(before) or 0) < TEXTED_A_DAY
