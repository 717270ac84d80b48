"""Requests about personal data, and how far the nightly forgetting has come."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class PrivacyRequest(Base):
    """A person asks for her data, or for its erasure; `due_at` is the clock (DR-1902).

    kind      export or erasure
    open_for  "kind:user_id" while it is open; unique
    outcome   "" while open, then done or withdrawn
    """

    __tablename__ = "privacy_requests"
    __table_args__ = (
        UniqueConstraint("open_for"),
        Index("ix_privacy_requests_outcome_due_at", "outcome", "due_at"),
    )

    request_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(8))
    open_for: Mapped[str | None] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(10), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[int | None] = mapped_column(BigId)


class RetentionMark(Base):
    """Up to which row the words of a table have been forgotten (DR-1903)."""

    __tablename__ = "retention_marks"

    rule: Mapped[str] = mapped_column(String(48), primary_key=True)
    upto_id: Mapped[int] = mapped_column(BigId)
