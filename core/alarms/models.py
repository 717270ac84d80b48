"""Alarms (DR-1803)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class Alarm(Base):
    """Something that a person must look at.

    kind             one of rules.KINDS
    subject          what it is about: "payment:45", "duties", "sms"; ids and codes, nobody's number
    open_for         "kind:subject" while it is open, None afterwards; unique, so there is one open row each
    count            how often it was raised since it was opened
    values           what the last raising said of it: ids, codes and amounts
    acknowledged_*   who has seen it; it is not texted any more, unless it is opened anew
    cleared_*        who has put it right; it is over
    texted_at        when the phones were last told
    """

    __tablename__ = "alarms"
    __table_args__ = (
        UniqueConstraint("open_for"),
        Index("ix_alarms_cleared_at_last_at", "cleared_at", "last_at"),
    )

    alarm_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(64))
    open_for: Mapped[str | None] = mapped_column(String(96))
    count: Mapped[int] = mapped_column(Integer, default=1)
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    texted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[int | None] = mapped_column(BigId)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cleared_by: Mapped[int | None] = mapped_column(BigId)
