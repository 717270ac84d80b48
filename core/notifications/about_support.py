"""Who is told of tickets and messages (DR-1602, DR-1603)."""

from datetime import timedelta

from sqlalchemy import func, select

from core import events
from core.db import Tx
from core.notifications.service import tell
from core.orders.models import Order
from core.outbox import service as outbox
from core.support.models import Message, Ticket, TicketEntry
from core.traffic.masks import mask_links, mask_phones
from core.users import service as users

# What one person writes to another about an order beyond this waits for the dial: nobody is flooded.
TEXTED_A_DAY = 10


def ticket_answered(tx: Tx, happened: events.TicketAnswered) -> None:
    """The owner: the answer, each once, by SMS and e-mail (DR-1508: it answers what she wrote)."""
    _tell_owner(tx, happened.ticket_id, "ticket_answered")


def ticket_resolved(tx: Tx, happened: events.TicketResolved) -> None:
    """The owner: settled, and how to come back to it."""
    _tell_owner(tx, happened.ticket_id, "ticket_resolved")


def message_sent(tx: Tx, happened: events.MessageSent) -> None:
    """The recipient: who wrote about which order, and by SMS the words, a few times a day (DR-1603)."""
    message = tx.session.get_one(Message, happened.message_id)
    sender = users.get(tx, message.sender_id)
    order = tx.session.get_one(Order, message.order_id)
    values = {"order": order.tail, "person": sender.first_name}
    recipient = users.get(tx, message.recipient_id)
    subject = f"message:{message.message_id}"
    tell(tx, recipient, "message_received", values, subject=subject, order_id=order.order_id, first=True)
    if _texted_of_late(tx, message) < TEXTED_A_DAY:
        words = mask_links(mask_phones(message.body))
        outbox.send(
            tx,
            recipient,
            "message_words",
            {**values, "answer": words},
            once_key=subject,
            order_id=order.order_id,
        )


def _texted_of_late(tx: Tx, message: Message) -> int:
    """How much this sender has written to the same person about the order within a day, before this."""
    before = select(func.count()).where(
        Message.order_id == message.order_id,
        Message.sender_id == message.sender_id,
        Message.recipient_id == message.recipient_id,
        Message.message_id < message.message_id,
        Message.sent_at > tx.now - timedelta(days=1),
    )
    return tx.session.scalar(before) or 0


def _tell_owner(tx: Tx, ticket_id: int, code: str) -> None:
    ticket = tx.session.get_one(Ticket, ticket_id)
    tx.flush()
    last = tx.session.scalars(
        select(TicketEntry)
        .where(TicketEntry.ticket_id == ticket_id)
        .order_by(TicketEntry.entry_id.desc())
        .limit(1)
    ).one()
    values = {"number": str(ticket_id), "answer": last.text}
    owner = users.get(tx, ticket.user_id)
    tell(tx, owner, code, values, subject=f"entry:{last.entry_id}", order_id=ticket.order_id)
