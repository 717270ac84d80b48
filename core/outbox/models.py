"""Outgoing SMS as rows. The text is made in memory when it is sent (DR-1205); a row holds its template."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class OutboxMessage(Base):
    """One SMS to one number.

    code          which message (a key of locales/messages)
    values        its slots: strings, numbers as strings, dates as ISO; a secret is {"secret": "delivery:12"}
    answerable    True: goes out from the short code, so that a reply reaches us; False: the sender id
    once_key      unique: (recipient, code, subject, version) is sent once (DR-1505)
    status        queued, sending, accepted, unknown, failed, delivered, undelivered, expired, dropped
    error         the provider's word for a refusal (InvalidSenderId, UserInBlacklist ...)
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("once_key"),
        # Whether a number is refused by the provider: asked at every dial and before every text.
        Index("ix_outbox_error_msisdn", "error", "msisdn"),
    )

    outbox_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(BigId, index=True)
    msisdn: Mapped[str] = mapped_column(String(20), index=True)
    language: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(48))
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    answerable: Mapped[bool] = mapped_column(default=True)
    once_key: Mapped[str] = mapped_column(String(128))
    status: Mapped[str] = mapped_column(String(12), default="queued", index=True)
    provider_id: Mapped[str | None] = mapped_column(String(64), index=True)
    error: Mapped[str] = mapped_column(String(64), default="")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    segments: Mapped[int] = mapped_column(Integer, default=1)
    cost: Mapped[str] = mapped_column(String(24), default="")
    cause: Mapped[int | None] = mapped_column(BigId, index=True)
    order_id: Mapped[int | None] = mapped_column(BigId, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EmailMessage(Base):
    """A copy by e-mail (DR-1507): who, which message, its slots; the address is looked up when it is sent.

    status  queued, sent, failed (given up), dropped (nobody to send it to, or too old)
    """

    __tablename__ = "emails"
    __table_args__ = (UniqueConstraint("once_key"), Index("ix_emails_status_email_id", "status", "email_id"))

    email_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, index=True)
    code: Mapped[str] = mapped_column(String(48))
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    once_key: Mapped[str] = mapped_column(String(128))
    status: Mapped[str] = mapped_column(String(8), default="queued")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
