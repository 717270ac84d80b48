"""The in-app copy of everything a person is told (DR-1501)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class Notification(Base):
    """One thing told to one person; `code` and `values` are put into words when it is read (DR-1503)."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("once_key"),
        # A dial counts what is unread: from the index alone.
        Index("ix_notifications_user_id_read_at_created_at", "user_id", "read_at", "created_at"),
    )

    notification_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    code: Mapped[str] = mapped_column(String(48))
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    once_key: Mapped[str] = mapped_column(String(128))
    order_id: Mapped[int | None] = mapped_column(BigId, index=True)
    outbox_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
