"""Due work as rows: the promise that it is done once, whatever happens to Redis or a process."""

from datetime import datetime

from sqlalchemy import Index, Integer, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class Duty(Base):
    """One piece of work with a due time.

    kind         names its handler (`app.duties` has them all)
    subject_id   the id of the row it is about
    key          unique: asking for the same duty twice makes one row
    status       due, done, parked (poison, after `MAX_ATTEMPTS`), dropped (no longer wanted)
    lease_until  taken by a worker until then; a dead worker's duty is taken again afterwards
    attempts     how often it was taken and not finished
    priority     among what is due the lowest is taken first; 1 is ordinary
    """

    __tablename__ = "duties"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_duties_status_due_at", "status", "due_at"),
        Index("ix_duties_status_priority_due_at", "status", "priority", "due_at"),
        Index("ix_duties_kind_subject_id", "kind", "subject_id"),
    )

    duty_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int] = mapped_column(BigId)
    key: Mapped[str] = mapped_column(String(96))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(8), default="due")
    priority: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease: Mapped[str] = mapped_column(String(32), default="")
    error: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Heartbeat(Base):
    """The last sign of life of a part of the worker (`heartbeat.PARTS`); /health reads it."""

    __tablename__ = "heartbeats"

    part: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
