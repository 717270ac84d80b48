"""Weather alerts and the wards they are for (DR-1601)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class WeatherAlert(Base):
    """A warning for a zone, for wards, or both, in three languages.

    change         new, extended or cancelled
    first_id       of one that extends or cancels: the alert it points to, the first of its chain
    superseded_at  when a later one of the chain took its place
    told_to        the last user it was told to: people are told in the order of their ids
    """

    __tablename__ = "weather_alerts"

    alert_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    alert_type: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str] = mapped_column(String(8))
    zone: Mapped[str | None] = mapped_column(String(12))
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    text_en: Mapped[str] = mapped_column(String(160))
    text_sw: Mapped[str] = mapped_column(String(160))
    text_ki: Mapped[str] = mapped_column(String(160))
    change: Mapped[str] = mapped_column(String(10), default="new")
    first_id: Mapped[int | None] = mapped_column(BigId, index=True)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_to: Mapped[int] = mapped_column(BigId, default=0)
    created_by: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WeatherAlertWard(Base):
    """A ward an alert is for, beside its zone."""

    __tablename__ = "weather_alert_wards"

    alert_id: Mapped[int] = mapped_column(ForeignKey("weather_alerts.alert_id"), primary_key=True)
    ward_code: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
