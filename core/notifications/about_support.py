"""Who is told of tickets and messages (DR-1602, DR-1603)."""

from sqlalchemy import select

from core import events
from core.db import Tx
from core.notifications.service import tell
from core.orders.models import Order
from core.outbox import service as outbox
from core.support.flood import is_texted
from core.support.hiding import hidden
from core.support.models import Message, Ticket, TicketEntry
from core.users import service as users


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
    if is_texted(tx, message):
        outbox.send(
            tx,
            recipient,
            "message_words",
            {**values, "answer": hidden(message.body)},
            once_key=subject,
            order_id=order.order_id,
        )


def _tell_owner(tx: Tx, ticket_id: int, code: str) -> None:
    ticket = tx.session.get_one(Ticket, ticket_id)
    tx.flush()
    last = tx.session.scalars(
        select(TicketEntry)
        .where(TicketEntry.ticket_id == ticket_id)
        .order_by(TicketEntry.entry_id.desc())
        .limit(1)
    ).one()
    values = {"number": str(ticket_id), "answer": last.text, "dial": tx.parts.service_code}
    owner = users.get(tx, ticket.user_id)
    tell(tx, owner, code, values, subject=f"entry:{last.entry_id}", order_id=ticket.order_id)
