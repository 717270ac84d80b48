"""Outgoing SMS as rows. The text is made in memory when it is sent (DR-1205); a row holds its template."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, Hundredths, UtcDateTime


class OutboxMessage(Base):
    """One SMS to one number.

    code          which message (a key of locales/messages)
    values        its slots: strings, numbers as strings, dates as ISO; a secret is {"secret": "delivery:12"}
    answerable    True: goes out from the short code, so that a reply reaches us; False: the sender id
    once_key      unique: (recipient, code, subject, version) is sent once (DR-1505)
    status        queued, sending, accepted, unknown, failed, delivered, undelivered, expired, dropped
    error         the provider's word for a refusal (InvalidSenderId, UserInBlacklist ...)
    lane          its kind by what it is worth (core/outbox/lanes.py)
    sender        the short code or sender id it went out from; "" before that
    counted       what we reckoned it costs before it went, KES; None before that
    charged       what the provider took, KES; None as long as nobody knows. `cost` is how it wrote that
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("once_key"),
        # Whether a number is refused by the provider: asked at every dial and before every text.
        Index("ix_outbox_error_msisdn", "error", "msisdn"),
        # How many went out from a sender within the last second.
        Index("ix_outbox_sender_sent_at", "sender", "sent_at"),
        # What the provider took and never reported on.
        Index("ix_outbox_status_sent_at", "status", "sent_at"),
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
    lane: Mapped[str] = mapped_column(String(12), default="work", server_default="work")
    sender: Mapped[str] = mapped_column(String(16), default="", server_default="")
    counted: Mapped[Decimal | None] = mapped_column(Hundredths)
    charged: Mapped[Decimal | None] = mapped_column(Hundredths)
    cause: Mapped[int | None] = mapped_column(BigId, index=True)
    order_id: Mapped[int | None] = mapped_column(BigId, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EmailMessage(Base):
    """A copy by e-mail (DR-1507): who, which message, its slots; the address is looked up when it is sent.

    status  queued, sending, sent, unknown, failed (given up), dropped (nobody to send it to, or too old)
    error   the mail server's word for a refusal, or the network's
    """

    __tablename__ = "emails"
    __table_args__ = (UniqueConstraint("once_key"), Index("ix_emails_status_email_id", "status", "email_id"))

    email_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, index=True)
    code: Mapped[str] = mapped_column(String(48))
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    once_key: Mapped[str] = mapped_column(String(128))
    status: Mapped[str] = mapped_column(String(8), default="queued")
    error: Mapped[str] = mapped_column(String(64), default="", server_default="")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Gate(Base):
    """The way to one provider, for all workers together.

    provider       its name
    failures       calls in a row that it did not serve
    pause_seconds  how long the circuit was opened for, the last time
    open_until     nothing goes out before then; None: the circuit is closed
    probing_until  one message is trying the way; the others wait for it that long
    last_received  the provider's id of the last inbound text fetched from its inbox; "" before the first
    fetched_at     when the inbox was last read; None until all that is older than this house is passed over
    """

    __tablename__ = "sms_gates"

    provider: Mapped[str] = mapped_column(String(32), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    pause_seconds: Mapped[int] = mapped_column(Integer, default=0)
    open_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    probing_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_received: Mapped[str] = mapped_column(String(64), default="")
    fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Spend(Base):
    """What a kind of messages cost on a day (Nairobi).

    counted    KES, reckoned before sending
    charged    KES, what the provider says it took for them
    differing  messages for which the two are not the same
    """

    __tablename__ = "sms_spend"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    lane: Mapped[str] = mapped_column(String(12), primary_key=True)
    messages: Mapped[int] = mapped_column(Integer, default=0)
    segments: Mapped[int] = mapped_column(Integer, default=0)
    counted: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal("0.00"))
    charged: Mapped[Decimal] = mapped_column(Hundredths, default=Decimal("0.00"))
    differing: Mapped[int] = mapped_column(Integer, default=0)
