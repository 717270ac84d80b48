"""The callback log's tables (DR-1802)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime

KINDS = (
    # in
    "ussd",
    "ussd-event",
    "sms",
    "sms-report",
    "sms-optout",
    "stk",
    # out
    "sms-send",
    "stk-push",
    "stk-query",
    "mpesa-token",
)
VERDICTS = (
    # in
    "stored",  # to be worked on
    "applied",  # it changed something
    "shown",  # it changed nothing: somebody was told something
    "duplicate",
    "unmatched",  # nothing of ours is meant
    "mismatched",  # it differs from what it is about, so that a person must look
    "quarantined",  # it cannot be believed or read
    "rejected",  # answered with a refusal
    "foreign",  # not our number, outside production
    # out
    "calling",
    "accepted",
    "refused",
    "unknown",  # it may have been done
    # both
    "failed",  # in: we could not work on it; out: surely not done
)


class Callback(Base):
    """One inbound request or one outbound call, masked for reading.

    direction     in or out
    kind          one of KINDS
    msisdn        full number, so that search works; shown masked
    session       USSD session id, or "" (groups the screens of one dial)
    provider_id   the vendor's own id of this thing (message id, CheckoutRequestID); unique per (kind,
                  dedupe) through `dedupe_key`
    request       the masked body as a dict; `sealed` holds the true text until it has been worked on, only
                  where it may hold a code or PIN (DR-1205) or what its reader needs unmasked
    reply         what we answered (or what the vendor answered), masked
    verdict       one of VERDICTS
    changed       what it changed, as [{"record": "order:45", "what": "pending_payment -> confirmed"}]
    cause         the callback this one follows from (an outbound call names the inbound one)
    """

    __tablename__ = "callback_log"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index("ix_callback_log_msisdn_callback_id", "msisdn", "callback_id"),
        Index("ix_callback_log_session_callback_id", "session", "callback_id"),
    )

    callback_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    direction: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(24), index=True)
    msisdn: Mapped[str] = mapped_column(String(64), default="")
    session: Mapped[str] = mapped_column(String(128), default="")
    provider_id: Mapped[str] = mapped_column(String(128), default="", index=True)
    dedupe_key: Mapped[str | None] = mapped_column(String(160))
    source: Mapped[str] = mapped_column(String(45), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="")
    request: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    sealed: Mapped[str | None] = mapped_column(Text)
    reply: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[int | None] = mapped_column(Integer)
    verdict: Mapped[str] = mapped_column(String(16), default="stored", index=True)
    error: Mapped[str] = mapped_column(String(255), default="")
    duration_ms: Mapped[int] = mapped_column(Integer, default=0)
    repeats: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    cause: Mapped[int | None] = mapped_column(BigId, index=True)
    order_id: Mapped[int | None] = mapped_column(BigId, index=True)


class StrangerCount(Base):
    """Requests with a wrong callback secret: one row per source and minute, no body (DR-1802)."""

    __tablename__ = "stranger_counts"

    source: Mapped[str] = mapped_column(String(45), primary_key=True)
    minute: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=1)
