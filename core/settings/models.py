"""Tables of settings an admin has changed or that were initialised, and of the switches that are off."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class SystemSetting(Base):
    """One named setting; `value` is text, typed by its definition in core/settings/defaults.py."""

    __tablename__ = "system_settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(255))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Pause(Base):
    """A switch that is off: what is paused, since when and by whom (DR-1703); no row, no pause.

    switch   "orders", "prompts", "payouts", "provider:mpesa", "ward:1366"
    user_id  None: it went off by itself
    """

    __tablename__ = "pauses"

    switch: Mapped[str] = mapped_column(String(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(String(255), default="")
