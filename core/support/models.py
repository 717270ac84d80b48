"""Tickets, what was written in them, and messages between people."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, BigId, UtcDateTime


class Ticket(Base):
    """Somebody's matter with us (DR-1602).

    kind, priority  as in core/support/rules.py
    ticket_status   open, in_progress, waiting_user, resolved, closed
    assigned_to     the admin who has taken it
    ended_at        when it was resolved; None again when it is reopened
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_ticket_status_ended_at", "ticket_status", "ended_at"),
        Index("ix_tickets_order_id_kind", "order_id", "kind"),
    )

    ticket_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    order_id: Mapped[int | None] = mapped_column(BigId)
    kind: Mapped[str] = mapped_column(String(16))
    priority: Mapped[str] = mapped_column(String(8))
    ticket_status: Mapped[str] = mapped_column(String(12))
    assigned_to: Mapped[int | None] = mapped_column(BigId)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    entries: Mapped[list["TicketEntry"]] = relationship(lazy="raise", order_by="TicketEntry.entry_id")


class TicketEntry(Base):
    """One step of a ticket: what was written, or (text "") only a change of its status."""

    __tablename__ = "ticket_entries"

    entry_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.ticket_id"), index=True)
    author_id: Mapped[int | None] = mapped_column(BigId)
    by_staff: Mapped[bool] = mapped_column(default=False)
    event: Mapped[str] = mapped_column(String(8))
    from_status: Mapped[str] = mapped_column(String(12))
    to_status: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Base):
    """One message between two parties of an order (DR-1603).

    body     as it was written; numbers in it are masked when it is shown to whoever may not have them
    read_at  when the recipient saw it
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_recipient_id_read_at", "recipient_id", "read_at"),
        Index("ix_messages_sender_id_message_id", "sender_id", "message_id"),
    )

    message_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.order_id"), index=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
