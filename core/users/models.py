"""People and their consents (section 2)."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class User(Base):
    """A person; the phone number identifies them, `user_role` says what they may do (DR-201).

    staff_scope  of an admin: full, support (no money) or auditor (reads only) (DR-222)
    """

    __tablename__ = "users"

    user_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    phone_number: Mapped[str] = mapped_column(String(20), unique=True)
    email: Mapped[str | None] = mapped_column(String(255), unique=True)
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    user_role: Mapped[str] = mapped_column(String(8))
    staff_scope: Mapped[str] = mapped_column(String(8), default="full", server_default="full")
    profile_photo_url: Mapped[str | None] = mapped_column(String(255))
    preferred_language: Mapped[str] = mapped_column(String(8), default="sw")
    sms_notifications: Mapped[bool] = mapped_column(default=True)
    email_notifications: Mapped[bool] = mapped_column(default=True)
    marketing_notifications: Mapped[bool] = mapped_column(default=False)
    order_updates: Mapped[bool] = mapped_column(default=True)
    weather_alerts: Mapped[bool] = mapped_column(default=True)
    price_alerts: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_verified: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    password_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Consent(Base):
    """A person's yes to a version of the terms: when, on which channel, in which language (DR-1901)."""

    __tablename__ = "consents"

    consent_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, index=True)
    version: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginAttempt(Base):
    """A failed console log-in, counted in a transaction of its own (DR-214, DR-210)."""

    __tablename__ = "login_attempts"

    attempt_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account: Mapped[str] = mapped_column(String(64), index=True)
    source: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WebSession(Base):
    """A signed-in admin's browser: only a digest of the cookie's token is stored (S15)."""

    __tablename__ = "web_sessions"

    session_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, index=True)
    csrf: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requests: Mapped[int] = mapped_column(Integer, default=0)
